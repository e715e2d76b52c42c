// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.Permission.*;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/**
 * What an account may do at the main database. All roles but {@link #PORTAL} are roles of operators: a fixed set of
 * permissions, which applies to all customers and to the installation.
 */
public enum Role {
    /** May do everything. An installation always has an active administrator. */
    ADMINISTRATOR(EnumSet.allOf(Permission.class)),

    /**
     * Sees what an administrator sees, suspends and resumes tenants, retries operations, sends messages again, and
     * enters tenants after their customers have agreed.
     */
    SUPPORT(EnumSet.of(
            VIEW, VIEW_BILLING, VIEW_INSTALLATION, SUSPEND_TENANTS, RETRY_OPERATIONS, RESEND, ENTER_FOR_SUPPORT)),

    /** Sees what an administrator sees, and manages customers, the prices of plans, payments and usage. */
    BILLING(EnumSet.of(VIEW, VIEW_BILLING, VIEW_INSTALLATION, MANAGE_CUSTOMERS, MANAGE_BILLING)),

    /** Sees what an administrator sees, and changes nothing but itself. */
    READER(EnumSet.of(VIEW, VIEW_BILLING, VIEW_INSTALLATION)),

    /** An account of a customer, whose {@link TeamRole} says what it may do. Sees only what belongs to the customer. */
    PORTAL(EnumSet.noneOf(Permission.class));

    private final Set<Permission> permissions;

    Role(Set<Permission> permissions) {
        this.permissions = Collections.unmodifiableSet(permissions);
    }

    /** Returns what an operator with this role may do for all customers. Empty for {@link #PORTAL}. */
    public Set<Permission> permissions() {
        return permissions;
    }
}
