// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.webhook;

/** The body of a request, with its media type. */
record WebhookBody(String contentType, String text) {
    static WebhookBody json(String text) {
        return new WebhookBody("application/json", text);
    }
}
