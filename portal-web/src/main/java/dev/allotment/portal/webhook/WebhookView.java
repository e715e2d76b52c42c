// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.webhook;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.webhook.WebhooksView.EventChoice;
import java.util.List;

/**
 * The content of the page of a webhook endpoint.
 *
 * @param list the path of the page of all endpoints
 * @param path of this page
 * @param secret what verifies the messages, if the visitor wants to see it; empty: not shown
 * @param why why nothing is sent, or why the last attempts failed; empty: neither
 * @param signing how messages are signed
 * @param usage whether it receives usage, and nothing else
 * @param onlyFailed whether only failed messages are listed
 */
public record WebhookView(
        String list,
        String path,
        Badge state,
        boolean enabled,
        Message why,
        String signing,
        String secret,
        List<EventChoice> events,
        boolean usage,
        List<Row> messages,
        boolean onlyFailed,
        Form form) {
    /** Copies the lists. */
    public WebhookView {
        events = List.copyOf(events);
        messages = List.copyOf(messages);
    }

    /**
     * A message in the list.
     *
     * @param next when the next attempt is made, if there is one
     */
    public record Row(long id, String type, String event, Badge state, int attempts, Moment created, Moment next) {}

    /** Returns the state without the secret, which is for the page only. */
    @Override
    public String toString() {
        return "WebhookView[path=" + path + ", state=" + state + "]";
    }
}
