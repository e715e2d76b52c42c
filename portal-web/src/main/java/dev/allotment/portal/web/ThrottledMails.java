// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.portal.PortalMail;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sends letters on the host's executor, and not too many: what a stranger asks for must not fill anybody's mailbox, nor cost
 * us more than it costs to ask. Thread-safe.
 */
public final class ThrottledMails {
    private static final Logger LOG = LoggerFactory.getLogger(ThrottledMails.class);
    private static final Duration PERIOD = Duration.ofHours(1);
    private static final int PER_LOGIN = 5;
    private static final int PER_PEER = 30;
    private static final int REMEMBERED = 10_000;

    private final @Nullable PortalMail mail;
    private final Executor executor;
    private final Clock clock;
    private final Map<String, Deque<Instant>> asked = new LinkedHashMap<>();

    /**
     * An outbox.
     *
     * @param mail null: nothing can be sent
     */
    public ThrottledMails(@Nullable PortalMail mail, Executor executor, Clock clock) {
        this.mail = mail;
        this.executor = executor;
        this.clock = clock;
    }

    /** Whether anything can be sent. */
    public boolean possible() {
        return mail != null;
    }

    /** Does something soon, unless it was asked for too often of late; then nothing, and nobody is told. */
    public void later(String login, String clientAddress, Runnable task) {
        boolean fromPeer = mayAsk("peer " + clientAddress, PER_PEER);
        // For each client address, or a stranger who asks often would keep whoever has forgotten the password from
        // getting a
        // letter.
        if (!mayAsk("login " + login + " from " + clientAddress, PER_LOGIN) || !fromPeer) {
            LOG.warn("Too many letters were asked for from {}", clientAddress);
            return;
        }
        soon(task);
    }

    /** Does something soon, however often: for what nobody can ask for without a password. */
    public void soon(Runnable task) {
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.warn("A letter could not be written: the host takes no more work");
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (RuntimeException e) {
            LOG.error("A letter could not be sent", e);
        }
    }

    /** Writes them, within {@link #later}. */
    public PortalMail mail() {
        return Objects.requireNonNull(mail, "Nothing can be sent");
    }

    private synchronized boolean mayAsk(String who, int limit) {
        Instant now = clock.instant();
        Deque<Instant> times = asked.remove(who);
        if (times == null) {
            times = new ArrayDeque<>();
        }
        while (!times.isEmpty() && times.getFirst().isBefore(now.minus(PERIOD))) {
            times.removeFirst();
        }
        boolean may = times.size() < limit;
        if (may) {
            times.addLast(now);
        }
        asked.put(who, times);
        if (asked.size() > REMEMBERED) {
            asked.remove(asked.keySet().iterator().next());
        }
        return may;
    }
}
