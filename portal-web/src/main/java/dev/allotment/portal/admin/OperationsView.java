// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Pager;
import java.util.List;

/**
 * What is being done, and what was.
 *
 * @param failedOnly whether the list of what has ended shows failures only
 * @param toggle the address of the same list with that filter turned round
 */
public record OperationsView(List<Row> running, List<Row> ended, boolean failedOnly, String toggle, Pager pager) {
    public OperationsView {
        running = List.copyOf(running);
        ended = List.copyOf(ended);
    }

    /**
     * One operation.
     *
     * @param about the name of the client database, or of the template; empty: unknown
     * @param tenant 0: none
     * @param progress how far it is, in words
     * @param attempts how often it has failed, and is tried again
     * @param error why it failed; empty: it did not
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
            String begun,
            String took) {}
}
