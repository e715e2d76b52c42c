// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;

/**
 * A stored operation, and what runs it.
 *
 * @param found what is known already, so that the first run need not look for it
 */
public record StartedOperation<F>(StoredOperation operation, Saga<F> saga, F found) {
    public StartedOperation(StoredOperation operation, Saga<F> saga) {
        this(operation, saga, saga.resume());
    }

    /**
     * Stores a drafted operation.
     *
     * @throws dev.allotment.SaasException {@code tenant.busy}
     */
    public static <F> StartedOperation<F> store(Transaction tx, StoredOperation.Builder draft, Saga<F> saga) {
        return new StartedOperation<>(OperationLeases.start(tx, draft.build()), saga);
    }
}
