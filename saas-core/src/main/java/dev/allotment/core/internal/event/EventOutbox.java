// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.fleet.ListenerBacklog;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Delivery;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Delivers committed events to listeners. A node that takes a delivery first postpones its next attempt: that is the
 * lease.
 */
public final class EventOutbox {
    /** How many events one call delivers to a listener. */
    private static final int MOST = 100;

    private final CoreContext context;
    private final FailureLog failures;
    private final Map<String, SaasListener> listeners = new TreeMap<>();
    /** The listeners that this process is delivering to. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    /** The deliveries in progress. */
    private final Set<Delivery> underWay = ConcurrentHashMap.newKeySet();

    public EventOutbox(CoreContext context, List<SaasListener> listeners) {
        this.context = context;
        this.failures = new FailureLog("dev.allotment.events", context.node());
        listeners.forEach(each -> this.listeners.put(each.name(), each));
    }

    public List<String> listeners() {
        return List.copyOf(listeners.keySet());
    }

    /** What is still to be delivered to each listener. */
    public List<ListenerBacklog> backlogs() {
        return context.catalog()
                .transact(tx ->
                        listeners().stream().map(each -> backlog(tx, each)).toList());
    }

    private static ListenerBacklog backlog(Transaction tx, String listener) {
        Records<Delivery> deliveries = tx.records(RecordTypes.DELIVERIES);
        Filter<Delivery> waiting = Filter.equal(Delivery.LISTENER, listener);
        Instant oldest = deliveries
                .list(Query.where(waiting).orderBy(Delivery.EVENT_ID).page(0, 1))
                .stream()
                .flatMap(each ->
                        tx
                                .records(RecordTypes.EVENTS)
                                .list(Query.where(Filter.equal(Event.ID, each.eventId())))
                                .stream())
                .map(Event::at)
                .findFirst()
                .orElse(null);
        return new ListenerBacklog(
                listener,
                deliveries.count(waiting),
                deliveries.count(Filter.and(waiting, Filter.notEqual(Delivery.LAST_ERROR, null))),
                oldest);
    }

    /**
     * Delivers what is due to one listener, unless another thread is doing so; returns how many events it delivered.
     */
    public int deliver(String name) {
        SaasListener listener = listeners.get(name);
        if (listener == null) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "There is no listener " + TextRules.describe(name) + "; available are " + listeners.keySet() + ".");
        }
        if (!busy.add(name)) {
            return 0;
        }
        try {
            int delivered = 0;
            for (int i = 0; i < MOST; i++) {
                Optional<Delivery> taken = context.catalog().transact(tx -> take(tx, name));
                if (taken.isEmpty()) {
                    break;
                }
                delivered += deliver(listener, taken.get()) ? 1 : 0;
            }
            return delivered;
        } finally {
            busy.remove(name);
        }
    }

    private Optional<Delivery> take(Transaction tx, String listener) {
        Instant now = context.now();
        Optional<Delivery> free = free(tx, listener, Filter.Operator.LESS_OR_EQUAL, now)
                .or(() -> free(tx, listener, Filter.Operator.GREATER, now.plus(ListenerRetries.AHEAD)));
        return free.map(each -> {
            Delivery taken = new Delivery(
                    each.id(),
                    each.eventId(),
                    listener,
                    each.attempts() + 1,
                    ListenerRetries.next(context.now(), each.attempts() + 1),
                    each.lastError());
            tx.records(RecordTypes.DELIVERIES).update(taken);
            return taken;
        });
    }

    private static Optional<Delivery> free(Transaction tx, String listener, Filter.Operator operator, Instant dueAt) {
        Filter<Delivery> due =
                Filter.and(Filter.equal(Delivery.LISTENER, listener), Filter.compare(Delivery.DUE_AT, operator, dueAt));
        return tx.records(RecordTypes.DELIVERIES)
                .lockFree(Query.where(due).orderBy(Delivery.DUE_AT).page(0, 1));
    }

    private boolean deliver(SaasListener listener, Delivery delivery) {
        Optional<Event> event;
        try {
            event = context.catalog()
                    .transact(tx -> tx.records(RecordTypes.EVENTS).find(delivery.eventId()));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_NEWER)) {
                throw e;
            }
            leaveToNewerNode(delivery);
            return false;
        }
        underWay.add(delivery);
        try {
            event.ifPresent(listener::on);
        } catch (RuntimeException | Error e) {
            // A listener is the embedder's code, so an error counts as a failure like any other.
            failures.warn(
                    "Listener " + delivery.listener() + " failed at event " + delivery.eventId() + " (attempt "
                            + delivery.attempts() + "), which is delivered again later",
                    e);
            change(
                    delivery,
                    ListenerRetries.next(context.now(), delivery.attempts()),
                    e.getClass().getSimpleName());
            return false;
        } finally {
            underWay.remove(delivery);
        }
        context.catalog().transact(tx -> tx.records(RecordTypes.DELIVERIES).delete(delivery.id()));
        return true;
    }

    /** Does not count as an attempt, so that a node that knows the type of the event delivers it soon. */
    private void leaveToNewerNode(Delivery delivery) {
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.DELIVERIES)
                    .lock(delivery.id())
                    .filter(each -> each.attempts() == delivery.attempts())
                    .ifPresent(each -> tx.records(RecordTypes.DELIVERIES)
                            .update(new Delivery(
                                    each.id(),
                                    each.eventId(),
                                    each.listener(),
                                    each.attempts() - 1,
                                    context.now().plus(ListenerRetries.FIRST_WAIT),
                                    each.lastError())));
            return null;
        });
    }

    /** Keeps the deliveries in progress from being made by another process as well. */
    public void renew() {
        for (Delivery each : underWay) {
            change(each, context.now().plus(ListenerRetries.FIRST_WAIT), each.lastError());
        }
    }

    /** Does nothing if another process has taken the delivery meanwhile. Never moves an attempt forward. */
    private void change(Delivery delivery, Instant dueAt, @Nullable String error) {
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.DELIVERIES)
                    .lock(delivery.id())
                    .filter(each -> each.attempts() == delivery.attempts())
                    .ifPresent(each -> tx.records(RecordTypes.DELIVERIES)
                            .update(new Delivery(
                                    each.id(),
                                    each.eventId(),
                                    each.listener(),
                                    each.attempts(),
                                    dueAt.isAfter(each.dueAt()) ? dueAt : each.dueAt(),
                                    error)));
            return null;
        });
    }
}
