// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.core.internal.backup.stream.DamagedContent;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Arrays;
import javax.crypto.AEADBadTagException;
import javax.crypto.Cipher;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/**
 * Encrypts and decrypts content of any length with constant memory, so that nothing that was not authenticated is ever
 * passed on: the STREAM construction with AES-256-GCM, see ADR 21.
 *
 * <p>A header, which has a salt, is followed by pieces of 64 KiB, each with its tag. The nonce of a piece is its number
 * and whether it is the last one. The key is derived from the tenant's key, the salt, and what the content is.
 */
final class ContentCipher {
    static final int PIECE_BYTES = 64 * 1024;

    private static final byte[] FORMAT = "allotment backup 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final String CIPHER = "AES/GCM/NoPadding";
    private static final int SALT_BYTES = 32;
    private static final int TAG_BYTES = 16;
    private static final int NONCE_BYTES = 12;

    private final DataKey key;
    private final String what;

    /** @param what names the content, such as by tenant and backup: content of another name does not decrypt */
    ContentCipher(DataKey key, String what) {
        this.key = key;
        this.what = what;
    }

    /** Encrypts a stream while it is read. Does not close it. */
    InputStream encrypted(InputStream plain, SecureRandom random) {
        byte[] salt = new byte[SALT_BYTES];
        random.nextBytes(salt);
        byte[] head = Arrays.copyOf(FORMAT, FORMAT.length + SALT_BYTES);
        System.arraycopy(salt, 0, head, FORMAT.length, SALT_BYTES);
        return new SequenceInputStream(
                new ByteArrayInputStream(head), new Pieces(plain, Cipher.ENCRYPT_MODE, key(salt), PIECE_BYTES));
    }

    /**
     * Decrypts a stream while it is read. Reading throws {@link DamagedContent} at the first piece that is not in its
     * place, and at the end if the last piece is missing. Does not close the stream.
     */
    InputStream decrypted(InputStream stored) throws IOException {
        byte[] head = stored.readNBytes(FORMAT.length + SALT_BYTES);
        if (head.length < FORMAT.length + SALT_BYTES || !Arrays.equals(FORMAT, Arrays.copyOf(head, FORMAT.length))) {
            throw new DamagedContent("This is not the content of a backup");
        }
        byte[] salt = Arrays.copyOfRange(head, FORMAT.length, head.length);
        return new Pieces(stored, Cipher.DECRYPT_MODE, key(salt), PIECE_BYTES + TAG_BYTES);
    }

    private SecretKeySpec key(byte[] salt) {
        return new SecretKeySpec(key.derived("content of " + what, salt), "AES");
    }

    /** The pieces of a stream, each encrypted or decrypted. */
    private static final class Pieces extends InputStream {
        private final InputStream from;
        private final int mode;
        private final SecretKeySpec key;
        private final byte[] next;
        private int nextLength;
        private long number;
        private ByteBuffer piece = ByteBuffer.allocate(0);
        private boolean last;

        Pieces(InputStream from, int mode, SecretKeySpec key, int length) {
            this.from = from;
            this.mode = mode;
            this.key = key;
            this.next = new byte[length];
            this.nextLength = -1;
        }

        @Override
        public int read() throws IOException {
            return advance() ? piece.get() & 0xff : -1;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (length == 0) {
                return 0;
            }
            if (!advance()) {
                return -1;
            }
            int read = Math.min(length, piece.remaining());
            piece.get(target, offset, read);
            return read;
        }

        /** Whether there is a byte; reads one piece ahead, since the last one is marked. */
        private boolean advance() throws IOException {
            while (!piece.hasRemaining() && !last) {
                if (nextLength < 0) {
                    nextLength = from.readNBytes(next, 0, next.length);
                }
                byte[] current = Arrays.copyOf(next, nextLength);
                nextLength = current.length < next.length ? 0 : from.readNBytes(next, 0, next.length);
                last = nextLength == 0;
                piece = transformed(current);
            }
            return piece.hasRemaining();
        }

        private ByteBuffer transformed(byte[] bytes) throws IOException {
            if (mode == Cipher.DECRYPT_MODE && bytes.length < TAG_BYTES) {
                throw new DamagedContent("The last piece was cut off");
            }
            byte[] nonce = ByteBuffer.allocate(NONCE_BYTES)
                    .putShort((short) 0)
                    .putLong(number++)
                    .putShort((short) (last ? 1 : 0))
                    .array();
            try {
                Cipher cipher = Cipher.getInstance(CIPHER);
                cipher.init(mode, key, new GCMParameterSpec(TAG_BYTES * Byte.SIZE, nonce));
                ByteBuffer result = ByteBuffer.allocate(cipher.getOutputSize(bytes.length));
                // The JDK processes 1 KiB of a read-only buffer at a time, but all of an array at once. Java compiles
                // what is called often. Only then, it uses the instructions of the processor for GCM, which take a
                // twentieth of the time. With arrays, that takes hundreds of megabytes.
                cipher.doFinal(ByteBuffer.wrap(bytes).asReadOnlyBuffer(), result);
                return result.flip();
            } catch (AEADBadTagException e) {
                throw new DamagedContent("Piece " + number + " was changed, exchanged or cut off");
            } catch (GeneralSecurityException e) {
                throw new IOException("This JDK cannot encrypt with " + CIPHER, e);
            }
        }
    }
}
