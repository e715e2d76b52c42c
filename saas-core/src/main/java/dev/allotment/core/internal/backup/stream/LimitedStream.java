// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.stream;

import dev.allotment.SaasException;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * Content that remembers why it could not be read: who reads it may only say that it could not. Fails if it is longer
 * than it may be. Does not close the stream.
 */
public final class LimitedStream extends PieceStream {
    private final InputStream from;
    private final long longest;
    private long count;
    private @Nullable IOException failure;

    public LimitedStream(InputStream from, long longest) {
        this.from = from;
        this.longest = longest;
    }

    @Override
    public int read(byte[] target, int offset, int length) throws IOException {
        try {
            int read = from.read(target, offset, length);
            if (read > 0) {
                count += read;
            }
            if (count > longest) {
                throw new DamagedContent("There is more content than the manifest says");
            }
            return read;
        } catch (SaasException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            failure = e instanceof IOException known ? known : new IOException("It failed unexpectedly", e);
            throw failure;
        }
    }

    public long count() {
        return count;
    }

    /** Why it could not be read; null if it could. */
    @Nullable
    public IOException failure() {
        return failure;
    }
}
