// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;

/** Reads the body of a request, decompressed, without ever holding more of it than the limit. */
final class RequestBody {
    /** Enough to read the usual call in one go; a larger body grows from here. */
    private static final int BUFFER = 8192;

    private final int limit;

    RequestBody(int limit) {
        this.limit = limit;
    }

    byte[] read(HttpServletRequest request) throws IOException, Refusal, BrokenBody {
        long announced = request.getContentLengthLong();
        if (announced > limit) {
            throw tooLarge();
        }
        boolean compressed = isGzip(String.join(",", Collections.list(request.getHeaders("Content-Encoding"))));
        InputStream in = request.getInputStream();
        if (!compressed) {
            return readAll(in);
        }
        try {
            return readAll(new GZIPInputStream(new Bounded(in, limit), BUFFER));
        } catch (LimitReached e) {
            throw tooLarge();
        } catch (ZipException e) {
            throw new BrokenBody("The body is not what its Content-Encoding says: broken gzip.");
        } catch (EOFException e) {
            throw new BrokenBody("The gzip data of the body ends too early.");
        }
    }

    private byte[] readAll(InputStream in) throws IOException, Refusal {
        // One byte more than allowed is enough to know.
        byte[] body = in.readNBytes(limit + 1);
        if (body.length > limit) {
            throw tooLarge();
        }
        return body;
    }

    private static boolean isGzip(String coding) throws Refusal {
        return switch (coding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> false;
            case "gzip", "x-gzip" -> true;
            default ->
                throw new Refusal(
                        HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
                        "This Content-Encoding is not supported; send the body as it is, or gzip.",
                        Map.of("Accept-Encoding", "gzip"));
        };
    }

    private Refusal tooLarge() {
        return new Refusal(
                HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                "The body is larger than " + limit + " bytes, the limit of this server.",
                Map.of("Connection", "close"));
    }

    /** Stops compressed data that goes on and on, even where nothing comes out of it. */
    private static final class Bounded extends FilterInputStream {
        private long left;

        Bounded(InputStream in, int limit) {
            super(in);
            left = limit;
        }

        @Override
        public int read() throws IOException {
            int value = super.read();
            count(value < 0 ? 0 : 1);
            return value;
        }

        @Override
        public int read(byte[] buffer, int offset, int length) throws IOException {
            int count = super.read(buffer, offset, length);
            count(count);
            return count;
        }

        private void count(int bytes) throws LimitReached {
            left -= Math.max(bytes, 0);
            if (left < 0) {
                throw new LimitReached();
            }
        }
    }

    private static final class LimitReached extends IOException {
        private static final long serialVersionUID = 1L;
    }
}
