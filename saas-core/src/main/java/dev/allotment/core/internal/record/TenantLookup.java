// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Objects;

/**
 * Finds the tenants that an actor may see: an administrator all, a user those of its customer; and of these, those that
 * the scope of the API key contains.
 */
public final class TenantLookup extends RecordLookup<TenantId, StoredTenant> {
    private final Actor actor;

    public TenantLookup(UnitOfWork work, Actor actor) {
        super(work, RecordTypes.TENANTS, "Tenant");
        this.actor = actor;
    }

    @Override
    protected long number(TenantId id) {
        return id.value();
    }

    /**
     * Returns a tenant that the actor owns, or any if the actor is an administrator. To other callers, the tenant
     * appears not to exist.
     *
     * @throws SaasException {@code record.missing}
     */
    public StoredTenant owned(TenantId id) {
        return find(id).filter(this::isOwned).orElseThrow(() -> missing(id));
    }

    /**
     * Locks a tenant like {@link #lock}, if {@link #owned} would return it.
     *
     * @throws SaasException {@code record.missing}
     */
    public StoredTenant lockOwned(Transaction tx, TenantId id) {
        StoredTenant tenant = lock(tx, id);
        if (!isOwned(tenant)) {
            throw missing(id);
        }
        return tenant;
    }

    /** Whether the actor is an administrator or owns the tenant. */
    public boolean isOwned(StoredTenant tenant) {
        User user = actor.user();
        return actor.administrator() || (user != null && user.id().equals(tenant.ownerId()));
    }

    @Override
    protected Filter<StoredTenant> visible(Transaction tx) {
        return visibleTo(actor);
    }

    /** The different values of a field, without null, among the tenants that an actor may see. */
    public static <V> List<V> distinct(
            Actor actor, Transaction tx, RecordField<StoredTenant, V> field, Filter<StoredTenant> filter) {
        return tx.records(RecordTypes.TENANTS).counts(field, Filter.and(visibleTo(actor), filter)).keySet().stream()
                .filter(Objects::nonNull)
                .toList();
    }

    public static Filter<StoredTenant> visibleTo(Actor actor) {
        PlanId plan = actor.scope().plan();
        Filter<StoredTenant> visible = actor.visible(StoredTenant.CUSTOMER_ID);
        return plan == null ? visible : Filter.and(visible, Filter.equal(StoredTenant.PLAN_ID, plan));
    }
}
