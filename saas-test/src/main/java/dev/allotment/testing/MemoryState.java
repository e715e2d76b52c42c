// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * The content of one place at its last commit. Its parts never change: a transaction copies those that it writes to.
 *
 * @param tables by name of their record type
 */
record MemoryState(Map<String, MemoryTable<?>> tables, Map<String, Long> sequences, List<String> scripts) {
    MemoryState {
        tables = Map.copyOf(tables);
        sequences = Map.copyOf(sequences);
        scripts = List.copyOf(scripts);
    }

    static MemoryState empty(Iterable<String> tableNames) {
        Map<String, MemoryTable<?>> tables = new HashMap<>();
        tableNames.forEach(name -> tables.put(name, new MemoryTable<>()));
        return new MemoryState(tables, Map.of(), List.of());
    }

    /** Returns this state with the tables, numbers and scripts of a transaction. */
    MemoryState with(Map<String, MemoryTable<?>> written, Map<String, Long> numbers, List<String> run) {
        if (written.isEmpty() && numbers.isEmpty() && run.isEmpty()) {
            return this;
        }
        Map<String, MemoryTable<?>> nextTables = new HashMap<>(tables);
        nextTables.putAll(written);
        Map<String, Long> nextNumbers = new HashMap<>(sequences);
        nextNumbers.putAll(numbers);
        List<String> nextScripts = new ArrayList<>(scripts);
        nextScripts.addAll(run);
        return new MemoryState(nextTables, nextNumbers, nextScripts);
    }

    int records() {
        return tables.values().stream().mapToInt(table -> table.rows().size()).sum();
    }
}
