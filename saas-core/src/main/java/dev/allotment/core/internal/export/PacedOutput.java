// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.export;

import java.io.IOException;
import java.io.OutputStream;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Cuts off a reader that is too slow on average: it keeps a thread. Does not close the stream. Not thread-safe.
 *
 * <p>Looks at the time when a write returns, so it writes in small pieces. It does not end a write that blocks: that is
 * up to the stream.
 */
final class PacedOutput extends OutputStream {
    private static final int PIECE = 4 * 1024;
    private static final long GRACE_SECONDS = 60;

    private final LongSupplier ticker;
    private final int minimum;
    private final OutputStream out;
    private long count;
    private long waitedNanos;

    /** @param minimum in bytes per second */
    PacedOutput(LongSupplier ticker, int minimum, OutputStream out) {
        this.ticker = ticker;
        this.minimum = minimum;
        this.out = out;
    }

    @Override
    public void write(int next) throws IOException {
        write(new byte[] {(byte) next}, 0, 1);
    }

    @Override
    public void write(byte[] bytes, int offset, int length) throws IOException {
        int done = 0;
        while (done < length) {
            int from = offset + done;
            int size = Math.min(PIECE, length - done);
            timed(() -> out.write(bytes, from, size));
            done += size;
            count += size;
            requirePace();
        }
    }

    @Override
    public void flush() throws IOException {
        timed(out::flush);
        requirePace();
    }

    private interface Writing {
        void run() throws IOException;
    }

    private void timed(Writing writing) throws IOException {
        long begun = ticker.getAsLong();
        writing.run();
        waitedNanos += ticker.getAsLong() - begun;
    }

    private void requirePace() throws IOException {
        if (waitedNanos > TimeUnit.SECONDS.toNanos(GRACE_SECONDS + count / minimum)) {
            throw new IOException("The reader of an export took " + TimeUnit.NANOSECONDS.toSeconds(waitedNanos)
                    + " seconds for " + count + " bytes");
        }
    }
}
