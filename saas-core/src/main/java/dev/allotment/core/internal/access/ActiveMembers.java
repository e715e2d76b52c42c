// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.access;

import dev.allotment.core.internal.authentication.Place;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Remembers for seconds which members were active, and their logins, so that not every page needs a session in the
 * tenant database. A
 * caller that deactivates a member also closes its sessions, in the catalog. So this only matters for a change that was
 * made in the database itself.
 * Thread-safe.
 */
public final class ActiveMembers {
    private static final long REMEMBERED = TimeUnit.SECONDS.toNanos(5);
    private static final int MOST = 10_000;

    private record Key(Place place, long member) {}

    private record Seen(String login, long at) {}

    private final LongSupplier tick;
    private final Map<Key, Seen> seen = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Key, Seen> eldest) {
            return size() > MOST;
        }
    };

    public ActiveMembers(LongSupplier tick) {
        this.tick = tick;
    }

    /** The login of a member that was active a moment ago. */
    synchronized Optional<String> login(Place place, long member) {
        Seen found = seen.get(new Key(place, member));
        return found != null && tick.getAsLong() - found.at() < REMEMBERED
                ? Optional.of(found.login())
                : Optional.empty();
    }

    synchronized void add(Place place, long member, String login) {
        seen.put(new Key(place, member), new Seen(login, tick.getAsLong()));
    }
}
