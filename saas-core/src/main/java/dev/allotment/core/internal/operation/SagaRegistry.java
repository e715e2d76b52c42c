// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.OperationKind;
import java.util.Map;
import java.util.Optional;

/**
 * Knows which saga runs which kind of operation. Sagas have no state, so one instance of each serves all operations.
 */
public final class SagaRegistry {
    private final Map<OperationKind, Saga<?>> sagas;

    public SagaRegistry(Map<OperationKind, Saga<?>> sagas) {
        this.sagas = Map.copyOf(sagas);
    }

    /** The saga of this kind; empty for operations that are stored after the fact. */
    public Optional<Saga<?>> find(OperationKind kind) {
        return Optional.ofNullable(sagas.get(kind));
    }

    Saga<?> get(OperationKind kind) {
        return find(kind).orElseThrow(() -> new IllegalStateException("Operation " + kind + " has no steps"));
    }
}
