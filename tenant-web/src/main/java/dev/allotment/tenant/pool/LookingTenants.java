// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import dev.allotment.Tenant;
import java.lang.ref.Reference;
import java.lang.ref.ReferenceQueue;
import java.lang.ref.WeakReference;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Knows which tenants were handed out to requests that only look. It goes by the object, not by its values: wherever
 * the application carries the tenant of such a request, to another thread or into a task that runs later, its
 * connections only read. Thread-safe.
 */
public final class LookingTenants {
    private final Map<Reference<Tenant>, Looking> known = new ConcurrentHashMap<>();
    private final ReferenceQueue<Tenant> gone = new ReferenceQueue<>();

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
    public Tenant add(Tenant tenant, Looking looking) {
        for (Reference<? extends Tenant> each = gone.poll(); each != null; each = gone.poll()) {
            known.remove(each);
        }
        Tenant copy = tenant.toBuilder().build();
        known.put(new Handed(copy, gone), looking);
        return copy;
    }

    /** Returns the session that this very object was handed out for; null: none. */
    public @Nullable Looking find(Tenant tenant) {
        return known.get(new Handed(tenant, null));
    }

    /** Returns what a thread works for when it is to work for a tenant: one that looks at it does not stop to. */
    public Tenant entering(@Nullable Tenant before, Tenant tenant) {
        return before != null && before.uuid().equals(tenant.uuid()) && find(before) != null ? before : tenant;
    }
}
