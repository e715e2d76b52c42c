// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.CHANGE_TENANTS;
import static dev.allotment.Permission.RETRY_OPERATIONS;
import static dev.allotment.Permission.VIEW;

import java.time.Duration;

/**
 * The operations, running and finished. A portal user sees those of its customer's tenants and those that it started;
 * it may cancel the latter.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(VIEW)
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
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW)
    Operation await(OperationId operation, Duration timeout);

    /**
     * Requests that an operation is undone at its next step. An operation that has finished, or that can only be
     * completed, is not undone; the state of the returned operation shows it.
     */
    @AllowedFor(TENANTS)
    @Needs(CHANGE_TENANTS)
    Operation cancel(OperationId operation);

    /**
     * Lets an operation that has failed, and is neither finished nor undone, be tried again within seconds when its
     * server can be reached: it does not wait for the rest of its time, and the next failure counts as the first. Does
     * nothing else, and does not wait. An operation that a node works on is not changed. One that has finished cannot
     * be retried: what failed was undone, so the caller repeats the request.
     *
     * @throws SaasException {@code operation.ended}; {@code access.not-allowed} if the actor is not an administrator;
     *     {@code record.missing}
     */
    @AllowedFor(TENANTS)
    @Needs(RETRY_OPERATIONS)
    Operation retry(OperationId operation);

    /**
     * Ends an operation that can be neither finished nor undone, so that its tenant is free again. Only the catalog
     * changes: a creation is forgotten, a configuration or a move to another plan counts as not done, and a change or a
     * deletion leaves the tenant in its state in the catalog. Databases may be left in between; the operation's message
     * and the {@linkplain EventType#OPERATION_ABANDONED audit event} name them. A node that still runs the operation
     * stops at its next step. An operation that has finished does not change.
     *
     * @param reason for the audit log; 1 to 255 printable characters
     * @throws SaasException {@code access.not-allowed} if the actor is not an administrator, {@code record.missing},
     *     {@code configuration.invalid} for the reason
     */
    Operation abandon(OperationId operation, String reason);
}
