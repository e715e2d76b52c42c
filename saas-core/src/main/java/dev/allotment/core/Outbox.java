// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.spi.Delivery;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.SaasListener;
import dev.allotment.spi.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Tells listeners what was committed. Whoever takes a delivery puts off its next attempt first: that is the lease. */
final class Outbox {
    private static final Logger LOG = System.getLogger("dev.allotment.events");
    private static final Duration FIRST_WAIT = Duration.ofSeconds(30);
    private static final int MAX_DOUBLINGS = 10;

    private final ControlPlane plane;
    private final Map<String, SaasListener> listeners = new TreeMap<>();

    Outbox(ControlPlane plane, List<SaasListener> listeners) {
        this.plane = plane;
        listeners.forEach(each -> this.listeners.put(each.name(), each));
    }

    /** Tells what is due now; gives how many were told. */
    int deliver(int most) {
        int told = 0;
        for (int i = 0; i < most && !listeners.isEmpty(); i++) {
            Optional<Delivery> taken = plane.catalog.transact(this::take);
            if (taken.isEmpty()) {
                return told;
            }
            told += tell(taken.get()) ? 1 : 0;
        }
        return told;
    }

    private Optional<Delivery> take(Transaction tx) {
        Filter due = Filter.and(
                Filter.compare("dueAt", Filter.Operator.LESS_OR_EQUAL, plane.now()),
                Filter.in("listener", new ArrayList<>(listeners.keySet())));
        Optional<Delivery> free = tx.records(RecordTypes.DELIVERIES)
                .lockFree(Query.where(due).orderBy("dueAt").page(0, 1));
        return free.map(each -> {
            Duration wait = FIRST_WAIT.multipliedBy(1L << Math.min(each.attempts(), MAX_DOUBLINGS));
            Delivery taken = new Delivery(
                    each.id(),
                    each.eventId(),
                    each.listener(),
                    each.attempts() + 1,
                    plane.now().plus(wait),
                    each.lastError());
            tx.records(RecordTypes.DELIVERIES).update(taken);
            return taken;
        });
    }

    private boolean tell(Delivery delivery) {
        SaasListener listener = listeners.get(delivery.listener());
        Optional<Event> event =
                plane.catalog.transact(tx -> tx.records(RecordTypes.EVENTS).find(delivery.eventId()));
        try {
            if (listener != null && event.isPresent()) {
                listener.on(event.get());
            }
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    "Listener " + delivery.listener() + " failed at event " + delivery.eventId() + " (attempt "
                            + delivery.attempts() + "); it is told again later",
                    e);
            note(delivery, e.getClass().getSimpleName());
            return false;
        }
        plane.catalog.transact(tx -> tx.records(RecordTypes.DELIVERIES).delete(delivery.id()));
        return true;
    }

    private void note(Delivery delivery, String error) {
        plane.catalog.transact(tx -> {
            tx.records(RecordTypes.DELIVERIES)
                    .lock(delivery.id())
                    .ifPresent(each -> tx.records(RecordTypes.DELIVERIES)
                            .update(new Delivery(
                                    each.id(), each.eventId(), each.listener(), each.attempts(), each.dueAt(), error)));
            return null;
        });
    }
}
