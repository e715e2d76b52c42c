// SPDX-License-Identifier: Apache-2.0
package dev.allotment.servlet.stream;

import dev.allotment.SaasException;
import dev.allotment.spi.protocol.EventStream;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes the progress of operations to clients as server-sent events, from one thread of the embedder for all of them.
 * A stream holds no thread and no connection of the catalog while it waits. It writes only changes, and closes after a
 * minute; then the client connects again. So everything that it writes fits into the buffers of the operating system,
 * and a slow reader cannot block the thread. Thread-safe.
 */
public final class Streams {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);
    private static final int MAX_STREAMS = 200;
    private static final int MAX_PER_OWNER = 8;
    private static final long PERIOD_MILLIS = 300;
    private static final int KEEP_ALIVE_TICKS = 15;
    private static final int MAX_TICKS = 200;

    private final @Nullable ScheduledExecutorService scheduler;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> byOwner = new ConcurrentHashMap<>();
    /** How many streams are open or admitted. */
    private final AtomicInteger places = new AtomicInteger();

    private final AtomicBoolean closed = new AtomicBoolean();

    /** Whether a stream may start. */
    public enum Admission {
        ADMITTED,
        /** The owner has too many. */
        TOO_MANY,
        /** There are too many of all owners, or none can be opened here. */
        UNAVAILABLE
    }

    /**
     * Creates the streams.
     *
     * @param scheduler null to open no streams, so that clients poll
     */
    public Streams(@Nullable ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
    }

    /** Reserves a place for a stream of an owner, which {@link #start} must use. */
    public Admission admit(HttpServletRequest request, String owner) {
        if (scheduler == null || !request.isAsyncSupported() || closed.get()) {
            return Admission.UNAVAILABLE;
        }
        boolean few = byOwner.merge(owner, 1, Integer::sum) <= MAX_PER_OWNER;
        boolean room = places.incrementAndGet() <= MAX_STREAMS;
        if (few && room) {
            return Admission.ADMITTED;
        }
        leave(owner);
        return few ? Admission.UNAVAILABLE : Admission.TOO_MANY;
    }

    /**
     * Answers with a stream that was admitted. If it cannot be started, gives its place back.
     *
     * @param head sets the status of the answer, and its own headers
     */
    public void start(HttpServletRequest request, HttpServletResponse response, EventStream events, Runnable head) {
        Stream stream;
        try {
            head.run();
            stream = open(request, response, events);
        } catch (RuntimeException | Error e) {
            leave(events.owner());
            throw e;
        }
        stream.start();
        if (closed.get()) {
            stream.finish();
        }
    }

    private Stream open(HttpServletRequest request, HttpServletResponse response, EventStream events) {
        response.setContentType("text/event-stream; charset=utf-8");
        // A proxy would otherwise buffer the stream until its end.
        response.setHeader("X-Accel-Buffering", "no");
        AsyncContext async = request.startAsync();
        async.setTimeout(0);
        Stream stream = new Stream(async, events, request.getHeader("Last-Event-ID"));
        open.add(stream);
        async.addListener(stream);
        return stream;
    }

    private void leave(String owner) {
        places.decrementAndGet();
        byOwner.computeIfPresent(owner, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Closes all streams and refuses new ones. */
    public void close() {
        closed.set(true);
        open.forEach(Stream::finish);
    }

    /** A client that receives updates. */
    private final class Stream implements AsyncListener, Runnable {
        private final AsyncContext async;
        private final EventStream events;
        private final AtomicBoolean finished = new AtomicBoolean();
        private volatile @Nullable ScheduledFuture<?> ticking;
        /** The id of the event that the client has. */
        private @Nullable String sent;

        private int ticks;

        Stream(AsyncContext async, EventStream events, @Nullable String sent) {
            this.async = async;
            this.events = events;
            this.sent = sent;
        }

        void start() {
            try {
                ticking = Objects.requireNonNull(scheduler)
                        .scheduleWithFixedDelay(this, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
            } catch (RejectedExecutionException e) {
                finish();
            }
        }

        /** Holds the lock while it writes, so that the stream is not completed in the middle of a chunk. */
        @Override
        public synchronized void run() {
            if (finished.get()) {
                stopTicking();
                return;
            }
            try {
                EventStream.Update update = events.source().get();
                send(update);
                if (update.last() || ticks >= MAX_TICKS) {
                    finish();
                }
            } catch (IOException e) {
                LOG.debug("A client closed its stream", e);
                finish();
            } catch (SaasException e) {
                LOG.debug("A stream cannot continue", e);
                finish();
            } catch (RuntimeException | Error e) {
                // The executor would end the task without a word, and the stream would stay open.
                LOG.error("A stream failed: owner={}", events.owner(), e);
                finish();
            }
        }

        private void send(EventStream.Update update) throws IOException {
            ticks++;
            if (!update.id().equals(sent)) {
                write("id: " + update.id() + "\ndata: " + update.data() + "\n\n");
                sent = update.id();
            } else if (ticks % KEEP_ALIVE_TICKS == 0) {
                write(":\n\n");
            }
        }

        private void write(String text) throws IOException {
            async.getResponse().getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            async.getResponse().flushBuffer();
        }

        void finish() {
            if (finished.compareAndSet(false, true)) {
                open.remove(this);
                leave(events.owner());
                stopTicking();
                try {
                    complete();
                } catch (IllegalStateException e) {
                    LOG.debug("A stream was closed already", e);
                }
            }
        }

        private synchronized void complete() {
            async.complete();
        }

        private void stopTicking() {
            ScheduledFuture<?> running = ticking;
            if (running != null) {
                running.cancel(false);
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            finish();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            finish();
        }

        @Override
        public void onError(AsyncEvent event) {
            finish();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
