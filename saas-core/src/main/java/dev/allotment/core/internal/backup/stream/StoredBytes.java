// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.stream;

import dev.allotment.core.internal.base.Secrets;
import java.io.IOException;
import java.io.InputStream;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.HexFormat;
import java.util.function.LongSupplier;

/**
 * The bytes on their way to a store, or from it: counts and hashes them, and gives up a store that is too slow, since
 * the snapshot of the database stays open meanwhile. Does not close the stream.
 */
public final class StoredBytes extends PieceStream {
    /** How long the store may take for a piece, however many reads that is. */
    static final Duration SLOWEST_PIECE = Duration.ofMinutes(1);

    private static final int PIECE_BYTES = 1 << 16;

    private final InputStream from;
    private final boolean outgoing;
    private final LongSupplier ticker;
    private final MessageDigest digest;
    private long count;
    private long passedOn;
    /** What the store has taken for the present piece, in nanoseconds. */
    private long taken;

    private StoredBytes(InputStream from, boolean outgoing, LongSupplier ticker) {
        this.from = from;
        this.outgoing = outgoing;
        this.ticker = ticker;
        digest = Secrets.sha256();
        passedOn = ticker.getAsLong();
    }

    /** Bytes that a store reads: it is slow if it does not come back for more. */
    public static StoredBytes outgoing(InputStream content, LongSupplier ticker) {
        return new StoredBytes(content, true, ticker);
    }

    /** Bytes that a store provides. */
    public static StoredBytes incoming(InputStream stored, LongSupplier ticker) {
        return new StoredBytes(stored, false, ticker);
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        long asked = ticker.getAsLong();
        if (outgoing) {
            requireFast(asked - passedOn);
        }
        int read = outgoing ? from.read(target, offset, length) : provided(target, offset, length);
        passedOn = ticker.getAsLong();
        if (!outgoing) {
            requireFast(passedOn - asked);
        }
        if (read > 0) {
            digest.update(target, offset, read);
            long before = count / PIECE_BYTES;
            count += read;
            if (count / PIECE_BYTES > before) {
                taken = 0;
            }
        }
        return read;
    }

    /** What a store must not throw is an outage of it, too. */
    private int provided(byte[] target, int offset, int length) throws IOException {
        try {
            return from.read(target, offset, length);
        } catch (RuntimeException e) {
            throw new IOException("The store failed unexpectedly", e);
        }
    }

    private void requireFast(long nanos) throws IOException {
        taken += nanos;
        if (taken > SLOWEST_PIECE.toNanos()) {
            throw new IOException("The store took " + Duration.ofNanos(taken).toSeconds() + " seconds for a piece");
        }
    }

    public long count() {
        return count;
    }

    /** The SHA-256 of everything that was read, in hexadecimal. Call this once, at the end. */
    public String sha256() {
        return HexFormat.of().formatHex(digest.digest());
    }
}
