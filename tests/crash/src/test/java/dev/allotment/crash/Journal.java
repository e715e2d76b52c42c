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

    /** Returns the identities of all databases that a pre-deletion backup was made of. */
    Set<String> saved() {
        return saved;
    }
}
