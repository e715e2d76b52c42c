// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Pager;
import java.util.List;

/**
 * The audit log.
 *
 * @param database whose events are shown; empty: everybody's
 * @param all the address of the log of everybody
 */
public record AuditView(List<Row> rows, List<SelectOption> types, String database, long databaseId, String all, Pager pager) {
    public AuditView {
        rows = List.copyOf(rows);
        types = List.copyOf(types);
    }

    /** One event. */
    public record Row(
            String at,
            String what,
            String actor,
            String clientAddress,
            String about,
            long databaseId,
            String details) {}
}
