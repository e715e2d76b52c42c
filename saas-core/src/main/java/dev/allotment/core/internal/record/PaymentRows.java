// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.record;

import dev.allotment.Customer;
import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentId;
import dev.allotment.billing.PaymentState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The payment states of customers and tenants. Who makes the row of a customer or a tenant has locked that record, so a
 * customer has one row, and so has a tenant. Who locks several records locks the tenant first, then the row.
 */
public final class PaymentRows {
    private PaymentRows() {}

    /** The rows of customers and of tenants. */
    private static Filter<Payment> about(Collection<CustomerId> customers, Collection<TenantId> tenants) {
        return Filter.or(Filter.in(Payment.TENANT_ID, tenants), ofCustomers(customers));
    }

    private static Filter<Payment> ofCustomers(Collection<CustomerId> customers) {
        return Filter.and(Filter.in(Payment.CUSTOMER_ID, customers), Filter.equal(Payment.TENANT_ID, null));
    }

    /** The row of a customer. */
    public static Filter<Payment> ofCustomer(CustomerId customer) {
        return ofCustomers(Set.of(customer));
    }

    /** The row of a tenant. */
    public static Filter<Payment> ofTenant(TenantId tenant) {
        return Filter.equal(Payment.TENANT_ID, tenant);
    }

    /** The states that may apply to some tenants, in no order. */
    public static List<Payment> about(
            Transaction tx, Collection<? extends @Nullable CustomerId> customers, Collection<TenantId> tenants) {
        Set<CustomerId> known = customers.stream().filter(Objects::nonNull).collect(Collectors.toSet());
        return tx.records(RecordTypes.PAYMENTS).list(Query.where(about(known, tenants)));
    }

    /** The state that applies to a tenant. */
    public static Optional<Payment> applying(Transaction tx, StoredTenant tenant) {
        CustomerId customer = tenant.customerId();
        List<Payment> rows = about(tx, customer == null ? List.of() : List.of(customer), List.of(tenant.id()));
        return applying(rows, tenant.id(), customer);
    }

    /**
     * The state of some that applies to a tenant: its own, unless that was reported while it belonged to another
     * customer, who owes the money; or else that of its customer.
     *
     * @param customer of the tenant; null: none
     */
    public static Optional<Payment> applying(Collection<Payment> rows, TenantId tenant, @Nullable CustomerId customer) {
        return rows.stream()
                .filter(each -> tenant.equals(each.tenantId()) && Objects.equals(each.customerId(), customer))
                .findFirst()
                .or(() -> rows.stream()
                        .filter(each ->
                                each.tenantId() == null && customer != null && customer.equals(each.customerId()))
                        .findFirst());
    }

    /** The states of a customer and of its tenants. */
    public static List<Payment> ofAll(Transaction tx, CustomerId customer) {
        return tx.records(RecordTypes.PAYMENTS).list(Query.where(Filter.equal(Payment.CUSTOMER_ID, customer)));
    }

    /**
     * Lets the tenants that are not paid follow their states again, since the terms of a plan have changed: those of
     * customers with a tenant on the plan.
     */
    public static void followAgain(Transaction tx, PlanId plan, Instant now) {
        Filter<StoredTenant> onPlan = Filter.and(Filter.equal(StoredTenant.PLAN_ID, plan), TenantRows.WITH_DATABASE);
        Set<CustomerId> customers = new HashSet<>();
        for (CustomerId each : tx.records(RecordTypes.TENANTS)
                .counts(StoredTenant.CUSTOMER_ID, onPlan)
                .keySet()) {
            if (each != null) {
                customers.add(each);
            }
        }
        Records<Payment> rows = tx.records(RecordTypes.PAYMENTS);
        Filter<Payment> late = Filter.notEqual(Payment.STATE, PaymentState.PAID);
        for (Payment seen : rows.list(Query.where(late).orderBy(Payment.ID))) {
            CustomerId customer = seen.customerId();
            if (customer != null && customers.contains(customer)) {
                rows.lock(seen.id().value())
                        .ifPresent(row -> rows.update(row.toBuilder().dueAt(now).build()));
            }
        }
    }

    /** Forgets the state of a customer, and those of its tenants. */
    public static void deleteOf(Transaction tx, CustomerId customer) {
        tx.records(RecordTypes.PAYMENTS).deleteAll(Filter.equal(Payment.CUSTOMER_ID, customer));
    }

    /** Deletes those of some rows whose customer or tenant is gone, and returns how many. */
    public static int deleteOrphans(Transaction tx, List<Payment> rows) {
        Set<TenantId> tenants = new HashSet<>(tx.records(RecordTypes.TENANTS)
                .values(
                        StoredTenant.ID,
                        Query.where(Filter.and(
                                Filter.in(StoredTenant.ID, present(rows, Payment::tenantId)),
                                Filter.notEqual(StoredTenant.STATE, TenantState.DELETED)))));
        Set<CustomerId> customers = new HashSet<>(tx.records(RecordTypes.CUSTOMERS)
                .values(Customer.ID, Query.where(Filter.in(Customer.ID, present(rows, Payment::customerId)))));
        List<PaymentId> orphans = rows.stream()
                .filter(each -> each.tenantId() == null
                        ? !customers.contains(each.customerId())
                        : !tenants.contains(each.tenantId()))
                .map(Payment::id)
                .toList();
        return (int) tx.records(RecordTypes.PAYMENTS).deleteAll(Filter.in(Payment.ID, orphans));
    }

    private static <V> Set<V> present(List<Payment> rows, Function<Payment, @Nullable V> field) {
        return rows.stream().map(field).filter(Objects::nonNull).collect(Collectors.toSet());
    }

    /** Forgets the state of a tenant. */
    public static void deleteOf(Transaction tx, TenantId tenant) {
        tx.records(RecordTypes.PAYMENTS).deleteAll(ofTenant(tenant));
    }
}
