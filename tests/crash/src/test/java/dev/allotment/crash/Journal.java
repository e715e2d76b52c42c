// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * The requests to processes, their results, and the events that listeners got, over the life of a catalog.
 */
final class Journal {
    /** Requests whose outcome is unknown, by key. */
    private final Map<String, String> open = new LinkedHashMap<>();

    private final Map<String, Long> made = new HashMap<>();
    private final Set<String> told = new HashSet<>();
    private final Set<String> saved = new HashSet<>();
    private final Set<String> erased = new HashSet<>();
    private final Map<String, String> backups = new HashMap<>();
    private final Map<String, Set<String>> replaced = new HashMap<>();
    private final Map<String, Set<String>> swapped = new HashMap<>();
    private final Set<String> drilled = new HashSet<>();

    /** Reads what a process has said, all at once. */
    void read(List<String> lines) {
        for (String line : lines) {
            String[] words = line.split(" ");
            assertThat(words[0]).as("what a process says: %s", line).doesNotStartWith("WRONG");
            switch (words[0]) {
                case "INTENDS" -> open.put(words[2], line.substring("INTENDS ".length()));
                case "MADE" -> {
                    Long before = made.put(words[1], Long.valueOf(words[2]));
                    assertThat(before).as("what %s has made", line).isIn(null, Long.valueOf(words[2]));
                }
                case "REFUSED" -> open.remove(words[1]);
                case "TOLD" -> told.add(words[1]);
                case "SAVED" -> saved.add(words[1]);
                case "ERASED" -> erased.add(words[1]);
                case "BACKED-UP" -> backups.put(words[2], words[1]);
                case "REPLACED" ->
                    replaced.computeIfAbsent(words[1], any -> new HashSet<>()).add(words[2]);
                case "SWAPPED" -> {
                    for (String tenant : List.of(words[1], words[2])) {
                        swapped.computeIfAbsent(tenant, any -> new HashSet<>()).add(words[3]);
                    }
                }
                case "DRILLED" -> drilled.add(words[1]);
                default -> {}
            }
        }
    }

    /** Repeats all requests to the last process twice. The answers count. */
    void repeat(VictimProcess process) throws InterruptedException {
        List<String> requests = List.copyOf(open.values());
        for (String request : requests) {
            process.send("repeat " + request, "REPEATED " + request.split(" ")[1]);
        }
        read(process.said());
        open.clear();
    }

    /** Returns the ids of all tenants that were ever created, each by one request. */
    Set<Long> tenants() {
        assertThat(made.values()).as("each key created its own database").doesNotHaveDuplicates();
        return new HashSet<>(made.values());
    }

    Set<String> told() {
        return told;
    }

    /** Returns the words of all customers whose erasure was reported, or had started. */
    Set<String> erased() {
        return erased;
    }

    /** Returns the identities of the tenants of all backups that were reported, by backup. */
    Map<String, String> backups() {
        return backups;
    }

    /** Returns the keys of the restores in place that were reported, by tenant. */
    Map<String, Set<String>> replaced() {
        return replaced;
    }

    /** Returns the keys of the swaps that were reported, by each of the two tenants. */
    Map<String, Set<String>> swapped() {
        return swapped;
    }

    /** Returns how many backups were restored as drills. */
    int drilled() {
        return drilled.size();
    }

    /** Returns the identities of all databases that a pre-deletion backup was made of. */
    Set<String> saved() {
        return saved;
    }
}
