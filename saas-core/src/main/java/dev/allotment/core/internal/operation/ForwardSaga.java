// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;

/**
 * A saga that, once started, is only ever finished: what fails is tried again until it succeeds. There is nothing to
 * undo if it is cancelled before its first step.
 */
public abstract class ForwardSaga<F> implements Saga<F> {
    @Override
    public final boolean undoable(StoredOperation operation) {
        return false;
    }

    @Override
    public final void undo(StoredOperation operation, F found) {
        // Nothing was started.
    }

    /** Does nothing, since the node that took over reaches the same result; a saga that can be reversed does more. */
    @Override
    public void retractLateEffects(StoredOperation operation, F found) {
        // Nothing to repair.
    }

    @Override
    public final void undone(Transaction tx, StoredOperation operation) {
        // Nothing was started.
    }
}
