// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.SaasException;
import dev.allotment.spi.protocol.ClientNetwork;
import jakarta.servlet.AsyncContext;
import jakarta.servlet.AsyncEvent;
import jakarta.servlet.AsyncListener;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Pushes the progress of operations to open pages as server-sent events, from one thread of the embedder for all of
 * them. A stream writes only changes and closes after a minute, after which the browser reconnects. So everything it
 * writes fits into the operating system's buffers, and a slow reader cannot block the thread. Thread-safe.
 */
public final class Streams {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);
    private static final int MAX_STREAMS = 200;
    private static final int MAX_PER_CLIENT_ADDRESS = 8;
    private static final long PERIOD_MILLIS = 300;
    private static final int KEEP_ALIVE_TICKS = 15;
    private static final int MAX_TICKS = 200;

    private final @Nullable ScheduledExecutorService scheduler;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> byClientAddress = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * Creates the streams.
     *
     * @param scheduler null to open no streams, so that pages poll
     */
    public Streams(@Nullable ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
    }

    /** Answers with a stream of a source's updates, or with 503 if there are too many streams. */
    public void start(PortalExchange exchange, Source source) throws IOException {
        String clientAddress = ClientNetwork.of(exchange.clientAddress());
        if (scheduler == null || !exchange.request().isAsyncSupported() || closed.get() || !admit(clientAddress)) {
            exchange.response().setHeader("Retry-After", "2");
            exchange.send(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", new byte[0]);
            return;
        }
        HttpServletResponse response = exchange.response();
        response.setContentType("text/event-stream; charset=utf-8");
        // A proxy would otherwise buffer the stream until its end.
        response.setHeader("X-Accel-Buffering", "no");
        AsyncContext async = exchange.request().startAsync();
        async.setTimeout(0);
        Stream stream = new Stream(async, source, clientAddress);
        open.add(stream);
        async.addListener(stream);
        stream.start(scheduler);
    }

    private boolean admit(String clientAddress) {
        boolean admitted = byClientAddress.merge(clientAddress, 1, Integer::sum) <= MAX_PER_CLIENT_ADDRESS
                && open.size() < MAX_STREAMS;
        if (!admitted) {
            leave(clientAddress);
        }
        return admitted;
    }

    private void leave(String clientAddress) {
        byClientAddress.computeIfPresent(clientAddress, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Closes all streams and refuses new ones. */
    public void close() {
        closed.set(true);
        open.forEach(Stream::finish);
    }

    /** Reads the current progress. */
    @FunctionalInterface
    public interface Source {
        /** Reads the current progress. */
        Update read();
    }

    /**
     * The progress at one moment.
     *
     * @param data one line
     * @param last whether this is the last update
     */
    public record Update(String data, boolean last) {}

    /** An open page that receives updates. */
    private final class Stream implements AsyncListener, Runnable {
        private final AsyncContext async;
        private final Source source;
        private final String clientAddress;
        private final AtomicBoolean finished = new AtomicBoolean();
        private volatile @Nullable ScheduledFuture<?> ticking;
        private String sent = "";
        private int ticks;

        Stream(AsyncContext async, Source source, String clientAddress) {
            this.async = async;
            this.source = source;
            this.clientAddress = clientAddress;
        }

        void start(ScheduledExecutorService on) {
            try {
                ticking = on.scheduleWithFixedDelay(this, 0, PERIOD_MILLIS, TimeUnit.MILLISECONDS);
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
                Update update = source.read();
                send(update.data());
                if (update.last() || ticks >= MAX_TICKS) {
                    finish();
                }
            } catch (IOException e) {
                LOG.debug("A page closed its stream", e);
                finish();
            } catch (SaasException e) {
                LOG.debug("A stream cannot continue", e);
                finish();
            } catch (RuntimeException e) {
                LOG.error("A stream failed: clientAddress={}", clientAddress, e);
                finish();
            }
        }

        private void send(String data) throws IOException {
            ticks++;
            if (!data.equals(sent)) {
                write("data: " + data + "\n\n");
                sent = data;
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
                leave(clientAddress);
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
