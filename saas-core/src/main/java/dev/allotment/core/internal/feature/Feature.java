// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.feature;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.operation.SagaRegistry;
import java.util.List;
import java.util.Map;

/** A capability of the control plane: what it contributes to the operations and to the maintenance. */
public interface Feature {
    /** The sagas of its operations. */
    default Map<OperationKind, ? extends SagaRegistry.Choice> sagas() {
        return Map.of();
    }

    /** Its work that is due from time to time. */
    default List<DueWork> dueWork() {
        return List.of();
    }
}
