// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Pager;
import java.util.List;

/** The content of the list of tenants. */
public record TenantsView(List<DatabaseRow> rows, String search, List<SelectOption> states, Pager pager) {
    public TenantsView {
        rows = List.copyOf(rows);
        states = List.copyOf(states);
    }
}
