// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import java.util.List;

/** The database servers. */
public record ServersView(List<Row> rows) {
    public ServersView {
        rows = List.copyOf(rows);
    }

    /**
     * One server.
     *
     * @param backend what it is reached by
     * @param health of the last time that it was asked
     * @param failure what it said then; empty where it is up
     * @param asked when that was; empty: never by this process
     * @param service whether it takes new databases
     * @param load empty, or that there is too much on it
     * @param databases on it, templates and spares among them
     * @param percent of its capacity, from 0 to 100
     * @param level how the bar is shown
     * @param open whether it takes new databases as far as an administrator has a say
     */
    public record Row(
            long id,
            String name,
            String host,
            String backend,
            Badge health,
            String failure,
            String asked,
            Badge service,
            List<Badge> load,
            long databases,
            int capacity,
            int percent,
            String level,
            int weight,
            boolean open) {
        public Row {
            load = List.copyOf(load);
        }
    }
}
