// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/**
 * Where a {@link Tenant} is in its life cycle. {@link #DRAFT}, {@link #OPEN} and {@link #SUSPENDED} count against its
 * customer's limits.
 */
public enum TenantState {
    /** Its name is reserved and its database is being created. */
    DRAFT,

    /** In use. */
    OPEN,

    /** Its database exists, but only its administrator may sign in. */
    SUSPENDED,

    /** Soft-deleted: sign-in is disabled; the database exists and can be restored. */
    RETAINED,

    /** Its database was removed; the record stays as a tombstone. */
    DELETED;

    /** Returns whether a tenant in this state is in use or will be, and counts against limits. */
    public boolean live() {
        return this == DRAFT || this == OPEN || this == SUSPENDED;
    }

    /** Returns whether a tenant in this state has a database, or will have one. */
    public boolean hasDatabase() {
        return live() || this == RETAINED;
    }
}
