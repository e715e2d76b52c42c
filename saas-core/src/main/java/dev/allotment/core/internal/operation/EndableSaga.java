// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/**
 * A saga that may end after any of its steps: what was done stays, and a later operation does the rest. So a suspension
 * or a deletion supersedes it at any time, unless {@link SupersededOperations} counts its kind as short: then the
 * suspension or deletion is refused with {@code tenant.busy} until the saga has ended, or is stuck.
 */
public interface EndableSaga<F> extends Saga<F> {
    @Override
    default boolean undoable(StoredOperation operation) {
        return true;
    }

    @Override
    default void undo(StoredOperation operation, F found) {
        // What was done stays.
    }

    @Override
    default void undone(Transaction tx, StoredOperation operation) {
        // Nothing was written to the catalog.
    }

    @Override
    default Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        return Optional.of(OperationState.FAILED);
    }
}
