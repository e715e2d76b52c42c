// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Internal;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import org.jspecify.annotations.Nullable;

/**
 * What a thread of this process does for an operation, for a {@link WorkObserver}.
 *
 * <p>Immutable.
 *
 * @param operation the operation
 * @param kind what the operation does
 * @param tenant the name of its tenant when this process started to work on it; null: it has none, or the name is not
 *     known
 * @param step the step of the operation; null: the operation as a whole, from its start or its last recorded step
 */
public record Work(
        OperationId operation,
        OperationKind kind,
        @Nullable String tenant,
        @Nullable String step) {
    /** Later versions may add parts. */
    @Internal
    public Work {}
}
