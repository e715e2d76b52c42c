// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventPage;
import dev.allotment.Events;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;

/** Reads the audit log. */
public final class EventUseCases extends RecordLookup<Long, Event> implements Events {
    private static final Pattern EVENT = Pattern.compile("[0-9]{1,18}");
    /** How many times one call looks for events that the filter selects. */
    private static final int MOST_STEPS = 20;

    private final CommittedEvents committed;
    private final Actor actor;

    public EventUseCases(CoreContext context, CommittedEvents committed, Actor actor) {
        super(context.work(), RecordTypes.EVENTS, "Event");
        this.committed = committed;
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

    @Override
    public EventPage follow(String after, Filter<? super Event> filter, int limit) {
        RecordTypes.EVENTS.check(filter);
        if (limit < 1 || limit > MAX_PAGE) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "A page of events has 1 to " + MAX_PAGE + " events at most, found " + limit + ".");
        }
        return work().transact(tx -> {
            Filter<Event> wanted = Filter.and(filter, visible(tx));
            EventPosition position = position(tx, after);
            List<Event> events = new ArrayList<>();
            boolean more = true;
            for (int i = 0; more && events.size() < limit && i < MOST_STEPS; i++) {
                CommittedEvents.Found found = committed.next(tx, position, wanted, limit - events.size());
                events.addAll(found.events());
                more = found.more();
            }
            return new EventPage(events, position.text(), more);
        });
    }

    private static EventPosition position(Transaction tx, String after) {
        try {
            return EVENT.matcher(after).matches()
                    ? CommittedEvents.after(tx, Long.parseLong(after))
                    : EventPosition.parse(after);
        } catch (NumberFormatException e) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "Events follow the id of an event, or the position that a page has returned as next; found "
                            + TextRules.describe(after) + ".");
        }
    }
}
