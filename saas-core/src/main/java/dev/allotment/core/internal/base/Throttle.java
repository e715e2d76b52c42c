// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Slows down what strangers do to us: it fills a bucket, such as one for a client address, which leaks within a period. Lives in one
 * process; a cluster of n nodes allows n times as much.
 */
public final class Throttle {
    private static final int MAX_BUCKETS = 100_000;

    private record Bucket(double level, long at) {}

    private final LongSupplier ticker;
    private final double period;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_BUCKETS;
        }
    };

    /** @param period in which a full bucket leaks until it is empty */
    public Throttle(LongSupplier ticker, Duration period) {
        this.ticker = ticker;
        this.period = period.toNanos();
    }

    /**
     * Returns whether the bucket of a key is full.
     *
     * @param most how much goes into the bucket; 0: any amount
     */
    public synchronized boolean full(String key, int most) {
        return most > 0 && level(key, most) + 1 > most;
    }

    /** Puts one more in, unless it is full. */
    public synchronized boolean admits(String key, int most) {
        if (full(key, most)) {
            return false;
        }
        add(key, most);
        return true;
    }

    /**
     * Failed log-ins fill it, and while it is full no password is looked at. What comes of a password that was looked at. Decided at once and at the end, so that many guesses at the same time get
     * no more answers than as many one after another.
     *
     * @param clientAddress null: not known
     * @return whether it was right and is let in
     */
    public synchronized boolean decide(
            String login, int perLogin, @Nullable String clientAddress, int perClientAddress, boolean right) {
        if (full(login, perLogin) || (clientAddress != null && full(clientAddress, perClientAddress))) {
            return false;
        }
        if (right) {
            buckets.remove(login);
        } else {
            add(login, perLogin);
            if (clientAddress != null) {
                add(clientAddress, perClientAddress);
            }
        }
        return right;
    }

    private void add(String key, int most) {
        if (most > 0) {
            buckets.put(key, new Bucket(level(key, most) + 1, ticker.getAsLong()));
        }
    }

    private double level(String key, int most) {
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            return 0;
        }
        double leaked = (ticker.getAsLong() - bucket.at()) / period * most;
        return Math.max(0, bucket.level() - leaked);
    }
}
