// SPDX-License-Identifier: Apache-2.0
package dev.allotment.webhook;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.TenantId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event for a webhook endpoint, or a test of the endpoint. Kept for 30 days after it has ended.
 *
 * <p>Immutable. The {@link RecordField} constants name the fields for filters and sort keys.
 *
 * @param id ascending in the order of storage
 * @param endpointId the endpoint
 * @param webhookId the header {@code webhook-id}: the same at every attempt, so that a receiver recognises a repetition
 * @param eventId the event; null: a test
 * @param type the name of the type of the event
 * @param tenantId the tenant that the event is about; null: none
 * @param state what has become of it
 * @param attempts how many attempts were started; counted from 0 again if it is resent
 * @param dueAt when it is sent next; during an attempt, when the sending node counts as dead; null: it has ended, or
 *     waits for an earlier message of its tenant
 * @param createdAt when it was stored
 * @param endedAt when it was delivered or failed for good; null: neither
 */
public record WebhookMessage(
        WebhookMessageId id,
        WebhookEndpointId endpointId,
        String webhookId,
        @Nullable Long eventId,
        String type,
        @Nullable TenantId tenantId,
        WebhookMessageState state,
        int attempts,
        @Nullable Instant dueAt,
        Instant createdAt,
        @Nullable Instant endedAt) {
    public static final RecordField<WebhookMessage, WebhookMessageId> ID = RecordField.of("id");
    public static final RecordField<WebhookMessage, WebhookEndpointId> ENDPOINT_ID = RecordField.of("endpointId");
    public static final RecordField<WebhookMessage, String> WEBHOOK_ID = RecordField.of("webhookId");
    public static final RecordField<WebhookMessage, Long> EVENT_ID = RecordField.of("eventId");
    public static final RecordField<WebhookMessage, String> TYPE = RecordField.of("type");
    public static final RecordField<WebhookMessage, TenantId> TENANT_ID = RecordField.of("tenantId");
    public static final RecordField<WebhookMessage, WebhookMessageState> STATE = RecordField.of("state");
    public static final RecordField<WebhookMessage, Integer> ATTEMPTS = RecordField.of("attempts");
    public static final RecordField<WebhookMessage, Instant> DUE_AT = RecordField.of("dueAt");
    public static final RecordField<WebhookMessage, Instant> CREATED_AT = RecordField.of("createdAt");
    public static final RecordField<WebhookMessage, Instant> ENDED_AT = RecordField.of("endedAt");

    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public WebhookMessage {}
}
