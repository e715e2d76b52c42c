// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Long actions, running and ended; for administrators. */
public interface Operations extends Lookup<OperationId, Operation> {
    /**
     * Finishes or undoes every operation that has lost its node. Runs when a control plane is opened; a host with several
     * nodes calls it now and then as well. Safe on any number of nodes at once.
     *
     * @return how many operations it ended
     */
    int recover();
}
