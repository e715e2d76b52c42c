// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

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
