// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.files.H2Storage;
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
 * A database in transit to another server: a header with the format, the administrator's password that it has in
 * transit and the length of its file, followed by the file.
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

    /** Generates a password. */
    static String password(SecureRandom random) {
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        return Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /** The content to send. The caller closes the data. */
    static InputStream of(String password, long size, InputStream data) throws IOException {
        ByteArrayOutputStream head = new ByteArrayOutputStream();
        DataOutputStream out = new DataOutputStream(head);
        out.write(FORMAT);
        out.writeUTF(password);
        out.writeLong(size);
        return new SequenceInputStream(new ByteArrayInputStream(head.toByteArray()), data);
    }

    /**
     * Reads the header of received content.
     *
     * @throws SaasException {@code backend.unsupported}, {@code backend.unavailable}
     */
    static H2Transfer start(InputStream content) {
        DataInputStream in = new DataInputStream(content);
        try {
            byte[] found = new byte[FORMAT.length];
            in.readFully(found);
            if (!Arrays.equals(found, FORMAT)) {
                throw SaasException.unsupported(
                        ErrorCodes.BACKEND_UNSUPPORTED,
                        "The received content is not a database of the H2 backend. Only databases of H2 servers can be copied to one.");
            }
            String password = in.readUTF();
            if (!password.matches("[A-Za-z0-9_-]+")) {
                throw new IOException("The header is damaged");
            }
            return new H2Transfer(password, in.readLong(), in);
        } catch (IOException e) {
            throw incomplete(e);
        }
    }

    String password() {
        return password;
    }

    /** Writes the file. Ignores everything after it. */
    void write(H2Storage storage, String file) {
        try {
            storage.write(file, new FixedLengthStream(data, size));
        } catch (IOException e) {
            throw incomplete(e);
        }
    }

    private static SaasException incomplete(IOException cause) {
        return SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "The database of another server could not be received completely. Try again.",
                cause);
    }

    /** A fixed number of bytes of a stream. Fails if the stream ends earlier. */
    private static final class FixedLengthStream extends InputStream {
        private final InputStream from;
        private long left;

        FixedLengthStream(InputStream from, long left) {
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
                throw new IOException("The content ends too early");
            }
            left -= read;
            return read;
        }
    }
}
