// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.util.List;

/**
 * Up to which event messages to webhook endpoints were made. There is one if there is an endpoint.
 *
 * @param id 0 before it is stored
 * @param name always the same, so that there is one
 * @param eventId the latest event for which messages were made
 * @param missing the ids before it that have no event yet, since their transactions may still be running: numbers, and
 *     ranges such as {@code 5-9}
 */
public record WebhookPosition(long id, String name, long eventId, List<String> missing) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<WebhookPosition, Long> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<WebhookPosition, String> NAME = RecordField.of("name");

    /** The field {@code eventId}, for filters and sort keys. */
    public static final RecordField<WebhookPosition, Long> EVENT_ID = RecordField.of("eventId");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public WebhookPosition {
        missing = List.copyOf(missing);
    }
}
