// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.core.internal.operation.SagaRegistry;
import dev.allotment.spi.backend.StoredOperation;

/** The two sagas of a move. Which one runs is decided when the operation starts, and stored in its input. */
record MoveSagas(LiveMoveSaga live, ClosedMoveSaga closed) implements SagaRegistry.Choice {
    @Override
    public MoveSaga sagaOf(StoredOperation operation) {
        return MoveSaga.INPUT.find(operation).filter(MoveSaga.Input::live).isPresent() ? live : closed;
    }
}
