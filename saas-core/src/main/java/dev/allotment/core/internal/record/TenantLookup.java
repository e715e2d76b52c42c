// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Objects;

/**
 * Finds the tenants that an actor may see: an administrator all, a portal account those of the customer that it acts
 * for to which its role in the team applies; and of these, those that the scope of the API key contains.
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

    /** Whether the actor may see the tenant, and so do with it what its role permits. */
    public boolean contains(StoredTenant tenant) {
        return RecordTypes.TENANTS.matches(tenant, visibleTo(actor));
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

    /** Those that a query selects, of what the actor may see. */
    public List<StoredTenant> listed(Transaction tx, Query<StoredTenant> query) {
        return tx.records(RecordTypes.TENANTS).list(query.and(visible(tx)));
    }

    /** The tenants that an actor may see. */
    public static List<TenantId> visibleIds(Actor actor, Transaction tx) {
        return tx.records(RecordTypes.TENANTS).values(StoredTenant.ID, Query.where(visibleTo(actor)));
    }

    public static Filter<StoredTenant> visibleTo(Actor actor) {
        PlanId plan = actor.scope().plan();
        Filter<StoredTenant> visible = Filter.and(
                actor.visible(StoredTenant.CUSTOMER_ID), actor.withinLimit(StoredTenant.ID, StoredTenant.OWNER_ID));
        return plan == null ? visible : Filter.and(visible, Filter.equal(StoredTenant.PLAN_ID, plan));
    }
}
