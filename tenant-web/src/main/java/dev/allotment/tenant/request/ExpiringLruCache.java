// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.request;

import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/** A cache whose entries expire. If it is full, the least recently used entry is dropped. Thread-safe. */
public final class ExpiringLruCache<K, V> {
    private final int capacity;
    private final LongSupplier ticker;
    private final Map<K, Entry<V>> entries = new LinkedHashMap<>(16, 0.75f, true);

    private record Entry<V>(V value, long until) {}

    public ExpiringLruCache(int capacity, LongSupplier ticker) {
        this.capacity = capacity;
        this.ticker = ticker;
    }

    public synchronized @Nullable V get(K key) {
        Entry<V> entry = entries.get(key);
        return entry == null || ticker.getAsLong() - entry.until() >= 0 ? null : entry.value();
    }

    public synchronized void put(K key, V value, Duration ttl) {
        entries.put(key, new Entry<>(value, ticker.getAsLong() + ttl.toNanos()));
        if (entries.size() > capacity) {
            entries.remove(entries.keySet().iterator().next());
        }
    }

    public synchronized void remove(K key) {
        entries.remove(key);
    }
}
