// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.maintenance;

import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Usage;
import dev.allotment.billing.Payment;
import dev.allotment.billing.PaymentId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.ForgottenOperations;
import dev.allotment.core.internal.parameter.Retention;
import dev.allotment.core.internal.record.PaymentRows;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.spi.backend.Delivery;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.BiFunction;

/**
 * Deletes records that are older than their {@link Retention}, some of each kind at a time. Several nodes may do so at
 * once: each deletes what no other one has locked.
 */
public final class OldRecords {
    private static final Logger LOG = System.getLogger("dev.allotment.maintenance");

    /** How many records of each kind one transaction deletes. */
    static final int BATCH = 1000;

    /** How often a node looks, unless there was more to delete than a batch. */
    private static final long EVERY = TimeUnit.HOURS.toNanos(1);

    /**
     * The proof that a tenant was deleted, by whom and when, and its backup, are kept as long as the record of the
     * tenant.
     */
    private static final Set<EventType> KEPT = Set.of(
            EventType.TENANT_RETAINED, EventType.TENANT_DELETED, EventType.TENANT_BACKED_UP, EventType.CUSTOMER_ERASED);

    private final CoreContext context;
    private final List<String> listeners;
    private final AtomicLong next;
    /** The last payment state that was looked at; 0: it starts with the first one. */
    private final AtomicLong seenPayment = new AtomicLong();

    /** @param listeners the names of those that receive events */
    public OldRecords(CoreContext context, List<String> listeners) {
        this.context = context;
        this.listeners = listeners;
        this.next = new AtomicLong(context.tick());
    }

    /** Returns how many records it has deleted. */
    int deleteDue() {
        long now = context.tick();
        long due = next.get();
        if (now - due < 0 || !next.compareAndSet(due, now + EVERY)) {
            return 0;
        }
        int deliveries = delete(Retention.DELIVERIES, this::deliveries);
        if (deliveries > 0) {
            LOG.log(
                    Level.WARNING,
                    () -> deliveries + " deliveries of old events were given up: their listeners were removed,"
                            + " or have failed for too long");
        }
        int events = delete(Retention.EVENTS, OldRecords::events);
        int operations =
                delete(Retention.OPERATIONS, (tx, end) -> ForgottenOperations.forget(tx, end, context.now(), BATCH));
        int usage = delete(Retention.USAGE, OldRecords::usage);
        int support = delete(Retention.EVENTS, (tx, end) -> SupportRows.forget(tx, end, BATCH));
        if (Math.max(Math.max(deliveries, events), Math.max(operations, usage)) >= BATCH) {
            next.set(now);
        }
        return deliveries + events + operations + usage + support + payments();
    }

    private int delete(Retention kind, BiFunction<Transaction, Instant, Integer> work) {
        return context.catalog()
                .transact(tx -> kind.end(tx, context.now())
                        .map(end -> work.apply(tx, end))
                        .orElse(0));
    }

    /**
     * By type, as the index is: so the cost does not depend on how many events are kept. An event that a listener has
     * not received stays, with all later ones.
     */
    private static int events(Transaction tx, Instant end) {
        int deleted = 0;
        if (noneBefore(tx, end)) {
            return deleted;
        }
        long pending = tx
                .records(RecordTypes.DELIVERIES)
                .values(
                        Delivery.EVENT_ID,
                        Query.all().orderBy(Delivery.EVENT_ID).page(0, 1))
                .stream()
                .findFirst()
                .orElse(Long.MAX_VALUE);
        for (EventType type : EventType.values()) {
            if (!KEPT.contains(type) && deleted < BATCH) {
                Filter<Event> delivered =
                        Filter.and(before(type, end), Filter.compare(Event.ID, Filter.Operator.LESS, pending));
                deleted += tx.records(RecordTypes.EVENTS)
                        .deleteFree(Query.where(delivered).orderBy(Event.AT).page(0, BATCH - deleted));
            }
        }
        return deleted;
    }

    /**
     * Gives up what a listener has failed to receive, and what belongs to none; not what no node was there to deliver.
     * The ids of events grow with time, so those of old deliveries are not above that of the latest old event.
     */
    private int deliveries(Transaction tx, Instant end) {
        if (tx.records(RecordTypes.DELIVERIES)
                        .values(Delivery.ID, Query.all().page(0, 1))
                        .isEmpty()
                || noneBefore(tx, end)) {
            return 0;
        }
        long latest = 0;
        for (EventType type : EventType.values()) {
            Query<Event> last =
                    Query.where(before(type, end)).orderByDescending(Event.AT).page(0, 1);
            for (long id : tx.records(RecordTypes.EVENTS).values(Event.ID, last)) {
                latest = Math.max(latest, id);
            }
        }
        return tx.records(RecordTypes.DELIVERIES)
                .deleteFree(Query.where(Filter.and(
                                Filter.compare(Delivery.EVENT_ID, Filter.Operator.LESS_OR_EQUAL, latest),
                                Filter.or(
                                        Filter.compare(Delivery.ATTEMPTS, Filter.Operator.GREATER, 0),
                                        Filter.not(Filter.in(Delivery.LISTENER, listeners)))))
                        .orderBy(Delivery.EVENT_ID)
                        .page(0, BATCH));
    }

    private static boolean noneBefore(Transaction tx, Instant end) {
        return tx
                .records(RecordTypes.EVENTS)
                .values(Event.AT, Query.all().orderBy(Event.ID).page(0, 1))
                .stream()
                .noneMatch(end::isAfter);
    }

    private static Filter<Event> before(EventType type, Instant end) {
        return Filter.and(Filter.equal(Event.TYPE, type), Filter.compare(Event.AT, Filter.Operator.LESS, end));
    }

    /**
     * Deletes payment states without a customer or tenant: a node that does not know them deletes these alone. Looks at
     * some, and continues after these the next time, since most states stay.
     */
    private int payments() {
        PaymentId after = new PaymentId(seenPayment.get());
        List<Payment> page = context.catalog()
                .transact(tx -> tx.records(RecordTypes.PAYMENTS)
                        .list(Query.where(Filter.compare(Payment.ID, Filter.Operator.GREATER, after))
                                .orderBy(Payment.ID)
                                .page(0, BATCH)));
        seenPayment.set(page.size() < BATCH ? 0 : page.get(BATCH - 1).id().value());
        return page.isEmpty() ? 0 : context.catalog().transact(tx -> PaymentRows.deleteOrphans(tx, page));
    }

    /** What is still to be closed stays. */
    private static int usage(Transaction tx, Instant end) {
        return tx.records(RecordTypes.USAGE)
                .deleteFree(Query.where(Filter.and(
                                Filter.compare(Usage.DAY, Filter.Operator.LESS, end),
                                Filter.equal(Usage.CLOSE_AT, null)))
                        .orderBy(Usage.DAY)
                        .page(0, BATCH));
    }
}
