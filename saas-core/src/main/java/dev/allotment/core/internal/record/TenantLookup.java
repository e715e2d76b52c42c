// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;

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

    @Override
    protected Filter<StoredTenant> visible(Transaction tx) {
        return visibleTo(actor);
    }

    /** The tenants that an actor may see, of these states. */
    public static List<StoredTenant> visibleTo(Actor actor, Transaction tx, Filter<StoredTenant> states) {
        return tx.records(RecordTypes.TENANTS).list(Query.where(Filter.and(visibleTo(actor), states)));
    }

    public static Filter<StoredTenant> visibleTo(Actor actor) {
        User user = actor.user();
        CustomerId customer = actor.scope().customer();
        PlanId plan = actor.scope().plan();
        Filter<StoredTenant> visible = user == null || actor.administrator()
                ? Filter.all()
                : Filter.equal(StoredTenant.CUSTOMER_ID, user.customerId());
        if (customer != null) {
            visible = Filter.and(visible, Filter.equal(StoredTenant.CUSTOMER_ID, customer));
        }
        return plan == null ? visible : Filter.and(visible, Filter.equal(StoredTenant.PLAN_ID, plan));
    }
}
