// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Internal;
import dev.allotment.RecordField;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * An event that is still to be delivered to a listener.
 *
 * @param id 0 before it is stored
 * @param eventId the event
 * @param listener the name of the listener
 * @param attempts how often the delivery was tried
 * @param dueAt when it is tried next; during a delivery, when the delivering node counts as dead
 * @param lastError why the last attempt failed; null: there was none, or it has not failed
 */
public record Delivery(
        long id,
        long eventId,
        String listener,
        int attempts,
        Instant dueAt,
        @Nullable String lastError) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<Delivery, Long> ID = RecordField.of("id");

    /** The field {@code eventId}, for filters and sort keys. */
    public static final RecordField<Delivery, Long> EVENT_ID = RecordField.of("eventId");

    /** The field {@code listener}, for filters and sort keys. */
    public static final RecordField<Delivery, String> LISTENER = RecordField.of("listener");

    /** The field {@code attempts}, for filters and sort keys. */
    public static final RecordField<Delivery, Integer> ATTEMPTS = RecordField.of("attempts");

    /** The field {@code dueAt}, for filters and sort keys. */
    public static final RecordField<Delivery, Instant> DUE_AT = RecordField.of("dueAt");

    /** The field {@code lastError}, for filters and sort keys. */
    public static final RecordField<Delivery, String> LAST_ERROR = RecordField.of("lastError");

    /** Creates a record from all its components. Only the core and {@link RecordType} do. */
    @Internal
    public Delivery {}
}
