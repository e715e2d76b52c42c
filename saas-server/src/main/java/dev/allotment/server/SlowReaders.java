// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;

/** Closes the connection of a caller who takes a response too slowly, since a thread waits until it is written. */
final class SlowReaders extends Handler.Wrapper {
    private final int minBytesPerSecond;
    private final int graceSeconds;

    /**
     * Wraps a handler.
     *
     * @param graceSeconds how long a write may take in addition to what its size needs
     */
    SlowReaders(Handler handler, int minBytesPerSecond, int graceSeconds) {
        super(handler);
        this.minBytesPerSecond = minBytesPerSecond;
        this.graceSeconds = graceSeconds;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        return super.handle(request, new Watched(request, response), callback);
    }

    private final class Watched extends Response.Wrapper {
        Watched(Request request, Response response) {
            super(request, response);
        }

        @Override
        public void write(boolean last, ByteBuffer bytes, Callback callback) {
            int size = bytes == null ? 0 : bytes.remaining();
            Write write = new Write(getRequest(), callback);
            super.write(last, bytes, write);
            write.watch(
                    TimeUnit.SECONDS.toNanos(graceSeconds) + TimeUnit.SECONDS.toNanos(1) * size / minBytesPerSecond);
        }
    }

    /** A write that may be in progress. */
    private static final class Write extends Callback.Nested {
        private final Request request;
        private boolean ended;
        private Scheduler.@Nullable Task timer;

        Write(Request request, Callback callback) {
            super(callback);
            this.request = request;
        }

        /** Most writes have ended by now, as the operating system buffers them. */
        synchronized void watch(long nanos) {
            if (!ended) {
                timer = request.getComponents().getScheduler().schedule(this::expire, nanos, TimeUnit.NANOSECONDS);
            }
        }

        private void expire() {
            synchronized (this) {
                if (ended) {
                    return;
                }
            }
            request.getConnectionMetaData()
                    .getConnection()
                    .getEndPoint()
                    .close(new TimeoutException("The caller takes the response too slowly"));
        }

        @Override
        public synchronized void completed() {
            ended = true;
            if (timer != null) {
                timer.cancel();
            }
        }
    }
}
