// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * That a listener has still to be told an event.
 *
 * @param attempts so far
 * @param dueAt not before; while somebody is telling it, when that one counts as dead
 * @param lastError why the last attempt failed, in a word
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
}
