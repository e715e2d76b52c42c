// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.AddonRemoval;
import java.util.List;

/**
 * The content of the page that asks before add-ons are uninstalled.
 *
 * @param id of the tenant
 * @param confirmed the value that confirms the removal of exactly these add-ons
 * @param fields of the form that configures the tenant, to be sent again
 */
public record UninstallView(long id, String name, List<AddonRemoval> removals, String confirmed, List<Field> fields) {
    public UninstallView {
        removals = List.copyOf(removals);
        fields = List.copyOf(fields);
    }

    /** A field of a form. */
    public record Field(String name, String value) {}

    /** Describes how many rows a table has, such as {@code about 12 rows}. */
    public static String rows(AddonRemoval.DroppedTable table) {
        Long rows = table.rows();
        return rows == null ? "number of rows not known" : rows == 1 ? "about 1 row" : "about " + rows + " rows";
    }
}
