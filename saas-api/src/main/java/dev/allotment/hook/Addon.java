// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import java.util.List;
import java.util.Optional;

/**
 * A part that client databases can have installed. Immutable.
 *
 * <p>Versions are ordered part by part, numerically ({@code 1.10} follows {@code 1.9}). Installing runs every migration in
 * order; updating those above the installed version.
 */
public interface Addon {
    /** Lower case letters, digits and underscores, beginning with a letter, such as {@code point_of_sale}. */
    String name();

    /** That of its last migration at least, such as {@code 1.2}. */
    String version();

    /** For people. */
    String title();

    /** Technical names of add-ons that must be installed before it. */
    List<String> dependencies();

    List<GroupDefinition> groups();

    /**
     * Its migrations for a kind of backend, by version.
     *
     * @param dialect the name of the backend; scripts in the common part of SQL serve every dialect
     */
    List<Migration> migrations(String dialect);

    /** Removes what the migrations made; empty: nothing to remove. */
    Optional<String> uninstallScript(String dialect);

    /** Makes a copy of a database that has it harmless, before anybody gets in; empty: nothing to do. */
    default Optional<String> neutraliseScript(String dialect) {
        return Optional.empty();
    }

    /**
     * A group of rights that comes with it.
     *
     * @param name without the add-on, such as {@code group_stock_manager}; or a whole XML id, with a dot, where the group is
     *     known under another prefix
     * @param title for people
     * @param everyone whether every regular user is in it from the beginning
     */
    record GroupDefinition(String name, String title, boolean everyone) {}

    /** One step of its schema. */
    record Migration(String version, String script) {}
}
