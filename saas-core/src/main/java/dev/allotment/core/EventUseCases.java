// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Event;
import dev.allotment.Events;
import dev.allotment.Filter;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;

/** The audit log. */
final class EventUseCases extends RecordLookup<Long, Event> implements Events {
    private final Actor actor;

    EventUseCases(ControlPlane plane, Actor actor) {
        super(plane.place, RecordTypes.EVENTS, "Event");
        this.actor = actor;
    }

    @Override
    long number(Long id) {
        return id;
    }

    @Override
    Filter<Event> visible(Transaction tx) {
        actor.requireAdministrator("see the audit log");
        return Filter.all();
    }
}
