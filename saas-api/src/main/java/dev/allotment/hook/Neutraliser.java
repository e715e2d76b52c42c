// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Tenant;

/**
 * Makes a copy of a tenant harmless before it is opened: no email, no jobs, payments in test mode.
 *
 * <p>The embedder registers it at the builder, on every node. A copy is opened after all neutralisers have succeeded.
 * If one fails, the copy is removed. Implementations must be safe for use by several threads.
 */
public interface Neutraliser {
    /**
     * Returns a stable name: 1 to 100 lower case letters, digits, hyphens and underscores. The audit log and the copy
     * itself contain it.
     */
    String name();

    /**
     * Changes the copy. All neutralisers of a copy run in one transaction. They may run again for the same copy, so
     * they must not change anything outside of it.
     *
     * @param copy the copy, as stored in the catalog
     * @param transaction inside the copy's database
     * @throws RuntimeException to give the copy up; the caller receives {@code neutraliser.failed} with this as the
     *     cause
     */
    void neutralise(Tenant copy, TenantTransaction transaction);
}
