// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The customers that events are about, and their tenants. */
final class EventCustomers {
    private final Map<TenantId, StoredTenant> tenants = new HashMap<>();
    private final Map<UserId, CustomerId> accounts = new HashMap<>();

    EventCustomers(Transaction tx, Collection<Event> events) {
        Set<TenantId> tenantIds = events.stream()
                .map(Event::tenantId)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(HashSet::new));
        Set<UserId> userIds = events.stream()
                .map(Event::userId)
                .filter(Objects::nonNull)
                .collect(Collectors.toCollection(HashSet::new));
        if (!tenantIds.isEmpty()) {
            tx.records(RecordTypes.TENANTS)
                    .list(Query.where(Filter.in(StoredTenant.ID, tenantIds)))
                    .forEach(each -> tenants.put(each.id(), each));
        }
        if (!userIds.isEmpty()) {
            tx.records(RecordTypes.USERS)
                    .list(Query.where(Filter.in(User.ID, userIds)))
                    .forEach(each -> accounts.put(each.id(), each.customerId()));
        }
    }

    /** Null: about none, or it has no record any more. */
    @Nullable
    StoredTenant tenant(Event event) {
        return event.tenantId() == null ? null : tenants.get(event.tenantId());
    }

    /** Null: about none. */
    @Nullable
    CustomerId of(Event event) {
        StoredTenant tenant = tenant(event);
        if (event.tenantId() != null) {
            return tenant == null ? null : tenant.customerId();
        }
        if (event.userId() != null) {
            return accounts.get(event.userId());
        }
        String customer = event.details().get("customer");
        return customer == null ? null : new CustomerId(Long.parseLong(customer));
    }
}
