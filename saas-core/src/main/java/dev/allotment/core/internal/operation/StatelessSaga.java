// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;

/** A saga whose steps need nothing of each other. */
public interface StatelessSaga extends Saga<Saga.Nothing> {
    /** Makes the changes of the transaction that finishes the operation. */
    default void finish(Transaction tx, StoredOperation operation) {}

    @Override
    default Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        finish(tx, operation);
        return found;
    }

    @Override
    default Nothing resume() {
        return Nothing.NOTHING;
    }
}
