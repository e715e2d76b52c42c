// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Pager;
import java.util.List;

/**
 * The content of the audit log.
 *
 * @param database the tenant whose events are shown; empty for all tenants
 * @param all the address of the log of all tenants
 */
public record AuditView(
        List<Row> rows, List<SelectOption> types, String database, long databaseId, String all, Pager pager) {
    public AuditView {
        rows = List.copyOf(rows);
        types = List.copyOf(types);
    }

    /** An event. */
    public record Row(
            String at,
            String what,
            String actor,
            String clientAddress,
            String about,
            long databaseId,
            String details) {}
}
