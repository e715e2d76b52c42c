// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import dev.allotment.webhook.WebhookEndpointId;

/**
 * What a receiver of usage knows this installation by.
 *
 * @param id 0 before it is stored
 * @param endpointId the endpoint
 * @param sealed the token, encrypted
 */
public record WebhookToken(long id, WebhookEndpointId endpointId, String sealed) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<WebhookToken, Long> ID = RecordField.of("id");

    /** The field {@code endpointId}, for filters and sort keys. */
    public static final RecordField<WebhookToken, WebhookEndpointId> ENDPOINT_ID = RecordField.of("endpointId");

    /** The field {@code sealed}, for filters and sort keys. */
    public static final RecordField<WebhookToken, String> SEALED = RecordField.of("sealed");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public WebhookToken {}
}
