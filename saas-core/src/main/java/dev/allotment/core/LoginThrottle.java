// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Slows down guessing: failures fill a bucket, per login and per peer, which leaks within a minute. While a bucket is full,
 * no password is looked at. Lives in one process; a cluster of n nodes allows n times as many guesses.
 */
final class LoginThrottle {
    private static final double NANOS_PER_MINUTE = 60e9;
    private static final int MAX_BUCKETS = 100_000;

    private record Bucket(double level, long at) {}

    private final LongSupplier ticker;
    private final Map<String, Bucket> buckets = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Bucket> eldest) {
            return size() > MAX_BUCKETS;
        }
    };

    LoginThrottle(LongSupplier ticker) {
        this.ticker = ticker;
    }

    /** @param perMinute how many failures are free; 0: any number */
    synchronized boolean full(String key, int perMinute) {
        return perMinute > 0 && level(key, perMinute) >= perMinute;
    }

    synchronized void failed(String key, int perMinute) {
        if (perMinute > 0) {
            buckets.put(key, new Bucket(level(key, perMinute) + 1, ticker.getAsLong()));
        }
    }

    synchronized void succeeded(String key) {
        buckets.remove(key);
    }

    private double level(String key, int perMinute) {
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            return 0;
        }
        double leaked = (ticker.getAsLong() - bucket.at()) * perMinute / NANOS_PER_MINUTE;
        return Math.max(0, bucket.level() - leaked);
    }
}
