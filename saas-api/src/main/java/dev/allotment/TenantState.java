// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Where a {@link Tenant} stands. DRAFT, OPEN and SUSPENDED count against its customer's limits. */
public enum TenantState {
    /** Its name and its place are reserved, its database is being made. */
    DRAFT,
    /** In use. */
    OPEN,
    /** Suspended: it exists, and nobody gets in. */
    SUSPENDED,
    /** Deleted, and nobody gets in; its database is kept for a while, and can be restored. */
    RETAINED,
    /** Gone; the row stays behind as a tombstone. */
    DELETED;

    /** Whether a tenant in this state has or gets a database that is in use, and counts against limits. */
    public boolean live() {
        return this == DRAFT || this == OPEN || this == SUSPENDED;
    }

    /** Whether a tenant in this state has or gets a database. */
    public boolean hasDatabase() {
        return live() || this == RETAINED;
    }
}
