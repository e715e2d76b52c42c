// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import dev.allotment.ServerId;
import dev.allotment.Tenant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Decides how many connections each tenant pool may have, within limits for all pools, for each database server and for
 * each tenant. It does no I/O: the caller closes what {@link #evictionCandidate} names and then calls {@link #evicted}.
 * Not thread-safe.
 *
 * @param <P> a tenant pool
 */
public final class ConnectionAllocator<P> {
    private final int max;
    private final int maxPerServer;
    private final int maxPerTenant;
    private final LongSupplier ticker;
    private final Function<PoolUser, P> newPool;

    /** From the least recently used one on. */
    private final Map<Key, Allocation<P>> allocations = new LinkedHashMap<>(16, 0.75f, true);

    private final Map<ServerId, Integer> reservedByServer = new HashMap<>();
    private int reserved;

    public ConnectionAllocator(
            int max, int maxPerServer, int maxPerTenant, LongSupplier ticker, Function<PoolUser, P> newPool) {
        this.max = max;
        this.maxPerServer = maxPerServer;
        this.maxPerTenant = maxPerTenant;
        this.ticker = ticker;
        this.newPool = newPool;
    }

    /**
     * A tenant with its current name and server. A tenant that was renamed or moved gets a new pool, because its
     * database has another URL. So does each session of support that looks, because it has another login.
     */
    private record Key(UUID tenant, String name, ServerId server, long use) {
        static Key of(PoolUser user) {
            Tenant tenant = user.tenant();
            return new Key(tenant.uuid(), tenant.name(), tenant.serverId(), user.use());
        }
    }

    /** The connections that one tenant pool may have. */
    public static final class Allocation<P> {
        private final Key key;
        private final P pool;
        private int reserved;
        private int acquired;
        private long usedAt;
        private boolean closing;

        private Allocation(PoolUser user, P pool) {
            key = Key.of(user);
            this.pool = pool;
        }

        public P pool() {
            return pool;
        }

        public String tenantName() {
            return key.name();
        }

        /** How many connections the pool may have open; they count against the limits. */
        public int reserved() {
            return reserved;
        }
    }

    /**
     * Connections to close to make room for others.
     *
     * @param wholePool whether the whole pool is closed, rather than one connection
     */
    public record Eviction<P>(Allocation<P> allocation, boolean wholePool) {}

    /**
     * Acquires a connection for a user; returns null if a limit is reached or the user's pool is being closed.
     */
    @Nullable
    public Allocation<P> acquire(PoolUser user) {
        Allocation<P> allocation = allocations.get(Key.of(user));
        if (allocation != null && allocation.closing) {
            return null;
        }
        if (allocation == null || allocation.acquired >= allocation.reserved) {
            allocation = grow(user, allocation);
        }
        if (allocation != null) {
            allocation.acquired++;
            allocation.usedAt = ticker.getAsLong();
        }
        return allocation;
    }

    private @Nullable Allocation<P> grow(PoolUser user, @Nullable Allocation<P> known) {
        ServerId server = user.tenant().serverId();
        boolean tenantIsFull = known != null && known.reserved >= maxPerTenant;
        if (tenantIsFull || reserved >= max || isFull(server)) {
            return null;
        }
        Allocation<P> allocation = known;
        if (allocation == null) {
            allocation = new Allocation<>(user, newPool.apply(user));
            allocations.put(allocation.key, allocation);
        }
        allocation.reserved++;
        reserved++;
        reservedByServer.merge(server, 1, Integer::sum);
        return allocation;
    }

    private boolean isFull(ServerId server) {
        return reservedOn(server) >= maxPerServer;
    }

    /** Releases a connection that was acquired. */
    public void release(Allocation<P> allocation) {
        allocation.acquired--;
        allocation.usedAt = ticker.getAsLong();
    }

    /**
     * Returns what to close so that this user can acquire a connection: the least recently used pool without acquired
     * connections, or else one connection of a pool that has spare ones. Returns null if nothing can be closed. The
     * result is withdrawn from other callers until {@link #evicted} is called.
     */
    @Nullable
    public Eviction<P> evictionCandidate(PoolUser user) {
        ServerId server = user.tenant().serverId();
        Allocation<P> own = allocations.get(Key.of(user));
        if (own != null && (own.closing || own.reserved >= maxPerTenant)) {
            return null;
        }
        boolean sameServer = isFull(server);
        Allocation<P> partial = null;
        for (Allocation<P> each : allocations.values()) {
            if (each == own || each.closing || (sameServer && !each.key.server().equals(server))) {
                continue;
            }
            if (each.acquired == 0) {
                each.closing = true;
                return new Eviction<>(each, true);
            }
            if (partial == null && each.acquired < each.reserved) {
                partial = each;
            }
        }
        if (partial == null) {
            return null;
        }
        // Counts as acquired until it is closed, so that no other caller acquires it.
        partial.acquired++;
        partial.reserved--;
        return new Eviction<>(partial, false);
    }

    /** Frees connections that were closed. */
    public void evicted(Eviction<P> eviction) {
        Allocation<P> allocation = eviction.allocation();
        int count = 1;
        if (eviction.wholePool()) {
            count = allocation.reserved;
            allocations.remove(allocation.key, allocation);
        } else {
            allocation.acquired--;
        }
        int freed = count;
        reserved -= freed;
        reservedByServer.computeIfPresent(
                allocation.key.server(), (server, before) -> before == freed ? null : before - freed);
    }

    /** Returns the pools without acquired connections that were last used at this time or before. */
    public List<Eviction<P>> idleSince(long nanos) {
        List<Eviction<P>> idle = new ArrayList<>();
        for (Allocation<P> each : allocations.values()) {
            if (each.usedAt - nanos > 0) {
                break;
            }
            if (each.acquired == 0 && !each.closing) {
                each.closing = true;
                idle.add(new Eviction<>(each, true));
            }
        }
        return idle;
    }

    /** Forgets all pools and returns them. */
    public List<P> clear() {
        List<P> pools = allocations.values().stream().map(Allocation::pool).toList();
        allocations.clear();
        return pools;
    }

    public int reserved() {
        return reserved;
    }

    public int reservedOn(ServerId server) {
        return reservedByServer.getOrDefault(server, 0);
    }

    public int acquired() {
        return allocations.values().stream().mapToInt(each -> each.acquired).sum();
    }

    public int pools() {
        return allocations.size();
    }
}
