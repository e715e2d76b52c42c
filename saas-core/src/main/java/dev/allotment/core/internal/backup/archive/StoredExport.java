// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup.archive;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;

/**
 * An export in the store of the backups.
 *
 * @param id the UUID of its operation
 * @param run the run of the operation that has written it, a number that no other run has
 */
public record StoredExport(UUID tenant, UUID id, Instant expiresAt, long run) {
    /** The result of an operation that says which of its runs has written the export. */
    public static final String RUN = "run";

    /** The last one of some operations that has made an export, which the earlier ones have not any more. */
    public static Optional<StoredOperation> last(Transaction tx, Filter<StoredOperation> which) {
        Filter<StoredOperation> made = Filter.and(
                which,
                Filter.equal(StoredOperation.KIND, OperationKind.EXPORT_TENANT),
                Filter.equal(StoredOperation.STATE, OperationState.DONE));
        return tx
                .records(RecordTypes.OPERATIONS)
                .list(Query.where(made).orderByDescending(StoredOperation.ID).page(0, 1))
                .stream()
                .findFirst();
    }

    /** The run that has written what an operation has made; 0: none. */
    public static long run(StoredOperation operation) {
        return Long.parseLong(operation.result().getOrDefault(RUN, "0"));
    }
}
