// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.ListControls;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page about operations.
 *
 * @param running the first of the running operations
 * @param allRunning how many operations are running
 * @param failedOnly whether the list of finished operations shows failures only
 * @param toggle the address of the same list with failures only
 */
public record OperationsView(
        List<Row> running, long allRunning, List<Row> finished, boolean failedOnly, String toggle, ListControls list) {
    public OperationsView {
        running = List.copyOf(running);
        finished = List.copyOf(finished);
    }

    /**
     * An operation.
     *
     * @param about the name of the tenant or the template; empty if unknown
     * @param tenant 0 if there is none
     * @param progress describes the progress
     * @param attempts how many attempts have failed so far
     * @param error why the operation failed; empty if it did not
     */
    public record Row(
            long id,
            String kind,
            String about,
            long tenant,
            Badge state,
            int percent,
            String progress,
            int attempts,
            boolean cancelling,
            String error,
            String startedBy,
            String node,
            Moment startedAt,
            String took) {}
}
