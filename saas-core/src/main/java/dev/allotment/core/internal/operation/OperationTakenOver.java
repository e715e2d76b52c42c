// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.StoredOperation;
import java.util.Map;

/**
 * Thrown by a run whose operation another node has taken over: it must stop, and undo what it did after the takeover.
 */
public final class OperationTakenOver extends SaasException {
    private static final long serialVersionUID = 1L;

    public OperationTakenOver(StoredOperation operation) {
        super(
                ErrorCategory.UNAVAILABLE,
                ErrorCodes.OPERATION_IN_PROGRESS,
                "Operation " + operation.id() + " was taken over by another node; request its result.",
                Map.of("operation", operation.id().toString()),
                true,
                null);
    }
}
