// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import java.util.List;

/**
 * The database servers.
 *
 * @param health of what they stand on, as a whole
 */
public record ServersView(List<Row> rows, Badge health) {
    public ServersView {
        rows = List.copyOf(rows);
    }

    /**
     * One server.
     *
     * @param databases how many client databases live on it
     */
    public record Row(
            long id, String name, String host, boolean active, int sequence, long databases, long templates) {}
}
