// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.portal.databases.TenantWords;
import dev.allotment.portal.databases.UsageMeter;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Reads the names of the plans and owners of a list of tenants, with one query each. */
final class DatabaseRows {
    private DatabaseRows() {}

    static List<DatabaseRow> of(Saas saas, List<Tenant> tenants, Instant now) {
        List<PlanId> plans = tenants.stream()
                .map(Tenant::planId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        List<UserId> owners = tenants.stream()
                .map(Tenant::ownerId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        Map<PlanId, String> planNames = saas.plans().list(Query.where(Filter.in(Plan.ID, plans))).stream()
                .collect(Collectors.toMap(Plan::id, Plan::name));
        Map<UserId, String> ownerNames = saas.accounts().list(Query.where(Filter.in(User.ID, owners))).stream()
                .collect(Collectors.toMap(User::id, User::name));
        return tenants.stream()
                .map(tenant -> new DatabaseRow(
                        tenant.id().value(),
                        tenant.name(),
                        TenantWords.state(tenant),
                        link(tenant.planId(), planNames, PlanPages.PATH),
                        link(tenant.ownerId(), ownerNames, UserPages.PATH),
                        UsageMeter.users(tenant),
                        UsageMeter.storage(tenant),
                        TenantWords.left(tenant, now)))
                .toList();
    }

    private static <I> DatabaseRow.Link link(@Nullable I id, Map<I, String> names, String path) {
        String name = id == null ? null : names.get(id);
        return name == null ? DatabaseRow.Link.NONE : new DatabaseRow.Link(name, path + "/" + id);
    }
}
