// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.Event;
import dev.allotment.Events;
import dev.allotment.rest.route.EventPages;
import dev.allotment.rest.route.Route;
import java.time.InstantSource;
import java.util.List;

/** The audit log. */
public final class EventRoutes {
    private EventRoutes() {}

    /**
     * Returns the routes.
     *
     * @param clock of this node
     */
    public static List<Route> all(InstantSource clock) {
        EventPages pages = new EventPages(clock);
        return List.of(
                Route.get(
                                "/events",
                                "listEvents",
                                "Lists what happened, in an order that never changes. A program that asks again"
                                        + " after next misses nothing, and gets nothing twice. Only for"
                                        + " administrators.")
                        .useCase(Events.class, "list")
                        .pages(
                                pages.parameters(),
                                pages::schema,
                                request -> pages.page(request, request.saas().events())),
                Route.get("/events/{id}", "getEvent", "Returns an event.")
                        .useCase(Events.class, "get")
                        .answers(Event.class, request -> request.saas().events().get(request.id())));
    }
}
