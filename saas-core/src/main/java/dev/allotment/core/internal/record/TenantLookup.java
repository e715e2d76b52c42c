// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Filter;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.base.UnitOfWork;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;

/** Finds the tenants that an actor may see: an administrator all, a user those of its customer. */
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

    public static Filter<StoredTenant> visibleTo(Actor actor) {
        User user = actor.user();
        return user == null || actor.administrator()
                ? Filter.all()
                : Filter.equal(StoredTenant.CUSTOMER_ID, user.customerId());
    }
}
