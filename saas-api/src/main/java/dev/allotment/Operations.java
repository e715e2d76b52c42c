// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.time.Duration;

/**
 * The operations, running and finished. A portal user sees those of its customer's tenants and those that it started;
 * it may cancel the latter.
 */
public interface Operations extends Lookup<OperationId, Operation> {
    /**
     * Finishes or undoes every operation of a dead node, now. An operation that failed before is retried at once; the
     * maintenance, which also recovers, waits longer each time, from five seconds to ten minutes.
     *
     * <p>Opening a control plane recovers what a dead process with the same node name left. Safe on any number of
     * nodes at the same time.
     *
     * @return how many operations were finished or undone
     */
    int recover();

    /**
     * Waits until an operation has finished.
     *
     * @return the operation after that, or still running if the timeout expired
     */
    Operation await(OperationId operation, Duration timeout);

    /**
     * Requests that an operation is undone at its next step. An operation that has finished, or that can only be
     * completed, is not undone; the state of the returned operation shows it.
     */
    Operation cancel(OperationId operation);
}
