// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;

/**
 * A page of {@link Events#follow}. Immutable.
 *
 * @param items in the order of their ids; an event that was committed late may have a lower id than those of the page
 *     before
 * @param next the position after them, for the next call, also if there is nothing yet
 * @param more whether there may be further events now
 */
public record EventPage(List<Event> items, String next, boolean more) {
    /** Copies the events. */
    public EventPage {
        items = List.copyOf(items);
    }
}
