// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What uninstalling an add-on would delete in a tenant database. Its groups with their memberships go in any case.
 *
 * <p>Immutable.
 *
 * @param addon the technical name of the add-on
 * @param title for display
 * @param tables the tables that its script drops, in the order of the script; empty: it drops none
 * @param otherStatements whether the script also contains other statements, which may delete more
 */
public record AddonRemoval(String addon, String title, List<DroppedTable> tables, boolean otherStatements) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public AddonRemoval {
        tables = List.copyOf(tables);
    }

    /**
     * A table that is dropped with its rows.
     *
     * @param rows how many rows it has, as the statistics of the database server say; null: not known
     */
    public record DroppedTable(String name, @Nullable Long rows) {}
}
