// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import java.util.List;
import java.util.Optional;

/**
 * A part of a product that tenants can have installed: tables, groups and the scripts that create them.
 *
 * <p>Versions are compared number by number ({@code 1.10} follows {@code 1.9}). Installing an add-on runs all its
 * migrations in order. Updating it runs those above the installed version. Implementations are immutable.
 */
public interface Addon {
    /**
     * Returns the technical name: lower case letters, digits and underscores, with no digit or underscore first,
     * such as {@code point_of_sale}.
     */
    String name();

    /** Returns the version, such as {@code 1.2}. It is not below that of the last migration. */
    String version();

    /** Returns the title, for display. */
    String title();

    /** Returns the technical names of the add-ons that must be installed first. */
    List<String> dependencies();

    /** Returns the groups that the add-on brings. */
    List<GroupDefinition> groups();

    /**
     * Returns the migrations for a kind of backend, ordered by version.
     *
     * @param dialect the name of the backend; scripts that all backends understand are returned for every dialect
     */
    List<Migration> migrations(String dialect);

    /**
     * Returns the script that removes what the migrations created; empty if there is nothing to remove.
     *
     * @param dialect the name of the backend
     */
    Optional<String> uninstallScript(String dialect);

    /**
     * Returns the script that makes a copy of a tenant with this add-on harmless; empty if there is nothing to do.
     * The script runs before the copy is opened. Default: empty.
     *
     * @param dialect the name of the backend
     */
    default Optional<String> neutraliseScript(String dialect) {
        return Optional.empty();
    }

    /**
     * A group of access rights that the add-on brings.
     *
     * @param name without the add-on's name, such as {@code group_stock_manager}; or a complete XML id with a dot, if
     *     the group is known under another prefix
     * @param title for display
     * @param everyone whether every regular member joins the group from the start
     */
    record GroupDefinition(String name, String title, boolean everyone) {}

    /**
     * One step of the add-on's schema.
     *
     * @param version the version after the script ran
     * @param script any number of SQL statements
     */
    record Migration(String version, String script) {}
}
