// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import dev.allotment.Event;
import dev.allotment.Events;
import dev.allotment.Filter;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;

/** Reads the audit log. */
public final class EventUseCases extends RecordLookup<Long, Event> implements Events {
    private final Actor actor;

    public EventUseCases(CoreContext context, Actor actor) {
        super(context.work(), RecordTypes.EVENTS, "Event");
        this.actor = actor;
    }

    @Override
    protected long number(Long id) {
        return id;
    }

    @Override
    protected Filter<Event> visible(Transaction tx) {
        actor.requireAdministrator("see the audit log");
        return Filter.all();
    }
}
