// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import dev.allotment.Tenant;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which tenants were handed out to requests that only look, and which threads work for such a request. It goes by
 * the object, not by its values: wherever the application carries the tenant of such a request, to another thread or
 * into a task that runs later, its connections only read. There is one for the whole process, because an application
 * may have several {@link dev.allotment.tenant.TenantDataSources}. Thread-safe.
 */
public final class LookingTenants {
    private static final Map<Reference<Tenant>, Looking> KNOWN = new ConcurrentHashMap<>();
    private static final ReferenceQueue<Tenant> GONE = new ReferenceQueue<>();

    /** The tenants that each thread looks at, also while it works for another one in between. */
    private static final ThreadLocal<Map<UUID, Tenant>> OF_THREAD = ThreadLocal.withInitial(Map::of);

    private LookingTenants() {}

    /** A weak reference that is equal to another one to the same object. */
    private static final class Handed extends WeakReference<Tenant> {
        private final int hash;

        Handed(Tenant tenant, @Nullable ReferenceQueue<Tenant> gone) {
            super(tenant, gone);
            hash = System.identityHashCode(tenant);
        }

        @Override
        public int hashCode() {
            return hash;
        }

        @Override
        public boolean equals(@Nullable Object other) {
            if (this == other) {
                return true;
            }
            Tenant tenant = get();
            return tenant != null && other instanceof Handed handed && handed.refersTo(tenant);
        }
    }

    /** Returns a copy of a tenant for one request that looks. */
    public static Tenant add(Tenant tenant, Looking looking) {
        for (Reference<? extends Tenant> each = GONE.poll(); each != null; each = GONE.poll()) {
            KNOWN.remove(each);
        }
        Tenant copy = tenant.toBuilder().build();
        KNOWN.put(new Handed(copy, GONE), looking);
        return copy;
    }

    /** Returns the session that this very object was handed out for; null: none. */
    public static @Nullable Looking find(Tenant tenant) {
        return KNOWN.get(new Handed(tenant, null));
    }

    /** Returns what the calling thread works for when it enters a tenant: if it looks at it, it does not stop. */
    public static Tenant entering(Tenant tenant) {
        return find(tenant) == null ? OF_THREAD.get().getOrDefault(tenant.uuid(), tenant) : tenant;
    }

    /** Notes that the calling thread looks at a tenant, if it was handed out for that. The result undoes it. */
    public static Runnable enter(Tenant tenant) {
        if (find(tenant) == null) {
            return () -> {};
        }
        Map<UUID, Tenant> before = OF_THREAD.get();
        Map<UUID, Tenant> more = new HashMap<>(before);
        more.put(tenant.uuid(), tenant);
        replace(Map.copyOf(more));
        return () -> replace(before);
    }

    /**
     * Notes that the calling thread looks at this tenant only, if it was handed out for that, and else at none.
     *
     * @param tenant null: none
     */
    public static void set(@Nullable Tenant tenant) {
        replace(tenant == null || find(tenant) == null ? Map.of() : Map.of(tenant.uuid(), tenant));
    }

    private static void replace(Map<UUID, Tenant> tenants) {
        if (tenants.isEmpty()) {
            OF_THREAD.remove();
        } else {
            OF_THREAD.set(tenants);
        }
    }
}
