// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import java.util.List;

/** The list of plans. */
public record PlansView(List<Row> rows) {
    public PlansView {
        rows = List.copyOf(rows);
    }

    /**
     * One plan.
     *
     * @param databases how many live on it
     */
    public record Row(
            long id, String name, String summary, boolean published, String limits, String trial, long databases) {}
}
