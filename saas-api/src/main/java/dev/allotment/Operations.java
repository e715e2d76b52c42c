// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;

/**
 * Long actions, running and ended. A portal user sees those of its customer's client databases, and those that it began
 * itself, which it may cancel.
 */
public interface Operations extends Lookup<OperationId, Operation> {
    /**
     * Finishes or undoes every operation that has lost its node, now. One that failed before is tried again at once; the
     * maintenance, which does the same, lets it wait for longer each time, from five seconds to ten minutes. Opening a control
     * plane finishes what a dead process of the same name has left. Safe on any number of nodes at once.
     *
     * @return how many operations it ended
     */
    int recover();

    /**
     * Waits until an operation has ended.
     *
     * @return the operation as it is then; still running where the time ran out before
     */
    Operation await(OperationId operation, Duration timeout);

    /**
     * Asks for an operation to be undone at its next step. One that has ended, or has begun and can only go on, is not: its
     * state tells.
     */
    Operation cancel(OperationId operation);
}
