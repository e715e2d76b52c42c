// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Operation;

/**
 * An operation that is stored, and what runs it.
 *
 * @param found what is known already, so that the first run need not look for it
 */
public record StartedOperation<F>(Operation operation, Saga<F> saga, F found) {
    public StartedOperation(Operation operation, Saga<F> saga) {
        this(operation, saga, saga.resume());
    }
}
