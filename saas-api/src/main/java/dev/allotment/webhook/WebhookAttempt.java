// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An attempt to send a {@link WebhookMessage}. Kept for 30 days.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id ascending in the order of storage
 * @param messageId the message
 * @param endpointId the endpoint of the message
 * @param at when it ended
 * @param status the status of the response; null: there was none
 * @param error why it failed; null: it was successful
 * @param milliseconds how long it took
 */
public record WebhookAttempt(
        long id,
        WebhookMessageId messageId,
        WebhookEndpointId endpointId,
        Instant at,
        @Nullable Integer status,
        @Nullable String error,
        int milliseconds) {
    public static final RecordField<WebhookAttempt, Long> ID = RecordField.of("id");
    public static final RecordField<WebhookAttempt, WebhookMessageId> MESSAGE_ID = RecordField.of("messageId");
    public static final RecordField<WebhookAttempt, WebhookEndpointId> ENDPOINT_ID = RecordField.of("endpointId");
    public static final RecordField<WebhookAttempt, Instant> AT = RecordField.of("at");
    public static final RecordField<WebhookAttempt, Integer> STATUS = RecordField.of("status");
    public static final RecordField<WebhookAttempt, String> ERROR = RecordField.of("error");
    public static final RecordField<WebhookAttempt, Integer> MILLISECONDS = RecordField.of("milliseconds");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public WebhookAttempt {}
}
