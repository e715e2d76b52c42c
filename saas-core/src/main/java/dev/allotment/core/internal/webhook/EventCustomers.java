// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.usage.ClosedDay;
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
    private final Transaction tx;
    private final Collection<Event> events;
    private final Map<TenantId, StoredTenant> tenants = new HashMap<>();
    private final Map<UserId, CustomerId> accounts = new HashMap<>();
    /** Null: not read yet. */
    private @Nullable Map<CustomerId, Map<String, String>> customers;

    EventCustomers(Transaction tx, Collection<Event> events) {
        this.tx = tx;
        this.events = events;
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

    /**
     * The attribute of the tenant, or if it has none, of the customer that the day was closed for, which may not be the
     * present one. Null: neither has one.
     */
    @Nullable
    String attribute(Event event, ClosedDay day, String key) {
        StoredTenant tenant = tenant(event);
        if (tenant == null || tenant.attributes().containsKey(key)) {
            return tenant == null ? null : tenant.attributes().get(key);
        }
        CustomerId customer = day.customerId();
        return customer == null
                ? null
                : customers().getOrDefault(customer, Map.of()).get(key);
    }

    /** The attributes of the customers that days were closed for. Only endpoints that receive usage need them. */
    private Map<CustomerId, Map<String, String>> customers() {
        if (customers == null) {
            Set<CustomerId> ids = events.stream()
                    .filter(each -> each.type() == EventType.USAGE_CLOSED)
                    .map(each -> ClosedDay.of(each).customerId())
                    .filter(Objects::nonNull)
                    .collect(Collectors.toCollection(HashSet::new));
            customers = tx.records(RecordTypes.CUSTOMERS).list(Query.where(Filter.in(Customer.ID, ids))).stream()
                    .collect(Collectors.toMap(Customer::id, Customer::attributes));
        }
        return customers;
    }

    /** Null: about none. Support access is about the customer that answers, also after the tenant has another one. */
    @Nullable
    CustomerId of(Event event) {
        StoredTenant tenant = tenant(event);
        if (event.tenantId() != null && !event.details().containsKey("supportAccess")) {
            return tenant == null ? null : tenant.customerId();
        }
        if (event.userId() != null) {
            return accounts.get(event.userId());
        }
        String customer = event.details().get("customer");
        return customer == null ? null : new CustomerId(Long.parseLong(customer));
    }
}
