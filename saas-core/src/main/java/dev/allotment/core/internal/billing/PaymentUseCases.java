// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.billing;

import dev.allotment.CustomerId;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentId;
import dev.allotment.billing.PaymentReport;
import dev.allotment.billing.PaymentState;
import dev.allotment.billing.Payments;
import dev.allotment.billing.ReportedPayment;
import dev.allotment.billing.ReportedPayment.Outcome;
import dev.allotment.billing.TenantPayment;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.tenant.change.PaymentSchedule;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Records what payment systems report, and shows it. */
public final class PaymentUseCases extends RecordLookup<PaymentId, Payment> implements Payments {
    private final CoreContext context;
    private final Runnable followSoon;
    private final Actor actor;

    PaymentUseCases(CoreContext context, Runnable followSoon, Actor actor) {
        super(context.work(), RecordTypes.PAYMENTS, "Payment");
        this.context = context;
        this.followSoon = followSoon;
        this.actor = actor;
    }

    @Override
    protected long number(PaymentId id) {
        return id.value();
    }

    /** A key for one plan sees none: the state of a customer is not about a plan. */
    @Override
    protected Filter<Payment> visible(Transaction tx) {
        if (actor.scope().plan() != null) {
            return Filter.none();
        }
        Filter<Payment> visible = actor.visible(Payment.CUSTOMER_ID);
        return !actor.limited()
                ? visible
                : Filter.and(
                        visible,
                        Filter.or(
                                Filter.equal(Payment.TENANT_ID, null),
                                Filter.in(Payment.TENANT_ID, TenantLookup.visibleIds(actor, tx))));
    }

    @Override
    public Optional<Payment> ofCustomer(CustomerId customer) {
        return list(Query.where(PaymentRows.ofCustomer(customer))).stream().findFirst();
    }

    @Override
    public Optional<Payment> ofTenant(TenantId tenant) {
        return list(Query.where(PaymentRows.ofTenant(tenant))).stream().findFirst();
    }

    @Override
    public Map<TenantId, TenantPayment> applying(Collection<Tenant> tenants) {
        List<TenantId> ids = tenants.stream().map(Tenant::id).toList();
        if (ids.isEmpty() || actor.scope().plan() != null) {
            return Map.of();
        }
        return work().transact(tx -> {
            List<StoredTenant> visible = tx.records(RecordTypes.TENANTS)
                    .list(Query.where(Filter.and(Filter.in(StoredTenant.ID, ids), TenantLookup.visibleTo(actor))));
            List<Payment> rows = PaymentRows.about(
                    tx, visible.stream().map(StoredTenant::customerId).toList(), ids);
            if (rows.isEmpty()) {
                return Map.of();
            }
            Map<@Nullable PlanId, PaymentTerms> terms = terms(tx, visible);
            Map<TenantId, TenantPayment> applying = new LinkedHashMap<>();
            for (StoredTenant each : visible) {
                PaymentRows.applying(rows, each.id(), each.customerId())
                        .ifPresent(row -> applying.put(
                                each.id(),
                                new TenantPayment(
                                        row,
                                        PaymentSchedule.of(row, terms.get(each.planId()))
                                                .suspendAt())));
            }
            return applying;
        });
    }

    private static Map<@Nullable PlanId, PaymentTerms> terms(Transaction tx, List<StoredTenant> tenants) {
        List<PlanId> plans = tenants.stream()
                .map(StoredTenant::planId)
                .filter(Objects::nonNull)
                .distinct()
                .toList();
        Map<@Nullable PlanId, PaymentTerms> terms = new HashMap<>();
        for (Plan each : tx.records(RecordTypes.PLANS).list(Query.where(Filter.in(Plan.ID, plans)))) {
            PaymentTerms found = each.paymentTerms();
            if (found != null) {
                terms.put(each.id(), found);
            }
        }
        return terms;
    }

    @Override
    public ReportedPayment report(PaymentReport report) {
        actor.requireAdministrator("report payments");
        Instant now = context.now();
        Payment wanted = PaymentRules.checked(report, now);
        ReportedPayment reported = work().transact(tx -> report(tx, report, wanted, now));
        if (reported.outcome() == Outcome.CHANGED) {
            followSoon.run();
        }
        return reported;
    }

    private ReportedPayment report(Transaction tx, PaymentReport report, Payment wanted, Instant now) {
        // Locked, so that it has one row, and a transaction that gives it a tenant meanwhile sees the row.
        CustomerId customer = wanted.customerId();
        TenantId tenant = wanted.tenantId();
        if (customer != null) {
            var unused = CustomerDatabaseLimit.lockCustomer(tx, customer);
        }
        if (tenant != null) {
            StoredTenant locked = TenantRows.lock(tx, tenant.value());
            if (!locked.state().hasDatabase()) {
                throw RecordLookup.missing(RecordTypes.TENANTS, "Tenant", tenant.value());
            }
            customer = locked.customerId();
        }
        Records<Payment> rows = tx.records(RecordTypes.PAYMENTS);
        Filter<Payment> theirs = tenant == null
                ? PaymentRows.ofCustomer(Objects.requireNonNull(customer))
                : PaymentRows.ofTenant(tenant);
        Payment present = rows.list(Query.where(theirs)).stream()
                .findFirst()
                .flatMap(each -> rows.lock(each.id().value()))
                .orElse(null);
        PaymentMerge merge = PaymentMerge.of(present, wanted, customer, report, now);
        Payment merged = merge.merged();
        boolean isNew = present == null || !PaymentMerge.saysTheSame(present, merged);
        if (present != null && merge.outdated() && !isNew) {
            return new ReportedPayment(keep(rows, present, merged), Outcome.OUTDATED);
        }
        // What follows depends on nothing else.
        boolean follows = present == null
                || present.state() != merged.state()
                || !present.since().equals(merged.since())
                || !Objects.equals(present.customerId(), merged.customerId());
        Payment stored = follows ? merged.toBuilder().dueAt(now).build() : merged;
        stored = present == null ? rows.insert(stored) : keep(rows, present, stored);
        if (follows) {
            context.events().add(tx, actor, EventType.PAYMENT_CHANGED, tenant, null, details(present, stored));
        }
        return new ReportedPayment(stored, isNew ? Outcome.CHANGED : Outcome.UNCHANGED);
    }

    private static Payment keep(Records<Payment> rows, Payment present, Payment wanted) {
        if (!present.equals(wanted)) {
            rows.update(wanted);
        }
        return wanted;
    }

    /** The reference and the address are not part of the audit log, which is kept for long. */
    private static Map<String, String> details(@Nullable Payment before, Payment after) {
        Map<String, String> details = new HashMap<>();
        details.put("from", before == null ? "" : name(before.state()));
        details.put("to", name(after.state()));
        details.put("since", after.since().toString());
        if (after.customerId() != null) {
            details.put("customer", after.customerId().toString());
        }
        return details;
    }

    private static String name(PaymentState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
