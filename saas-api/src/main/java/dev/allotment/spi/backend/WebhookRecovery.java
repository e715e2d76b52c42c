// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.webhook.WebhookEndpointId;
import java.time.Instant;

/**
 * A request to send the events of the past to a webhook endpoint.
 *
 * @param id 0 before it is stored
 * @param endpointId the endpoint
 * @param since the time of the first event
 * @param eventId the latest event that was considered
 * @param lastEventId the last event to consider
 */
public record WebhookRecovery(long id, WebhookEndpointId endpointId, Instant since, long eventId, long lastEventId) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<WebhookRecovery, Long> ID = RecordField.of("id");

    /** The field {@code endpointId}, for filters and sort keys. */
    public static final RecordField<WebhookRecovery, WebhookEndpointId> ENDPOINT_ID = RecordField.of("endpointId");

    /** The field {@code since}, for filters and sort keys. */
    public static final RecordField<WebhookRecovery, Instant> SINCE = RecordField.of("since");

    /** The field {@code eventId}, for filters and sort keys. */
    public static final RecordField<WebhookRecovery, Long> EVENT_ID = RecordField.of("eventId");

    /** The field {@code lastEventId}, for filters and sort keys. */
    public static final RecordField<WebhookRecovery, Long> LAST_EVENT_ID = RecordField.of("lastEventId");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public WebhookRecovery {}
}
