// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * What one place holds, as of its last commit. Nobody changes its parts: a transaction copies those that it writes to.
 *
 * @param tables by name of their record type
 */
record State(Map<String, Table<?>> tables, Map<String, Long> sequences, List<String> scripts) {
    State {
        tables = Map.copyOf(tables);
        sequences = Map.copyOf(sequences);
        scripts = List.copyOf(scripts);
    }

    static State empty(Iterable<String> tableNames) {
        Map<String, Table<?>> tables = new HashMap<>();
        tableNames.forEach(name -> tables.put(name, new Table<>()));
        return new State(tables, Map.of(), List.of());
    }

    int records() {
        return tables.values().stream().mapToInt(table -> table.rows().size()).sum();
    }
}
