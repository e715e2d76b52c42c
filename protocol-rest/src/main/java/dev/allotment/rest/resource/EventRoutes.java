// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.Event;
import dev.allotment.EventPage;
import dev.allotment.Events;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Listing;
import dev.allotment.rest.route.Route;
import java.util.List;
import java.util.Objects;

/** The audit log. */
public final class EventRoutes {
    private EventRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        Listing<Event> listing = Listing.of(Event.class);
        return List.of(
                Route.get(
                                "/events",
                                "listEvents",
                                "Lists what happened, right after its commit. A program that asks again after next misses"
                                        + " nothing, and gets nothing twice. Only for administrators.")
                        .useCase(Events.class, "follow")
                        .query(
                                Field.of(
                                        "after",
                                        String.class,
                                        "Where the page starts: next of the page before, or the id of an event."
                                                + " Default: 0, the start of the log."),
                                Field.of("limit", int.class, "The most events of a page, 1 to 200. Default: 50."))
                        .query(listing.filters().toArray(new Field[0]))
                        .answers(
                                EventPage.class,
                                request -> request.saas()
                                        .events()
                                        .follow(
                                                Objects.requireNonNullElse(request.query("after", String.class), "0"),
                                                listing.filter(request),
                                                Listing.limit(request))),
                Route.get("/events/{id}", "getEvent", "Returns an event.")
                        .useCase(Events.class, "get")
                        .answers(Event.class, request -> request.saas().events().get(request.id())));
    }
}
