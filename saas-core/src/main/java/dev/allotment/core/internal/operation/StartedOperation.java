// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;

/**
 * A stored operation, and what runs it.
 *
 * @param found what is known already, so that the first run need not look for it
 */
public record StartedOperation<F>(StoredOperation operation, Saga<F> saga, F found) {
    public StartedOperation(StoredOperation operation, Saga<F> saga) {
        this(operation, saga, saga.resume());
    }
}
