// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.webhook;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page of a message to a webhook endpoint.
 *
 * @param endpoint the path of the page of the endpoint
 * @param path of this page
 * @param webhookId the id that the receiver sees
 * @param resendable whether it can be sent again
 */
public record WebhookMessageView(
        String endpoint,
        String path,
        String type,
        String webhookId,
        Badge state,
        boolean resendable,
        List<Row> attempts) {
    /** Copies the list. */
    public WebhookMessageView {
        attempts = List.copyOf(attempts);
    }

    /** An attempt to send the message. */
    public record Row(Moment at, String status, Message error, int milliseconds) {}
}
