// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.billing;

import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.billing.Payment;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.tenant.life.LifeFeature;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;

/**
 * Makes the checks of tenants due whose payment state has changed. That a state has changed is on record, so another
 * node continues if this one dies. Thread-safe.
 */
final class FollowingTenants {
    private static final int BATCH = 100;
    /** How long the tenants of one state have before another node does it, too, which does no harm. */
    private static final Duration RETRY = Duration.ofMinutes(1);

    private final CoreContext context;
    private final LifeFeature life;
    private final @Nullable Executor executor;
    private final FailureLog failures;
    /** Whether a task waits for a thread. One is enough. */
    private final AtomicBoolean waiting = new AtomicBoolean();

    FollowingTenants(CoreContext context, LifeFeature life, @Nullable Executor executor) {
        this.context = context;
        this.life = life;
        this.executor = executor;
        this.failures = new FailureLog("dev.allotment.payments", context.node());
    }

    /** Lets the next free thread of this node do what is due. */
    void followSoon() {
        if (executor == null || !waiting.compareAndSet(false, true)) {
            return;
        }
        try {
            executor.execute(() -> {
                waiting.set(false);
                follow();
            });
        } catch (RejectedExecutionException e) {
            // The maintenance does it.
            waiting.set(false);
        } catch (RuntimeException | Error e) {
            waiting.set(false);
            throw e;
        }
    }

    /** One batch of tenants, so that other work gets a thread before the next one. */
    private void follow() {
        try {
            int done = followDue() + life.checkDue(Actor.HOST);
            if (done > 0) {
                followSoon();
            }
        } catch (RuntimeException e) {
            failures.warn("Tenants could not follow their payment states; the maintenance tries again", e);
        }
    }

    /** Returns how many states were followed. */
    int followDue() {
        for (int done = 0; done < BATCH; done++) {
            Optional<Payment> next = context.catalog().transact(this::takeDue);
            if (next.isEmpty()) {
                return done;
            }
            follow(next.get());
        }
        return BATCH;
    }

    /** Postpones it first, so that no other node works on the same state. */
    private Optional<Payment> takeDue(Transaction tx) {
        Records<Payment> rows = tx.records(RecordTypes.PAYMENTS);
        Instant now = context.now();
        // What is postponed for longer was taken by a node whose clock was ahead.
        Query<Payment> due = Query.where(Filter.or(
                        Filter.compare(Payment.DUE_AT, Filter.Operator.LESS_OR_EQUAL, now),
                        Filter.compare(Payment.DUE_AT, Filter.Operator.GREATER, now.plus(RETRY.multipliedBy(2)))))
                .orderBy(Payment.DUE_AT);
        return rows.lockFree(due).map(each -> {
            Payment taken = each.toBuilder().dueAt(now.plus(RETRY)).build();
            rows.update(taken);
            return taken;
        });
    }

    private void follow(Payment taken) {
        List<TenantId> tenants = context.catalog().transact(tx -> tenants(tx, taken));
        Payment held = taken;
        for (int from = 0; from < tenants.size(); from += BATCH) {
            List<TenantId> batch = tenants.subList(from, Math.min(from + BATCH, tenants.size()));
            context.catalog().transact(tx -> {
                batch.forEach(each -> makeDue(tx, each));
                return null;
            });
            Optional<Payment> longer = postpone(held, context.now().plus(RETRY));
            if (longer.isEmpty()) {
                // It has changed, or another node took it.
                return;
            }
            held = longer.get();
        }
        var unused = postpone(held, null);
    }

    /** Empty if it is not due at the time at which this node has postponed it. */
    private Optional<Payment> postpone(Payment held, @Nullable Instant dueAt) {
        return context.catalog().transact(tx -> {
            Records<Payment> rows = tx.records(RecordTypes.PAYMENTS);
            return rows.lock(held.id().value())
                    .filter(each -> Objects.equals(each.dueAt(), held.dueAt()))
                    .map(each -> {
                        Payment postponed = each.toBuilder().dueAt(dueAt).build();
                        rows.update(postponed);
                        return postponed;
                    });
        });
    }

    /**
     * The tenants of a state that was committed before. Waits for changes of the terms of their plans that may not have
     * seen it. A tenant that is still being made, or is being moved to the customer, has a row.
     */
    private static List<TenantId> tenants(Transaction tx, Payment payment) {
        CustomerId customer = payment.customerId();
        TenantId tenant = payment.tenantId();
        if (tenant == null && customer == null) {
            return List.of();
        }
        Filter<StoredTenant> theirs = Filter.and(
                tenant == null
                        ? Filter.equal(StoredTenant.CUSTOMER_ID, customer)
                        : Filter.equal(StoredTenant.ID, tenant),
                TenantRows.WITH_DATABASE);
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        for (PlanId each : tenants.counts(StoredTenant.PLAN_ID, theirs).keySet()) {
            if (each != null) {
                var unused = tx.records(RecordTypes.PLANS).lockShared(each.value());
            }
        }
        return tenants.values(StoredTenant.ID, Query.where(theirs).orderBy(StoredTenant.ID));
    }

    /** Waits for a transaction that is changing the tenant, which may not have seen the state. */
    private void makeDue(Transaction tx, TenantId id) {
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        tenants.lock(id.value())
                .filter(each -> each.state() == TenantState.OPEN || each.state() == TenantState.SUSPENDED)
                .ifPresent(each -> tenants.update(
                        each.toBuilder().nextCheckAt(context.now()).build()));
    }
}
