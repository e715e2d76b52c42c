// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.Permission.*;

import java.util.Collections;
import java.util.EnumSet;
import java.util.Set;

/** What an account may do for a customer: a fixed set of permissions. */
public enum TeamRole {
    /** Has all permissions of a team. A customer that has accounts has at least one owner. */
    OWNER(EnumSet.range(VIEW, OWN)),

    /** Has all permissions of a team but {@link Permission#OWN}. */
    ADMINISTRATOR(EnumSet.range(VIEW, MANAGE_TEAM)),

    /** Sees what the customer uses and pays, and moves tenants to other plans. Sees nothing inside databases. */
    BILLING(EnumSet.of(VIEW, VIEW_BILLING, SWITCH_PLANS)),

    /** Works with tenants. Deletes none, and sees no payments. */
    MEMBER(EnumSet.of(VIEW, CREATE_TENANTS, CHANGE_TENANTS, ENTER_TENANTS, BACK_UP, RESTORE_BACKUPS, EXPORT)),

    /** Sees tenants, and changes nothing. */
    READER(EnumSet.of(VIEW));

    private final Set<Permission> permissions;

    TeamRole(Set<Permission> permissions) {
        this.permissions = Collections.unmodifiableSet(permissions);
    }

    /** Returns what an account with this role may do. */
    public Set<Permission> permissions() {
        return permissions;
    }

    /** Returns whether this role may do all that another role may. */
    public boolean covers(TeamRole other) {
        return permissions.containsAll(other.permissions);
    }
}
