// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.ListControls;
import dev.allotment.portal.web.Moment;
import java.util.List;

/** The content of the list of database servers. */
public record ServersView(List<Row> rows, List<NodeRow> nodes, ListControls list) {
    public ServersView {
        rows = List.copyOf(rows);
        nodes = List.copyOf(nodes);
    }

    /**
     * A node that works on the catalog.
     *
     * @param state whether it has reported recently
     */
    public record NodeRow(String name, String version, int schemaVersion, Badge state, Moment seenAt) {}

    /**
     * A database server in the list.
     *
     * @param backend the name of its backend
     * @param labels such as region=eu
     * @param health as of the last check
     * @param failure the error of the last check; empty if the server was up
     * @param checkedAt the time of the last check; empty if this process has not checked it yet
     * @param service whether it accepts new databases
     * @param load empty, or a warning about too many databases
     * @param databases their number, with templates and spares
     * @param percent of its capacity, from 0 to 100
     * @param level the style of the meter
     * @param open whether an administrator allows new databases
     */
    public record Row(
            long id,
            String name,
            String host,
            String backend,
            String labels,
            Badge health,
            String failure,
            Moment checkedAt,
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
