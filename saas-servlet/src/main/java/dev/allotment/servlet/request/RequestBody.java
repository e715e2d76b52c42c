// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.request;

import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.EOFException;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.util.Collections;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads and decompresses the body of a request. It never stores more than the limit. A caller who keeps sending, but
 * too slowly, is refused: the thread of the container waits for each byte.
 */
public final class RequestBody {
    /** Large enough for a usual call. A larger body grows from here. */
    private static final int BUFFER = 8192;

    private static final int MIN_BYTES_PER_SECOND = 8 * 1024;
    private static final long GRACE_NANOS = TimeUnit.SECONDS.toNanos(15);
    private static final long MAX_NANOS = TimeUnit.MINUTES.toNanos(5);

    /** How long, and for how many times the limit, a caller may still send a refused body. */
    private static final long DISCARD_NANOS = TimeUnit.SECONDS.toNanos(5);

    private static final int DISCARD_TIMES = 8;
    private static final Logger LOG = LoggerFactory.getLogger(RequestBody.class);

    private final int limit;
    private final LongSupplier ticker;

    /** @param ticker in nanoseconds */
    public RequestBody(int limit, LongSupplier ticker) {
        this.limit = limit;
        this.ticker = ticker;
    }

    /**
     * Reads the body to its end.
     *
     * @throws Refusal if it is too large, too slow, or in an unknown coding
     * @throws BrokenBody if it does not match its headers
     */
    public byte[] read(HttpServletRequest request) throws IOException, BrokenBody {
        long announced = request.getContentLengthLong();
        if (announced > limit) {
            throw tooLarge();
        }
        boolean compressed = isGzip(String.join(",", Collections.list(request.getHeaders("Content-Encoding"))));
        InputStream in = new Timed(request.getInputStream(), ticker);
        try {
            if (!compressed) {
                return readAll(in);
            }
            return readAll(new GZIPInputStream(new Bounded(in, limit), BUFFER));
        } catch (TooSlow e) {
            throw new Refusal(HttpServletResponse.SC_REQUEST_TIMEOUT, "The body arrived too slowly.", Map.of());
        } catch (LimitReached e) {
            throw tooLarge();
        } catch (ZipException e) {
            throw new BrokenBody("The body is not valid gzip, which its Content-Encoding announces.");
        } catch (EOFException e) {
            throw new BrokenBody("The gzip data of the body is truncated.");
        }
    }

    /**
     * Reads and discards the rest of a refused body for a while. Many clients send the whole body before they read, and
     * would otherwise see a broken connection instead of the response.
     */
    public void discard(HttpServletRequest request) {
        long end = ticker.getAsLong() + DISCARD_NANOS;
        long left = (long) limit * DISCARD_TIMES;
        byte[] scratch = new byte[BUFFER];
        try {
            InputStream in = request.getInputStream();
            int count = in.read(scratch);
            while (count >= 0 && left > 0 && ticker.getAsLong() - end < 0) {
                left -= count;
                count = in.read(scratch);
            }
        } catch (IOException e) {
            LOG.debug("The caller of a refused body closed the connection", e);
        }
    }

    private byte[] readAll(InputStream in) throws IOException {
        // One byte more than allowed is enough to detect a body that is too large.
        byte[] body = in.readNBytes(limit + 1);
        if (body.length > limit) {
            throw tooLarge();
        }
        return body;
    }

    private static boolean isGzip(String coding) {
        return switch (coding.strip().toLowerCase(Locale.ROOT)) {
            case "", "identity" -> false;
            case "gzip", "x-gzip" -> true;
            default ->
                throw new Refusal(
                        HttpServletResponse.SC_UNSUPPORTED_MEDIA_TYPE,
                        "This Content-Encoding is not supported. Send the body uncompressed or with gzip.",
                        Map.of("Accept-Encoding", "gzip"));
        };
    }

    private Refusal tooLarge() {
        return new Refusal(
                HttpServletResponse.SC_REQUEST_ENTITY_TOO_LARGE,
                "The body is larger than this server's limit of " + limit + " bytes.",
                Map.of());
    }

    /** Bounds the time in which the data arrives. */
    private static final class Timed extends FilterInputStream {
        private final LongSupplier ticker;
        private final long started;
        private long bytes;

        Timed(InputStream in, LongSupplier ticker) {
            super(in);
            this.ticker = ticker;
            this.started = ticker.getAsLong();
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
            count(Math.max(count, 0));
            return count;
        }

        private void count(int more) throws TooSlow {
            bytes += more;
            long allowed = GRACE_NANOS + TimeUnit.SECONDS.toNanos(1) * bytes / MIN_BYTES_PER_SECOND;
            if (ticker.getAsLong() - started > Math.min(allowed, MAX_NANOS)) {
                throw new TooSlow();
            }
        }
    }

    private static final class TooSlow extends IOException {
        private static final long serialVersionUID = 1L;
    }

    /** Bounds the compressed data, which could go on forever without producing output. */
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
