// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/** A stream of pieces, each of which is produced when the one before it was read. Not thread-safe. */
public abstract class PieceStream extends InputStream {
    private static final byte[] NONE = {};

    private byte[] piece = NONE;
    private int position;

    /** Produces the next piece, which may be empty; null after the last one. */
    protected abstract byte @Nullable [] piece() throws IOException;

    @Override
    public final int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public final int read(byte[] target, int offset, int length) throws IOException {
        if (length == 0) {
            return 0;
        }
        while (position == piece.length) {
            // A piece may be large, so there is only one at a time.
            piece = NONE;
            position = 0;
            byte[] next = piece();
            if (next == null) {
                return -1;
            }
            piece = next;
        }
        int count = Math.min(length, piece.length - position);
        System.arraycopy(piece, position, target, offset, count);
        position += count;
        return count;
    }
}
