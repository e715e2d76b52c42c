// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Role;
import dev.allotment.TeamRole;
import dev.allotment.text.Texts;
import java.util.Locale;

/** The roles in a team, for people. */
public final class RoleWords {
    private RoleWords() {}

    /** Returns the name of a role, such as {@code owner}. */
    static String name(TeamRole role, Texts texts) {
        return texts.text("role." + role.name().toLowerCase(Locale.ROOT));
    }

    /** A role in a team, as the start of a line. */
    public static String title(TeamRole role, Texts texts) {
        String name = name(role, texts);
        int first = name.offsetByCodePoints(0, 1);
        return name.substring(0, first).toUpperCase(texts.locale()) + name.substring(first);
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
    public static String withArticle(TeamRole role, Texts texts) {
        return texts.text("role." + role.name().toLowerCase(Locale.ROOT) + ".with-article");
    }

    /** Returns what a role is for, as a sentence. */
    public static String purpose(TeamRole role, Texts texts) {
        return texts.text("role." + role.name().toLowerCase(Locale.ROOT) + ".purpose");
    }
}
