// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import java.util.UUID;

/**
 * An operation marker: a row in a tenant database that proves that the operation's transaction there was committed.
 *
 * @param id 0 before it is stored
 * @param operation the UUID of the operation, unique
 */
public record AppliedOperation(long id, UUID operation) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<AppliedOperation, Long> ID = RecordField.of("id");

    /** The field {@code operation}, for filters and sort keys. */
    public static final RecordField<AppliedOperation, UUID> OPERATION = RecordField.of("operation");
}
