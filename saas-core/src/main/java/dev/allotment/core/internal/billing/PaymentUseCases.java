// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.billing;

import dev.allotment.CustomerId;
import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
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
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.tenant.change.PaymentSchedule;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Records what payment systems report, and shows it. */
public final class PaymentUseCases extends RecordLookup<PaymentId, Payment> implements Payments {
    private static final int LONGEST_REFERENCE = 200;
    private static final int LONGEST_URL = 2000;
    private static final Instant FIRST = Instant.parse("2000-01-01T00:00:00Z");
    private static final Set<String> THIS_COMPUTER = Set.of("localhost", "127.0.0.1", "[::1]");

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
        User user = actor.user();
        Filter<Payment> visible = user == null || actor.administrator()
                ? Filter.all()
                : Filter.equal(Payment.CUSTOMER_ID, user.customerId());
        CustomerId only = actor.scope().customer();
        return only == null ? visible : Filter.and(visible, Filter.equal(Payment.CUSTOMER_ID, only));
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
        Payment wanted = checked(report, now);
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

    private static Payment checked(PaymentReport report, Instant now) {
        Instant reportedAt =
                report.reportedAt() == null ? now : report.reportedAt().truncatedTo(ChronoUnit.MICROS);
        if (reportedAt.isAfter(now.plus(PaymentMerge.AHEAD)) || reportedAt.isBefore(FIRST)) {
            throw invalid("was made at most an hour from now, and not before " + FIRST + ", found " + reportedAt);
        }
        Instant since = report.since() == null ? null : report.since().truncatedTo(ChronoUnit.MICROS);
        if (since != null && (since.isAfter(reportedAt) || since.isBefore(FIRST))) {
            throw invalid("is about a time before it, and not before " + FIRST + ", found " + since);
        }
        // A clock that is a little ahead does not delay what follows.
        Instant start = since == null ? reportedAt : since;
        return Payment.builder(report.state(), start.isAfter(now) ? now : start, reportedAt)
                .customerId(report.customerId())
                .tenantId(report.tenantId())
                .reference(reference(report.reference()))
                .payUrl(payUrl(report.payUrl()))
                .build();
    }

    private static @Nullable String reference(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        String normal = text.strip();
        if (normal.length() > LONGEST_REFERENCE || TextRules.hasControl(normal)) {
            throw invalid("has a reference of at most " + LONGEST_REFERENCE + " printable characters, found "
                    + TextRules.describe(normal));
        }
        return normal;
    }

    private static @Nullable String payUrl(@Nullable String text) {
        if (text == null || text.isBlank()) {
            return null;
        }
        String normal = text.strip();
        if (normal.length() > LONGEST_URL || !normal.chars().allMatch(each -> each > ' ' && each < 0x7f)) {
            throw invalid("has an address to pay of at most " + LONGEST_URL
                    + " characters, all of them of ASCII and no spaces, found " + TextRules.describe(normal));
        }
        URI uri;
        try {
            uri = new URI(normal);
        } catch (URISyntaxException e) {
            throw invalid("has an absolute address to pay, found " + TextRules.describe(normal));
        }
        String host = uri.getHost();
        boolean encrypted = "https".equalsIgnoreCase(uri.getScheme());
        boolean local = "http".equalsIgnoreCase(uri.getScheme())
                && host != null
                && THIS_COMPUTER.contains(host.toLowerCase(Locale.ROOT));
        if (host == null || uri.getRawUserInfo() != null || !(encrypted || local)) {
            throw invalid("has an address to pay that starts with https:// and has no user, found "
                    + TextRules.describe(normal));
        }
        return normal;
    }

    private static SaasException invalid(String expected) {
        return SaasException.invalid(ErrorCodes.PAYMENT_INVALID, "A report of a payment " + expected + ".");
    }
}
