// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.VIEW_INSTALLATION;

/**
 * The audit log: who did what to which tenant, when, and from where. Requires an administrator. Nothing changes it.
 */
@AllowedFor(READ_ONLY)
@Needs(VIEW_INSTALLATION)
public interface Events extends Lookup<Long, Event> {
    /** The most events of a page of {@link #follow}. */
    int MAX_PAGE = 1000;

    /**
     * Returns the events that were committed after a position. A program that calls it with {@link EventPage#next} of
     * the page before gets each event once, and right after its commit. An event gets its id before its transaction
     * ends, so it may come after one with a greater id. One is missed only if its transaction takes longer than an
     * hour. Uses the catalog.
     *
     * @param after the position: {@code next} of a page; the id of an event, after which only events with greater ids
     *     and those that are committed from now on follow; or {@code 0} for the start of the log
     * @param filter selects what is returned; it may change from call to call
     * @param limit the most events to return, 1 to {@link #MAX_PAGE}
     * @throws SaasException {@code query.invalid}, {@code query.unknown-field}, {@code access.not-allowed}
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    EventPage follow(String after, Filter<? super Event> filter, int limit);
}
