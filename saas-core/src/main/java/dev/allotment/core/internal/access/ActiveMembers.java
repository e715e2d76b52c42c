// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Remembers for seconds which members were active, so that not every page needs a session in the tenant database. A
 * caller that deactivates a member also closes its sessions, in the catalog. So this only matters for a change that was
 * made in the database itself.
 * Thread-safe.
 */
public final class ActiveMembers {
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST = 10_000;

    private record Key(UUID tenant, long member) {}

    private final LongSupplier tick;
    private final Map<Key, Long> seen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Long> eldest) {
            return size() > MOST;
        }
    };

    public ActiveMembers(LongSupplier tick) {
        this.tick = tick;
    }

    synchronized boolean contains(UUID tenant, long member) {
        Long at = seen.get(new Key(tenant, member));
        return at != null && tick.getAsLong() - at < REMEMBERED;
    }

    synchronized void add(UUID tenant, long member) {
        seen.put(new Key(tenant, member), tick.getAsLong());
    }
}
