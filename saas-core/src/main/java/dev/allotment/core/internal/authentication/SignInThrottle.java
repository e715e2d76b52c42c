// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.authentication;

import dev.allotment.core.internal.base.Throttle;
import dev.allotment.spi.protocol.ClientNetwork;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Counts failed sign-ins, and decides which passwords are refused unread. Failures count for a login and a client
 * network together, so a stranger cannot lock a user out. What many networks guess together is bounded by a slower
 * limit for the login, which does not apply to the networks from which it signed in before. Failures also count for
 * their network, for all logins. Counts in one process. Thread-safe.
 */
public final class SignInThrottle {
    private static final Duration KNOWN_FOR = Duration.ofDays(30);
    private static final int MAX_KNOWN = 100_000;
    /** How many failures all networks together may have for a login within an hour: this many times the limit. */
    private static final int LOGIN_TIMES = 10;

    private final LongSupplier ticker;
    private final SignInLimits limits;
    private final Throttle minute;
    private final Throttle hour;
    private final LongAdder wrong = new LongAdder();
    private final LongAdder refused = new LongAdder();
    private final Map<String, Long> knownSince = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Long> eldest) {
            return size() > MAX_KNOWN;
        }
    };

    public SignInThrottle(LongSupplier ticker, SignInLimits limits) {
        this.ticker = ticker;
        this.limits = limits;
        this.minute = new Throttle(ticker, Duration.ofMinutes(1));
        this.hour = new Throttle(ticker, Duration.ofHours(1));
    }

    /** A login, and the network of the caller. */
    record Attempt(String login, @Nullable String network) {
        /** @param clientAddress null: not known */
        static Attempt of(String login, @Nullable String clientAddress) {
            return new Attempt(login, clientAddress == null ? null : ClientNetwork.of(clientAddress));
        }

        /** Callers of whom no address is known count as one. */
        private String pair() {
            return "pair\n" + login + "\n" + (network == null ? "" : network);
        }

        /** For whom password hashing is counted. */
        String requester() {
            return network == null ? login : network;
        }
    }

    /** How many passwords were wrong, or of unknown logins. */
    public long wrong() {
        return wrong.sum();
    }

    /** How many passwords were refused unread. */
    public long refused() {
        return refused.sum();
    }

    void noteRefused() {
        refused.increment();
    }

    /** Whether passwords are refused unread. */
    synchronized boolean isBlocked(Attempt attempt) {
        return minute.full(attempt.pair(), limits.perLogin()) || isNetworkBlocked(attempt) || isLoginBlocked(attempt);
    }

    private boolean isNetworkBlocked(Attempt attempt) {
        return attempt.network() != null && minute.full(network(attempt), limits.perClientAddress());
    }

    /** A network may have as many failures as remain for all: it takes many networks to use them up. */
    private boolean isLoginBlocked(Attempt attempt) {
        int most = mostPerLogin();
        return most > 0
                && attempt.network() != null
                && !isKnown(attempt)
                && hour.level(attempt.pair(), most) + 1 > most - hour.level(attempt.login(), most);
    }

    private int mostPerLogin() {
        return (int) Math.min(Integer.MAX_VALUE, (long) LOGIN_TIMES * limits.perLogin());
    }

    private static String network(Attempt attempt) {
        return "network\n" + attempt.network();
    }

    private boolean isKnown(Attempt attempt) {
        Long since = knownSince.get(attempt.pair());
        return since != null && ticker.getAsLong() - since < KNOWN_FOR.toNanos();
    }

    /** Whether to log that an attempt is blocked: once a minute, as callers choose how often it happens. */
    synchronized boolean logsBlocked(Attempt attempt) {
        return minute.admits("log\n" + attempt.requester(), 1);
    }

    /**
     * Counts an attempt that is blocked as a failure, if a remembered password may be compared all the same: a caller
     * in a network that the login has used can still work while another caller there guesses. The limit of the network
     * bounds such guesses.
     *
     * @return whether it may be compared
     */
    synchronized boolean admitBlocked(Attempt attempt) {
        return attempt.network() != null
                && isKnown(attempt)
                && minute.admits(network(attempt), limits.perClientAddress());
    }

    /** Takes back what {@link #admitBlocked} counted: the password was right. */
    synchronized void recognise(Attempt attempt) {
        minute.remove(network(attempt), limits.perClientAddress());
    }

    /** Notes that a login signed in from a network. */
    synchronized void succeed(Attempt attempt) {
        if (attempt.network() != null) {
            knownSince.put(attempt.pair(), ticker.getAsLong());
        }
        minute.clear(attempt.pair());
    }

    /**
     * Records the result of a password check, atomically. The decision is made when the check ends, so parallel guesses
     * learn no more than guesses one by one.
     *
     * @return whether the password was right and the sign-in is admitted
     */
    synchronized boolean decide(Attempt attempt, boolean right) {
        if (isBlocked(attempt)) {
            refused.increment();
            return false;
        }
        if (right) {
            succeed(attempt);
            return true;
        }
        wrong.increment();
        minute.add(attempt.pair(), limits.perLogin());
        if (attempt.network() != null) {
            minute.add(network(attempt), limits.perClientAddress());
            hour.add(attempt.pair(), mostPerLogin());
            hour.add(attempt.login(), mostPerLogin());
        }
        return false;
    }
}
