// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.ListControls;
import java.util.List;

/** The content of the list of plans. */
public record PlansView(List<Row> rows, ListControls list) {
    public PlansView {
        rows = List.copyOf(rows);
    }

    /**
     * A plan in the list.
     *
     * @param databases how many tenants use the plan
     */
    public record Row(
            long id, String name, String summary, boolean published, String limits, String trial, long databases) {}
}
