// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;
import org.eclipse.jetty.util.thread.Invocable;
import org.eclipse.jetty.util.thread.Scheduler;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads the body of a request before a thread works on the request, so slow senders occupy memory for what they have
 * sent, and no thread. A body has to arrive at a minimum rate on average after a while, and at last within
 * {@link #MAX_SECONDS}. The memory is shared between client networks.
 */
final class BufferedBodies extends Handler.Wrapper {
    private static final Logger LOG = LoggerFactory.getLogger(BufferedBodies.class);

    static final int MAX_SECONDS = 300;

    /** For how many times the limit, and how long, a caller may go on sending a refused body. */
    private static final int DISCARD_TIMES = 8;

    private static final int DISCARD_SECONDS = 5;
    private static final int FIRST_BYTES = 8 * 1024;

    private final int maxBytes;
    private final int minBytesPerSecond;
    private final int graceSeconds;
    private final ClientNetworks networks;
    private final AddressShares memory;

    /**
     * Wraps a handler.
     *
     * @param maxBytes of one body; a longer one is refused with status 413
     * @param graceSeconds how long a body may be slower than the minimum rate
     * @param memory in bytes
     */
    BufferedBodies(
            Handler handler,
            int maxBytes,
            int minBytesPerSecond,
            int graceSeconds,
            ClientNetworks networks,
            AddressShares memory) {
        super(handler);
        this.maxBytes = maxBytes;
        this.minBytesPerSecond = minBytesPerSecond;
        this.graceSeconds = graceSeconds;
        this.networks = networks;
        this.memory = memory;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        long length = request.getLength();
        if (length == 0 || (length < 0 && !request.getHeaders().contains(HttpHeader.TRANSFER_ENCODING))) {
            return super.handle(request, response, callback);
        }
        if (length > maxBytes) {
            new Refused(request, response, callback).start();
            return true;
        }
        Content.Chunk first = request.read();
        if (first != null && first.isLast() && !Content.Chunk.isFailure(first)) {
            return super.handle(new ReadRequest(request, first), response, callback);
        }
        Reception reception = new Reception(request, response, callback, networks.of(request));
        reception.start(first);
        return true;
    }

    private void pass(Request request, Response response, Callback callback) {
        try {
            if (!super.handle(request, response, callback)) {
                Response.writeError(request, response, callback, HttpStatus.NOT_FOUND_404);
            }
        } catch (Exception e) {
            Response.writeError(request, response, callback, e);
        }
    }

    /** Answers with one line, and announces the end of the connection: the body was not read to its end. */
    private static void refuse(Request request, Response response, int status, String text, Callback callback) {
        byte[] line = (text + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.getHeaders().put(HttpHeader.CONTENT_TYPE, "text/plain; charset=utf-8");
        response.getHeaders().put("X-Content-Type-Options", "nosniff");
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, line.length);
        response.getHeaders().put(HttpHeader.CONNECTION, "close");
        if (status == HttpStatus.SERVICE_UNAVAILABLE_503) {
            response.getHeaders().put(HttpHeader.RETRY_AFTER, 1);
        }
        RequestIds.run(
                request,
                () -> LOG.debug(
                        "Refused a body: status={} path={}",
                        status,
                        request.getHttpURI().getPath()));
        response.write(true, ByteBuffer.wrap(line), callback);
    }

    /** A body that is on its way. */
    private final class Reception implements Invocable.Task {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final String network;
        private final long startedNanos = System.nanoTime();
        private final AtomicBoolean ended = new AtomicBoolean();
        private byte[] data = new byte[0];
        /** Also read by the timer. */
        private volatile int size;

        private boolean released;

        private volatile Scheduler.@Nullable Task timer;

        Reception(Request request, Response response, Callback callback, String network) {
            this.request = request;
            this.response = response;
            this.callback = callback;
            this.network = network;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        void start(Content.@Nullable Chunk first) {
            Request.addCompletionListener(request, failure -> release());
            schedule(TimeUnit.SECONDS.toNanos(graceSeconds));
            receive(first, false);
        }

        /** The timer may have ended the request while a callback still receives. */
        private synchronized void release() {
            released = true;
            memory.giveBack(network, data.length);
        }

        @Override
        public void run() {
            receive(null, true);
        }

        private void receive(Content.@Nullable Chunk given, boolean isCallback) {
            Content.Chunk chunk = given == null ? request.read() : given;
            while (!ended.get()) {
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                if (Content.Chunk.isFailure(chunk)) {
                    end(HttpStatus.BAD_REQUEST_400, "The body could not be read completely.");
                    return;
                }
                boolean last = chunk.isLast();
                boolean stored = store(chunk.getByteBuffer());
                chunk.release();
                if (!stored) {
                    return;
                }
                if (last) {
                    complete(isCallback);
                    return;
                }
                chunk = request.read();
            }
            if (chunk != null) {
                chunk.release();
            }
        }

        private boolean store(ByteBuffer bytes) {
            int more = bytes.remaining();
            if (size + (long) more > maxBytes) {
                if (ended.compareAndSet(false, true)) {
                    cancelTimer();
                    new Refused(request, response, callback).start();
                }
                return false;
            }
            if (size + more > data.length && !grow(size + more)) {
                end(HttpStatus.SERVICE_UNAVAILABLE_503, "Too many bodies are being received; try again in a moment.");
                return false;
            }
            int before = size;
            bytes.get(data, before, more);
            size = before + more;
            return true;
        }

        private synchronized boolean grow(int needed) {
            long length = request.getLength();
            long wanted = Math.max(needed, Math.max(FIRST_BYTES, 2L * data.length));
            int capacity = (int) Math.min(wanted, length > 0 ? Math.max(needed, length) : Math.max(needed, maxBytes));
            if (released || !memory.take(network, capacity - data.length)) {
                return false;
            }
            data = Arrays.copyOf(data, capacity);
            return true;
        }

        private void complete(boolean isCallback) {
            if (!ended.compareAndSet(false, true)) {
                return;
            }
            cancelTimer();
            Request read = new ReadRequest(request, Content.Chunk.from(ByteBuffer.wrap(data, 0, size), true));
            if (isCallback) {
                // The thread of a callback must not block.
                request.getComponents().getExecutor().execute(() -> pass(read, response, callback));
            } else {
                pass(read, response, callback);
            }
        }

        private void end(int status, String text) {
            if (ended.compareAndSet(false, true)) {
                cancelTimer();
                refuse(request, response, status, text, callback);
            }
        }

        private void schedule(long nanos) {
            timer = request.getComponents().getScheduler().schedule(this::checkRate, nanos, TimeUnit.NANOSECONDS);
        }

        private void checkRate() {
            long allowedNanos = Math.min(
                    TimeUnit.SECONDS.toNanos(MAX_SECONDS),
                    TimeUnit.SECONDS.toNanos(graceSeconds) + TimeUnit.SECONDS.toNanos(1) * size / minBytesPerSecond);
            long left = allowedNanos - (System.nanoTime() - startedNanos);
            if (left <= 0) {
                end(HttpStatus.REQUEST_TIMEOUT_408, "The body arrived too slowly.");
            } else if (!ended.get()) {
                schedule(left);
            }
        }

        private void cancelTimer() {
            Scheduler.Task scheduled = timer;
            if (scheduled != null) {
                scheduled.cancel();
            }
        }
    }

    /**
     * A body that is too large. Many clients send the whole body before they read, and would otherwise see a broken
     * connection instead of the response. So the rest is read and discarded for a while.
     */
    private final class Refused implements Invocable.Task {
        private final Request request;
        private final Response response;
        private final Callback callback;
        private final AtomicBoolean ended = new AtomicBoolean();
        private long left = (long) maxBytes * DISCARD_TIMES;

        Refused(Request request, Response response, Callback callback) {
            this.request = request;
            this.response = response;
            this.callback = callback;
        }

        @Override
        public InvocationType getInvocationType() {
            return InvocationType.NON_BLOCKING;
        }

        void start() {
            boolean waits = request.getHeaders().contains(HttpHeader.EXPECT);
            refuse(
                    request,
                    response,
                    HttpStatus.PAYLOAD_TOO_LARGE_413,
                    "The body is larger than this server's limit of " + maxBytes + " bytes.",
                    waits ? callback : Callback.from(this::discard, this::fail));
        }

        private void fail(Throwable failure) {
            if (ended.compareAndSet(false, true)) {
                callback.failed(failure);
            }
        }

        private void discard() {
            request.getComponents().getScheduler().schedule(this::end, DISCARD_SECONDS, TimeUnit.SECONDS);
            run();
        }

        private void end() {
            if (ended.compareAndSet(false, true)) {
                callback.succeeded();
            }
        }

        @Override
        public void run() {
            while (!ended.get()) {
                Content.Chunk chunk = request.read();
                if (chunk == null) {
                    request.demand(this);
                    return;
                }
                boolean last = chunk.isLast() || Content.Chunk.isFailure(chunk);
                left -= chunk.remaining();
                chunk.release();
                if (last || left < 0) {
                    end();
                }
            }
        }
    }

    /** A request whose whole body was read. */
    private static final class ReadRequest extends Request.Wrapper {
        private Content.@Nullable Chunk body;

        ReadRequest(Request request, Content.Chunk body) {
            super(request);
            this.body = body;
        }

        @Override
        public synchronized Content.Chunk read() {
            Content.Chunk next = body;
            body = null;
            return next == null ? Content.Chunk.EOF : next;
        }

        @Override
        public void demand(Runnable callback) {
            callback.run();
        }

        @Override
        public boolean consumeAvailable() {
            read().release();
            return super.consumeAvailable();
        }
    }
}
