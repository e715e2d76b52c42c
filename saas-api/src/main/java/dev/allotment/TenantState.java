// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Where a {@link Tenant} stands. Every state but CANCELLED and DELETED counts against its customer's limits. */
public enum TenantState {
    /** Its name and its place are reserved, its database is being made. */
    DRAFT,
    /** In use. */
    OPEN,
    /** Suspended: it exists, and nobody gets in. */
    PENDING,
    /** Given up before it was opened. */
    CANCELLED,
    /** Gone; the row stays behind as a tombstone. */
    DELETED;

    /** Whether a tenant in this state has or gets a database, and counts against limits. */
    public boolean live() {
        return this != CANCELLED && this != DELETED;
    }
}
