// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import java.util.ArrayList;
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

    /** What these tables, numbers and scripts of a transaction make of it. */
    State with(Map<String, Table<?>> written, Map<String, Long> numbers, List<String> run) {
        if (written.isEmpty() && numbers.isEmpty() && run.isEmpty()) {
            return this;
        }
        Map<String, Table<?>> nextTables = new HashMap<>(tables);
        nextTables.putAll(written);
        Map<String, Long> nextNumbers = new HashMap<>(sequences);
        nextNumbers.putAll(numbers);
        List<String> nextScripts = new ArrayList<>(scripts);
        nextScripts.addAll(run);
        return new State(nextTables, nextNumbers, nextScripts);
    }

    int records() {
        return tables.values().stream().mapToInt(table -> table.rows().size()).sum();
    }
}
