// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.RecordField;
import java.util.UUID;

/**
 * Written into a client database in the transaction that an operation made there, so that whoever finds the operation
 * unfinished knows whether that transaction was committed.
 *
 * @param operation unique
 */
public record AppliedOperation(long id, UUID operation) {
    /** The field {@code id}, for filters and sort keys. */
    public static final RecordField<AppliedOperation, Long> ID = RecordField.of("id");

    /** The field {@code operation}, for filters and sort keys. */
    public static final RecordField<AppliedOperation, UUID> OPERATION = RecordField.of("operation");
}
