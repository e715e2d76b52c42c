// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * A database name that others cannot take, in the whole control plane.
 *
 * @param id 0 before it is stored
 * @param name unique
 * @param holder the identity of the tenant or template that has it, or had it
 * @param until the end of its cool-down; null while its holder has it
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
