// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Role;
import dev.allotment.TeamRole;

/** The roles in a team, for people. */
public final class RoleWords {
    private RoleWords() {}

    /** Returns the name of a role, such as {@code owner}. */
    public static String name(TeamRole role) {
        return switch (role) {
            case OWNER -> "owner";
            case ADMINISTRATOR -> "administrator";
            case BILLING -> "billing";
            case MEMBER -> "member";
            case READER -> "reader";
        };
    }

    /** Returns the name of the role of an account, such as {@code Support}. */
    public static String title(Role role) {
        return switch (role) {
            case ADMINISTRATOR -> "Administrator";
            case SUPPORT -> "Support";
            case BILLING -> "Billing";
            case READER -> "Reader";
            case PORTAL -> "Customer";
        };
    }

    /** Returns the name of the role of an account, and what it is for. */
    public static String description(Role role) {
        return title(role)
                + switch (role) {
                    case ADMINISTRATOR -> ": does everything";
                    case SUPPORT -> ": sees everything, suspends databases, retries operations, and sends emails again";
                    case BILLING -> ": sees everything, and changes customers, prices and payments";
                    case READER -> ": sees everything, and changes nothing";
                    case PORTAL -> ": sees the databases of its teams";
                };
    }

    /** Returns the name of a role for a sentence, such as {@code an owner}. */
    public static String withArticle(TeamRole role) {
        return switch (role) {
            case OWNER -> "an owner";
            case ADMINISTRATOR -> "an administrator";
            case BILLING -> "a billing contact";
            case MEMBER -> "a member";
            case READER -> "a reader";
        };
    }

    /** Returns what a role is for, as a sentence. */
    public static String purpose(TeamRole role) {
        return switch (role) {
            case OWNER -> "Does everything, and appoints other owners.";
            case ADMINISTRATOR -> "Does everything except for what only owners do.";
            case BILLING -> "Sees usage and payments, and changes plans.";
            case MEMBER -> "Creates and changes databases, but deletes none, and sees no payments.";
            case READER -> "Sees databases, and changes nothing.";
        };
    }
}
