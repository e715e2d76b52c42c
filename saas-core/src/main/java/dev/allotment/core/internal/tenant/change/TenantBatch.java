// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.change;

import dev.allotment.BatchResult;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.Tenants;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;

/** Applies an action to many tenants. */
public final class TenantBatch {
    private static final int PAGE = 100;

    private final Tenants tenants;
    private final Consumer<? super Tenant> action;
    private final List<TenantId> done = new ArrayList<>();
    private final Map<TenantId, RuntimeException> failed = new LinkedHashMap<>();

    public TenantBatch(Tenants tenants, Consumer<? super Tenant> action) {
        this.tenants = tenants;
        this.action = action;
    }

    /** Continues after the last number each time, regardless of what the action did to the earlier tenants. */
    public BatchResult run(Filter<? super Tenant> filter) {
        TenantId last = new TenantId(0);
        while (true) {
            Filter<Tenant> rest = Filter.and(filter, Filter.compare(Tenant.ID, Filter.Operator.GREATER, last));
            List<Tenant> page =
                    tenants.list(Query.where(rest).orderBy(Tenant.ID).page(0, PAGE));
            if (page.isEmpty()) {
                return new BatchResult(done, failed);
            }
            for (Tenant each : page) {
                last = each.id();
                Optional<Tenant> now = tenants.find(each.id());
                now.ifPresent(this::act);
            }
        }
    }

    private void act(Tenant tenant) {
        try {
            action.accept(tenant);
            done.add(tenant.id());
        } catch (RuntimeException e) {
            failed.put(tenant.id(), e);
        }
    }
}
