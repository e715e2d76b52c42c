// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Delivery;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger.Level;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Tells listeners what was committed. Whoever takes a delivery puts off its next attempt first: that is the lease. */
final class Outbox {
    private static final Logger LOG = System.getLogger("dev.allotment.events");
    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final int MAX_DOUBLINGS = 10;
    /** Further ahead is no attempt but where a clock was ahead, and has been put back. */
    private static final Duration AHEAD = FIRST_WAIT.multipliedBy(2L << MAX_DOUBLINGS);

    /** That one call tells a listener. */
    private static final int MOST = 100;

    private final ControlPlane plane;
    private final Map<String, SaasListener> listeners = new TreeMap<>();
    /** Whom this process is telling something. */
    private final Set<String> busy = ConcurrentHashMap.newKeySet();
    /** What they are being told. */
    private final Set<Delivery> underWay = ConcurrentHashMap.newKeySet();

    Outbox(ControlPlane plane, List<SaasListener> listeners) {
        this.plane = plane;
        listeners.forEach(each -> this.listeners.put(each.name(), each));
    }

    List<String> listeners() {
        return List.copyOf(listeners.keySet());
    }

    /** Tells one listener what is due now, unless another thread does; gives how many events it was told. */
    int tell(String name) {
        SaasListener listener = listeners.get(name);
        if (listener == null) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "There is no listener " + Texts.describe(name) + "; there are " + listeners.keySet() + ".");
        }
        if (!busy.add(name)) {
            return 0;
        }
        try {
            int told = 0;
            for (int i = 0; i < MOST; i++) {
                Optional<Delivery> taken = plane.catalog.transact(tx -> take(tx, name));
                if (taken.isEmpty()) {
                    break;
                }
                told += tell(listener, taken.get()) ? 1 : 0;
            }
            return told;
        } finally {
            busy.remove(name);
        }
    }

    private Optional<Delivery> take(Transaction tx, String listener) {
        Instant now = plane.now();
        Optional<Delivery> free = free(tx, listener, Filter.Operator.LESS_OR_EQUAL, now)
                .or(() -> free(tx, listener, Filter.Operator.GREATER, now.plus(AHEAD)));
        return free.map(each -> {
            Delivery taken = new Delivery(
                    each.id(),
                    each.eventId(),
                    listener,
                    each.attempts() + 1,
                    next(each.attempts() + 1),
                    each.lastError());
            tx.records(RecordTypes.DELIVERIES).update(taken);
            return taken;
        });
    }

    private static Optional<Delivery> free(Transaction tx, String listener, Filter.Operator operator, Instant dueAt) {
        Filter<Delivery> due = Filter.and(Filter.equal(Delivery.LISTENER, listener), Filter.compare(Delivery.DUE_AT, operator, dueAt));
        return tx.records(RecordTypes.DELIVERIES)
                .lockFree(Query.where(due).orderBy(Delivery.DUE_AT).page(0, 1));
    }

    /** When it is to be tried again, after so many attempts. */
    private Instant next(int attempts) {
        return plane.now().plus(FIRST_WAIT.multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS)));
    }

    private boolean tell(SaasListener listener, Delivery delivery) {
        Optional<Event> event =
                plane.catalog.transact(tx -> tx.records(RecordTypes.EVENTS).find(delivery.eventId()));
        underWay.add(delivery);
        try {
            event.ifPresent(listener::on);
        } catch (RuntimeException | Error e) {
            // Of code that is the host's, an error is a failure as any other.
            LOG.log(
                    Level.WARNING,
                    "Listener " + delivery.listener() + " failed at event " + delivery.eventId() + " (attempt "
                            + delivery.attempts() + "); it is told again later",
                    e);
            change(delivery, next(delivery.attempts()), e.getClass().getSimpleName());
            return false;
        } finally {
            underWay.remove(delivery);
        }
        plane.catalog.transact(tx -> tx.records(RecordTypes.DELIVERIES).delete(delivery.id()));
        return true;
    }

    /** Keeps what is being told now from being told by another process, too. */
    void renew() {
        for (Delivery each : underWay) {
            change(each, plane.now().plus(FIRST_WAIT), each.lastError());
        }
    }

    /** Unless another process has taken it meanwhile; never to be tried earlier than it would be. */
    private void change(Delivery delivery, Instant dueAt, @Nullable String error) {
        plane.catalog.transact(tx -> {
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
