// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.Event;
import dev.allotment.Events;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.rest.json.Json;
import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.Schemas;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

/**
 * Lists events in the order of their ids, for programs that follow them. No event ever appears before one that was
 * returned already.
 *
 * <p>Events get their ids before their transactions end, so an event may appear after one with a greater id. A missing
 * id is therefore the end of what is returned, until the event after it is older than two minutes. PostgreSQL ends a
 * statement of the catalog after half a minute, and a transaction in which nothing happens after one, so the id was
 * given up.
 */
public final class EventPages {
    private static final Duration SETTLED = Duration.ofMinutes(2);
    private static final int MOST_RECENT = 1000;

    private final InstantSource clock;
    private final Listing<Event> listing = Listing.of(Event.class);

    /** @param clock of this node */
    public EventPages(InstantSource clock) {
        this.clock = clock;
    }

    /** Returns the parameters of the query. */
    public List<Field> parameters() {
        List<Field> parameters = new ArrayList<>();
        parameters.add(Field.of(
                "after",
                long.class,
                "The id after which the page starts: next of the page before. Default: 0, the start of the log."));
        parameters.add(Field.of("limit", int.class, "The most events of a page, 1 to 200. Default: 50."));
        parameters.addAll(listing.filters());
        return parameters;
    }

    /** Returns the schema of a page. */
    public Map<String, Object> schema(Schemas schemas) {
        Map<String, Object> properties = new LinkedHashMap<>();
        properties.put("items", JsonType.listOf(JsonType.of(Event.class)).schema(schemas));
        properties.put(
                "next",
                Json.object(
                        "type",
                        "integer",
                        "format",
                        "int64",
                        "description",
                        "Where the next page starts, also if there is nothing yet."));
        properties.put("more", Json.object("type", "boolean", "description", "Whether the next page has events now."));
        return Json.object("type", "object", "properties", properties, "required", List.of("items", "next", "more"));
    }

    /** Returns one page. */
    public Reply page(Request request, Events events) {
        long after = Objects.requireNonNullElse(request.query("after", Long.class), 0L);
        int limit = Listing.limit(request);
        long last = Math.max(after, lastComplete(events, after));
        Filter<Object> wanted = Filter.and(List.of(
                Filter.untyped(Filter.compare(Event.ID, Filter.Operator.GREATER, after)),
                Filter.untyped(Filter.compare(Event.ID, Filter.Operator.LESS_OR_EQUAL, last)),
                listing.filter(request)));
        List<Event> found = events.list(Query.where(wanted).orderBy(Event.ID).page(0, limit + 1));
        boolean more = found.size() > limit;
        List<Event> page = more ? found.subList(0, limit) : found;
        long next = more ? page.get(limit - 1).id() : last;
        Map<String, Object> json = new LinkedHashMap<>();
        json.put("items", JsonType.listOf(JsonType.of(Event.class)).write(page));
        json.put("next", next);
        json.put("more", more);
        return more ? new Reply(200, json, Map.of("Link", Listing.link(request, Long.toString(next)))) : Reply.ok(json);
    }

    /** Returns the greatest id of which no event with a smaller one can still appear. */
    private long lastComplete(Events events, long after) {
        Instant settled = clock.instant().minus(SETTLED);
        Filter<Event> old = Filter.compare(Event.AT, Filter.Operator.LESS_OR_EQUAL, settled);
        List<Event> newestOld =
                events.list(Query.where(old).orderByDescending(Event.ID).page(0, 1));
        long last = Math.max(after, newestOld.isEmpty() ? 0 : newestOld.get(0).id());
        Filter<Event> recent = Filter.compare(Event.ID, Filter.Operator.GREATER, last);
        for (Event each : events.list(Query.where(recent).orderBy(Event.ID).page(0, MOST_RECENT))) {
            if (each.id() != last + 1) {
                return last;
            }
            last = each.id();
        }
        return last;
    }
}
