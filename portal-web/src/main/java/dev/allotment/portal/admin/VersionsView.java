// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import java.util.List;

/**
 * The content of the page about the versions of a plan.
 *
 * @param plan the id of the plan
 */
public record VersionsView(long plan, List<Row> rows) {
    public VersionsView {
        rows = List.copyOf(rows);
    }

    /**
     * A version of the plan.
     *
     * @param since the day on which its sale started
     * @param sold whether it is sold now
     * @param addons empty for none
     * @param entitlements empty for none
     * @param databases how many tenants are on it
     */
    public record Row(
            int number,
            String since,
            boolean sold,
            String limits,
            String times,
            String perCustomer,
            String addons,
            String entitlements,
            long databases) {}
}
