// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** The erasure of customers, with everything that names them. */
public interface Erasures {
    /**
     * Erases a customer, and waits until this is done. It cannot be undone. The customer's accounts are closed. Its
     * tenants and the preview copies of them are deleted for good with their backups, as {@link Tenants#purge} does.
     * The names, addresses and texts of the customer are replaced in what stays: the audit log, operations, usage and
     * tombstones. Then its accounts and its own record are removed. The audit log gets {@link
     * EventType#CUSTOMER_ERASED}. Does nothing if the customer has been erased already.
     *
     * <p>Only for administrators. A step that fails is tried again until it is done, so a database server that is down
     * delays the rest. So does an operation that names the customer and has not ended, such as a paused campaign. An
     * erasure cannot be cancelled after its first step.
     *
     * @throws SaasException {@code record.missing}; {@code record.in-use} if an account of the customer is an
     *     administrator, or owns a tenant of another customer; {@code operation.in-progress} if it is being erased;
     *     {@code operation.unfinished} if it has started and failed, or {@code tenant.busy} if it waits for another
     *     operation: in both cases it is continued; {@code access.not-allowed}
     */
    void erase(CustomerId customer);
}
