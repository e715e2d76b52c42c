// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Operation;
import dev.allotment.spi.backend.Transaction;

/**
 * A saga that, once begun, is only ever finished: what fails is tried again until it succeeds. One that is cancelled before
 * that has nothing to undo.
 */
abstract class ForwardSaga implements Saga {
    @Override
    public final boolean undoable(Operation operation) {
        return false;
    }

    @Override
    public final void undo(Operation operation) {
        // Nothing was begun.
    }

    /** Whoever took over came to the same end; where something leads back from it, the saga says more. */
    @Override
    public void withdraw(Operation operation) {
        // Nothing to make good.
    }

    @Override
    public final void undone(Transaction tx, Operation operation) {
        // Nothing was begun.
    }
}
