// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

/** Ends a run that leaves its operation for later: the record says already that it is paused or put off. */
public final class OperationDeferred extends RuntimeException {
    private static final long serialVersionUID = 1L;

    public OperationDeferred() {
        super("The operation is left for later", null, false, false);
    }
}
