// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A database name that nobody else may take, in the whole control plane.
 *
 * @param name unique
 * @param holder the identity of the tenant or template that has it, or had it
 * @param until null while its holder lives; the end of its quarantine after that
 */
public record ReservedName(
        long id, String name, UUID holder, @Nullable Instant until) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<ReservedName, Long> ID = RecordField.of("id");

    /** The field {@code name}, for filters and sort keys. */
    public static final RecordField<ReservedName, String> NAME = RecordField.of("name");

    /** The field {@code holder}, for filters and sort keys. */
    public static final RecordField<ReservedName, UUID> HOLDER = RecordField.of("holder");

    /** The field {@code until}, for filters and sort keys. */
    public static final RecordField<ReservedName, Instant> UNTIL = RecordField.of("until");
}
