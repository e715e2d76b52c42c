// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.SaasException;
import dev.allotment.portal.mail.PortalMail;
import dev.allotment.spi.protocol.ClientNetwork;
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
 * Sends emails on the embedder's executor, within rate limits: requests by strangers must neither fill a mailbox nor
 * cost more to serve than to make. Thread-safe.
 */
public final class ThrottledMails {
    private static final Logger LOG = LoggerFactory.getLogger(ThrottledMails.class);
    private static final Duration PERIOD = Duration.ofHours(1);
    private static final int PER_LOGIN = 5;
    private static final int PER_CLIENT_ADDRESS = 30;
    private static final int MAX_KEYS = 10_000;

    private final @Nullable PortalMail mail;
    private final Executor executor;
    private final Clock clock;
    private final Map<String, Deque<Instant>> asked = new LinkedHashMap<>();

    /**
     * Creates a sender.
     *
     * @param mail null if no emails can be sent
     */
    public ThrottledMails(@Nullable PortalMail mail, Executor executor, Clock clock) {
        this.mail = mail;
        this.executor = executor;
        this.clock = clock;
    }

    /** Whether emails can be sent. */
    public boolean possible() {
        return mail != null;
    }

    /**
     * Runs a task on the executor, unless the rate limit is reached. Then it does nothing, and the caller does not
     * learn of it.
     */
    public void submit(String login, String clientAddress, Runnable task) {
        String network = ClientNetwork.of(clientAddress);
        boolean fromAddress = admit("address " + network, PER_CLIENT_ADDRESS);
        // The limit per login counts each client address separately. Otherwise a stranger could keep the owner of an
        // account from getting an email.
        if (!admit("login " + login + " from " + network, PER_LOGIN) || !fromAddress) {
            LOG.warn("Too many emails were requested: clientAddress={}", clientAddress);
            return;
        }
        submitUnlimited(task);
    }

    /** Runs a task on the executor without a rate limit, for emails that only a signed-in user can cause. */
    public void submitUnlimited(Runnable task) {
        try {
            executor.execute(() -> run(task));
        } catch (RejectedExecutionException e) {
            LOG.warn("An email was not sent, because the executor accepts no more work", e);
        }
    }

    private static void run(Runnable task) {
        try {
            task.run();
        } catch (SaasException e) {
            LOG.warn("An email could not be sent: code={} {}", e.code(), e.getMessage());
        } catch (RuntimeException e) {
            LOG.error("An email could not be sent", e);
        }
    }

    /** Returns the sender, for use inside {@link #submit}. */
    public PortalMail mail() {
        return Objects.requireNonNull(mail, "No emails can be sent: PortalServlet was built without mail");
    }

    private synchronized boolean admit(String key, int limit) {
        Instant now = clock.instant();
        Deque<Instant> times = asked.remove(key);
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
        asked.put(key, times);
        if (asked.size() > MAX_KEYS) {
            asked.remove(asked.keySet().iterator().next());
        }
        return may;
    }
}
