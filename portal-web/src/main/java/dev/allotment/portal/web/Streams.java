// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.SaasException;
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
 * Tells pages how something goes on, by server-sent events, from one thread of the host for all of them. A stream writes when
 * something has changed, and is over after a minute (the browser asks again), so all that it writes fits into what the
 * operating system takes without waiting for the reader. Thread-safe.
 */
public final class Streams {
    private static final Logger LOG = LoggerFactory.getLogger(Streams.class);
    private static final int MOST = 200;
    private static final int MOST_PER_PEER = 8;
    private static final long PERIOD_MILLIS = 300;
    private static final int SIGN_OF_LIFE = 15;
    private static final int LONGEST = 200;

    private final @Nullable ScheduledExecutorService scheduler;
    private final Set<Stream> open = ConcurrentHashMap.newKeySet();
    private final Map<String, Integer> byPeer = new ConcurrentHashMap<>();
    private final AtomicBoolean closed = new AtomicBoolean();

    /**
     * No stream yet.
     *
     * @param scheduler null: there are none, and pages ask again by themselves
     */
    public Streams(@Nullable ScheduledExecutorService scheduler) {
        this.scheduler = scheduler;
    }

    /** Answers with a stream of what a source says; with 503 where there are too many. */
    public void start(PortalExchange exchange, Source source) throws IOException {
        String clientAddress = exchange.clientAddress();
        if (scheduler == null || !exchange.request().isAsyncSupported() || closed.get() || !admit(clientAddress)) {
            exchange.response().setHeader("Retry-After", "2");
            exchange.send(HttpServletResponse.SC_SERVICE_UNAVAILABLE, "text/plain; charset=utf-8", new byte[0]);
            return;
        }
        HttpServletResponse response = exchange.response();
        response.setContentType("text/event-stream; charset=utf-8");
        // Or a proxy would keep it all until the end.
        response.setHeader("X-Accel-Buffering", "no");
        AsyncContext async = exchange.request().startAsync();
        async.setTimeout(0);
        Stream stream = new Stream(async, source, clientAddress);
        open.add(stream);
        async.addListener(stream);
        stream.start(scheduler);
    }

    private boolean admit(String clientAddress) {
        boolean admitted = byPeer.merge(clientAddress, 1, Integer::sum) <= MOST_PER_PEER && open.size() < MOST;
        if (!admitted) {
            leave(clientAddress);
        }
        return admitted;
    }

    private void leave(String clientAddress) {
        byPeer.computeIfPresent(clientAddress, (key, count) -> count == 1 ? null : count - 1);
    }

    /** Ends all of them, so that nobody waits for them; later ones are refused. */
    public void close() {
        closed.set(true);
        open.forEach(Stream::end);
    }

    /** Says how something stands. */
    @FunctionalInterface
    public interface Source {
        Update read();
    }

    /**
     * How something stands.
     *
     * @param data one line
     * @param last whether nothing follows
     */
    public record Update(String data, boolean last) {}

    /** One page that listens. */
    private final class Stream implements AsyncListener, Runnable {
        private final AsyncContext async;
        private final Source source;
        private final String clientAddress;
        private final AtomicBoolean ended = new AtomicBoolean();
        private volatile @Nullable ScheduledFuture<?> ticking;
        private String told = "";
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
                end();
            }
        }

        @Override
        public void run() {
            if (ended.get()) {
                stopTicking();
                return;
            }
            try {
                Update update = source.read();
                tell(update.data());
                if (update.last() || ticks >= LONGEST) {
                    end();
                }
            } catch (IOException e) {
                LOG.debug("A page stopped listening", e);
                end();
            } catch (SaasException e) {
                LOG.debug("A page cannot be told more", e);
                end();
            } catch (RuntimeException e) {
                LOG.error("A page cannot be told more", e);
                end();
            }
        }

        private void tell(String data) throws IOException {
            ticks++;
            if (!data.equals(told)) {
                write("data: " + data + "\n\n");
                told = data;
            } else if (ticks % SIGN_OF_LIFE == 0) {
                write(":\n\n");
            }
        }

        private void write(String text) throws IOException {
            async.getResponse().getOutputStream().write(text.getBytes(StandardCharsets.UTF_8));
            async.getResponse().flushBuffer();
        }

        void end() {
            if (ended.compareAndSet(false, true)) {
                open.remove(this);
                leave(clientAddress);
                stopTicking();
                try {
                    async.complete();
                } catch (IllegalStateException e) {
                    LOG.debug("A stream was over already", e);
                }
            }
        }

        private void stopTicking() {
            ScheduledFuture<?> running = ticking;
            if (running != null) {
                running.cancel(false);
            }
        }

        @Override
        public void onComplete(AsyncEvent event) {
            end();
        }

        @Override
        public void onTimeout(AsyncEvent event) {
            end();
        }

        @Override
        public void onError(AsyncEvent event) {
            end();
        }

        @Override
        public void onStartAsync(AsyncEvent event) {}
    }
}
