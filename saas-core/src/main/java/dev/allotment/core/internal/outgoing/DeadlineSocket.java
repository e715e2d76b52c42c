// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.outgoing;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.Proxy;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * A connection on which all reads together end in time, also those of a TLS handshake. What is written is small, so
 * writes do not wait. Uses no proxy.
 */
final class DeadlineSocket extends Socket {
    private final LongSupplier ticker;
    private long end;

    DeadlineSocket(LongSupplier ticker, long nanos) {
        super(Proxy.NO_PROXY);
        this.ticker = ticker;
        endIn(nanos);
    }

    void endIn(long nanos) {
        end = ticker.getAsLong() + nanos;
    }

    /** At least 1, since 0 means without end. */
    int remaining() throws SocketTimeoutException {
        long left = TimeUnit.NANOSECONDS.toMillis(end - ticker.getAsLong());
        if (left < 1) {
            throw new SocketTimeoutException("The time has ended");
        }
        return Math.toIntExact(left);
    }

    @Override
    public InputStream getInputStream() throws IOException {
        return new FilterInputStream(super.getInputStream()) {
            @Override
            public int read() throws IOException {
                setSoTimeout(remaining());
                return super.read();
            }

            @Override
            public int read(byte[] bytes, int offset, int length) throws IOException {
                setSoTimeout(remaining());
                return super.read(bytes, offset, length);
            }
        };
    }
}
