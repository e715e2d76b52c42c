// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Limits how often something may happen per key: each event fills a bucket, which leaks within a period. It counts in
 * one process; n nodes allow n times as many.
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
     * @param most the size of the bucket; 0: unlimited
     */
    public synchronized boolean full(String key, int most) {
        return most > 0 && level(key, most) + 1 > most;
    }

    /** Adds one event, unless the bucket is full. */
    public synchronized boolean admits(String key, int most) {
        if (full(key, most)) {
            return false;
        }
        add(key, most);
        return true;
    }

    /**
     * Records the result of a password check, atomically. Failed sign-ins fill the bucket. While it is full, no
     * password is checked. The decision is made when the check ends, so parallel guesses learn no more than guesses one
     * by one.
     *
     * @param clientAddress null: not known
     * @return whether the password was right and the sign-in is admitted
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
