// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.portal.web.Pager;
import java.util.List;

/**
 * The list of one's own client databases.
 *
 * @param busy whether one of them is about to change by itself
 * @param offered whether there is a plan that a new one may be started on
 */
public record DatabasesView(List<DatabaseCard> databases, boolean busy, boolean offered, Pager pager) {
    public DatabasesView {
        databases = List.copyOf(databases);
    }

    /** Whether there is none on any page. */
    public boolean none() {
        return pager.text().isEmpty();
    }
}
