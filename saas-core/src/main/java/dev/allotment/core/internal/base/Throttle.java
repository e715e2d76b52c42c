// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

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

    /** Adds one event, even if the bucket is full. */
    public synchronized void add(String key, int most) {
        if (most > 0) {
            buckets.put(key, new Bucket(level(key, most) + 1, ticker.getAsLong()));
        }
    }

    /** Takes one event back. */
    public synchronized void remove(String key, int most) {
        if (most > 0) {
            buckets.put(key, new Bucket(Math.max(0, level(key, most) - 1), ticker.getAsLong()));
        }
    }

    /** Empties a bucket. */
    public synchronized void clear(String key) {
        buckets.remove(key);
    }

    /** Returns how many events a bucket holds now. */
    public synchronized double level(String key, int most) {
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            return 0;
        }
        double leaked = (ticker.getAsLong() - bucket.at()) / period * most;
        return Math.max(0, bucket.level() - leaked);
    }
}
