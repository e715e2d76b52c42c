// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.webhook.WebhookEndpointId;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * What messages to a webhook endpoint are signed with.
 *
 * @param id 0 before it is stored
 * @param endpointId the endpoint
 * @param sealed the secret or the keys, encrypted
 * @param until when it stops to sign; null: it is the current one
 */
public record WebhookSecret(
        long id,
        WebhookEndpointId endpointId,
        String sealed,
        @Nullable Instant until) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<WebhookSecret, Long> ID = RecordField.of("id");

    /** The field {@code endpointId}, for filters and sort keys. */
    public static final RecordField<WebhookSecret, WebhookEndpointId> ENDPOINT_ID = RecordField.of("endpointId");

    /** The field {@code sealed}, for filters and sort keys. */
    public static final RecordField<WebhookSecret, String> SEALED = RecordField.of("sealed");

    /** The field {@code until}, for filters and sort keys. */
    public static final RecordField<WebhookSecret, Instant> UNTIL = RecordField.of("until");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public WebhookSecret {}
}
