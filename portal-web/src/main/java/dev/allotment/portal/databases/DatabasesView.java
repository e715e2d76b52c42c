// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.ListControls;
import java.util.List;

/**
 * The content of the list of a user's databases.
 *
 * @param deleted those that are soft-deleted
 * @param restore the problems of restoring one
 * @param busy whether a database on the page is about to change
 * @param offered whether a plan is available for a new database
 */
public record DatabasesView(
        List<DatabaseCard> databases,
        List<DeletedDatabase> deleted,
        Form restore,
        boolean busy,
        boolean offered,
        ListControls list) {
    private static final int FEW = 8;

    public DatabasesView {
        databases = List.copyOf(databases);
        deleted = List.copyOf(deleted);
    }

    /** Whether the user has no databases. */
    public boolean none() {
        return databases.isEmpty() && list.clear().isEmpty();
    }

    /** Whether the list is long enough for search and filters, or has problems with them. */
    public boolean searched() {
        return databases.size() > FEW
                || list.pager().needed()
                || !list.clear().isEmpty()
                || !list.form().isFine();
    }
}
