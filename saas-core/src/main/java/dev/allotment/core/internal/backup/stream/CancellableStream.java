// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.stream;

import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Content of which a run reads no more after its operation was taken from it. A server that receives the content holds
 * locks until the end, and the node that ended the operation waits for them. While a run reads, the operation makes
 * progress, so its lease is renewed however long that takes. Does not close the stream.
 */
public final class CancellableStream extends PieceStream {
    /** How often the operation is looked at. */
    private static final Duration CHECKED_AFTER = Duration.ofSeconds(5);

    private final InputStream from;
    private final LongSupplier ticker;
    private final Runnable requireMine;
    private final Runnable progress;
    private long checked;

    /**
     * @param requireMine throws what the reader is to fail with
     * @param progress notes that the operation makes progress
     */
    public CancellableStream(InputStream from, LongSupplier ticker, Runnable requireMine, Runnable progress) {
        this.from = from;
        this.ticker = ticker;
        this.requireMine = requireMine;
        this.progress = progress;
        checked = ticker.getAsLong();
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long now = ticker.getAsLong();
        if (now - checked > CHECKED_AFTER.toNanos()) {
            requireMine.run();
            progress.run();
            checked = now;
        }
        return from.read(target, offset, length);
    }
}
