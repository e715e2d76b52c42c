// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.event;

import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Reads events in the order of their commits, each one once. Ids are given before a transaction commits, so an event
 * may appear before one with a lower id: the ids that are missing are part of a position. They are looked for until
 * this node has missed them for an hour by a clock that is never set, which is longer than a transaction takes.
 * Thread-safe.
 */
public final class CommittedEvents {
    /** Longer than any transaction takes. */
    static final Duration LONGEST_TRANSACTION = Duration.ofHours(1);

    /** How many ids before an event may still be in progress when it is there. */
    private static final int RECENT = 1000;

    private static final int PAGE = 500;
    private static final int MOST_MISSED = 20 * EventPosition.MOST;

    private final CoreContext context;
    /** Since when this node has missed each id, in ticks. An id that is left out is missed from the next time on. */
    private final Map<Long, Long> missedSince = new LinkedHashMap<>() {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<Long, Long> eldest) {
            return size() > MOST_MISSED;
        }
    };

    /**
     * What follows a position.
     *
     * @param events in the order of their ids
     * @param more whether there are more now
     */
    public record Found(List<Event> events, boolean more) {}

    public CommittedEvents(CoreContext context) {
        this.context = context;
    }

    /** The position after an event: what is committed from now on is after it, also if its id was given before. */
    public static EventPosition after(Transaction tx, long id) {
        long end = Math.min(id, newest(tx));
        EventPosition position = new EventPosition(end);
        position.miss(Math.max(1, end - RECENT + 1), end);
        ids(
                        tx,
                        Filter.and(
                                Filter.compare(Event.ID, Operator.GREATER, end - RECENT),
                                Filter.compare(Event.ID, Operator.LESS_OR_EQUAL, end)),
                        0)
                .forEach(position.missing()::remove);
        return EventPosition.of(id, position.missingTexts());
    }

    /** The id of the latest event; 0: there is none. */
    public static long newest(Transaction tx) {
        return tx
                .records(RecordTypes.EVENTS)
                .values(Event.ID, Query.all().orderByDescending(Event.ID).page(0, 1))
                .stream()
                .findFirst()
                .orElse(0L);
    }

    /**
     * Reads what follows a position, and moves the position behind it.
     *
     * @param filter selects what is returned; the position also moves behind the others
     * @param limit how many events are returned at most
     */
    public Found next(Transaction tx, EventPosition position, Filter<?> filter, int limit) {
        List<Long> fresh = ids(tx, Filter.compare(Event.ID, Operator.GREATER, position.last()), PAGE);
        List<Long> present = new ArrayList<>();
        if (!position.missing().isEmpty()) {
            present.addAll(ids(tx, Filter.in(Event.ID, List.copyOf(position.missing())), 0));
        }
        present.addAll(fresh);
        List<Event> known = present.isEmpty()
                ? List.of()
                : tx.records(RecordTypes.EVENTS)
                        .list(Query.where(Filter.in(Event.ID, present)).orderBy(Event.ID));
        List<Event> events = known.stream()
                .filter(each -> RecordTypes.EVENTS.matches(each, filter))
                .limit(limit)
                .toList();
        long end = events.size() < limit
                ? Long.MAX_VALUE
                : events.get(events.size() - 1).id();
        Set<Long> knownIds = new HashSet<>();
        known.forEach(each -> knownIds.add(each.id()));
        for (long id : present) {
            if (id <= end) {
                position.pass(id);
                if (!knownIds.contains(id)) {
                    // Events of a type that this version does not know are left to a newer node.
                    position.miss(id, id);
                }
            }
        }
        // A position from elsewhere may be beyond the end of the log. Ids there are not missing, but to come.
        if (!fresh.isEmpty() || position.missing().isEmpty() || position.last() <= newest(tx)) {
            giveUp(position, new HashSet<>(present));
        }
        return new Found(events, fresh.size() == PAGE || present.stream().anyMatch(each -> each > end));
    }

    private static List<Long> ids(Transaction tx, Filter<Event> filter, int limit) {
        return tx.records(RecordTypes.EVENTS)
                .values(Event.ID, Query.where(filter).orderBy(Event.ID).page(0, limit));
    }

    /** If the transaction is rolled back, the ids are still missed since the same time. */
    private void giveUp(EventPosition position, Set<Long> present) {
        long now = context.tick();
        synchronized (missedSince) {
            missedSince.keySet().removeAll(present);
            position.missing()
                    .removeIf(each -> !present.contains(each)
                            && now - missedSince.computeIfAbsent(each, any -> now) > LONGEST_TRANSACTION.toNanos());
        }
    }
}
