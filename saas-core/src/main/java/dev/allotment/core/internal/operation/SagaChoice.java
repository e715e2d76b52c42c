// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.spi.backend.StoredOperation;

/** Chooses the saga of an operation whose kind has several. If a kind has one, that is the choice itself. */
public interface SagaChoice {
    /** The saga that runs an operation; the same one each time. */
    Saga<?> sagaOf(StoredOperation operation);
}
