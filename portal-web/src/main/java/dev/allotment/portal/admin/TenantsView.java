// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.ListControls;
import java.util.List;

/** The content of the list of tenants. */
public record TenantsView(List<DatabaseRow> rows, ListControls list) {
    public TenantsView {
        rows = List.copyOf(rows);
    }
}
