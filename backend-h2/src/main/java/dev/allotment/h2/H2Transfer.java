// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.SequenceInputStream;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Arrays;
import java.util.Base64;

/**
 * A database on its way to another folder: what it is, the administrator's password that it has on the way, how long its file is,
 * and the file.
 */
final class H2Transfer {
    private static final byte[] FORMAT = "allotment h2 database 1\n".getBytes(StandardCharsets.US_ASCII);
    private static final int PASSWORD_BYTES = 24;

    private final String password;
    private final long size;
    private final DataInputStream data;

    private H2Transfer(String password, long size, DataInputStream data) {
        this.password = password;
        this.size = size;
        this.data = data;
    }

    /** A new password. */
    static String password(SecureRandom random) {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** What is sent; the caller closes the data. */
    static InputStream of(String password, long size, InputStream data) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(head);
        out.write(FORMAT);
        out.writeUTF(password);
        out.writeLong(size);
        return new SequenceInputStream(new ByteArrayInputStream(head.toByteArray()), data);
    }

    /**
     * Reads the beginning of what is received.
     *
     * @throws SaasException {@code backend.unsupported}, {@code backend.unavailable}
     */
    static H2Transfer begin(InputStream content) {
        DataInputStream in = new DataInputStream(content);
        try {
            byte[] found = new byte[FORMAT.length];
            in.readFully(found);
            if (!Arrays.equals(found, FORMAT)) {
                throw SaasException.unsupported(
                        ErrorCodes.BACKEND_UNSUPPORTED, "What was to be received is no database of the H2 backend.");
            }
            String password = in.readUTF();
            if (!password.matches("[A-Za-z0-9_-]+")) {
                throw new IOException("The content is damaged");
            }
            return new H2Transfer(password, in.readLong(), in);
        } catch (IOException e) {
            throw cutOff(e);
        }
    }

    String password() {
        return password;
    }

    /** Writes the file, and what comes after it nowhere. */
    void write(H2Storage storage, String file) {
        try {
            storage.write(file, new Exactly(data, size));
        } catch (IOException e) {
            throw cutOff(e);
        }
    }

    private static SaasException cutOff(IOException cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "The file of a database of another server could not be read to its end.",
                cause);
    }

    /** So many bytes of a stream; that there are fewer is a failure. */
    private static final class Exactly extends InputStream {
        private final InputStream from;
        private long left;

        Exactly(InputStream from, long left) {
            this.from = from;
            this.left = left;
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
        }

        @Override
        public int read(byte[] target, int offset, int length) throws IOException {
            if (left == 0) {
                return -1;
            }
            int read = from.read(target, offset, (int) Math.min(length, left));
            if (read < 0) {
                throw new IOException("The content is cut off");
            }
            left -= read;
            return read;
        }
    }
}
