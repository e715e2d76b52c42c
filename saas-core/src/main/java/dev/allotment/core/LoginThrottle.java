// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

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
        return perMinute > 0 && level(key, perMinute) + 1 > perMinute;
    }

    /**
     * What comes of a password that was looked at. Decided at once and at the end, so that many guesses at the same time get
     * no more answers than as many one after another.
     *
     * @param peer null: not known
     * @return whether it was right and is let in
     */
    synchronized boolean decide(String login, int perLogin, @Nullable String peer, int perPeer, boolean right) {
        if (full(login, perLogin) || (peer != null && full(peer, perPeer))) {
            return false;
        }
        if (right) {
            buckets.remove(login);
        } else {
            add(login, perLogin);
            if (peer != null) {
                add(peer, perPeer);
            }
        }
        return right;
    }

    private void add(String key, int perMinute) {
        if (perMinute > 0) {
            buckets.put(key, new Bucket(level(key, perMinute) + 1, ticker.getAsLong()));
        }
    }

    private double level(String key, int perMinute) {
        Bucket bucket = buckets.get(key);
        if (bucket == null) {
            return 0;
        }
        double leaked = (ticker.getAsLong() - bucket.at()) / NANOS_PER_MINUTE * perMinute;
        return Math.max(0, bucket.level() - leaked);
    }
}
