// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.webhook;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.ListControls;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page of all webhook endpoints.
 *
 * @param path of the page
 * @param events the names of the events to choose from
 * @param forOperators whether a new endpoint gets the events of all customers
 */
public record WebhooksView(
        String path, List<Row> rows, ListControls list, List<EventChoice> events, boolean forOperators, Form form) {
    /** Copies the lists. */
    public WebhooksView {
        rows = List.copyOf(rows);
        events = List.copyOf(events);
    }

    /**
     * An endpoint in the list.
     *
     * @param customer the number of its customer; empty: it is for operators
     */
    public record Row(long id, String url, String description, String customer, Badge state, Moment created) {}

    /** An event that an endpoint may receive. */
    public record EventChoice(String name, boolean chosen) {}
}
