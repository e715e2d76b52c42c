// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.postgres.transfer.TransferStream.Kind;
import dev.allotment.postgres.transfer.TransferStream.Part;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.PriorityQueue;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The objects that a database gets, and which of them needs which. Not thread-safe. */
final class DumpObjects {
    /** Identifies an object by the oid of its system table and its own oid. */
    record Key(long table, long id) {}

    /**
     * An object to be created.
     *
     * @param phase decides which of two objects comes first if neither needs the other
     * @param number decides within a phase
     */
    record DumpObject(Key key, DumpPhase phase, int number, String description, String sql) {
        Part part() {
            return new Part(Kind.STATEMENT, description, sql);
        }
    }

    private final Map<Key, DumpObject> objects = new LinkedHashMap<>();
    private final Map<Key, Key> aliases = new HashMap<>();
    private final Map<Key, Set<Key>> needs = new HashMap<>();

    void add(Key key, DumpPhase phase, String description, String sql) {
        objects.put(key, new DumpObject(key, phase, objects.size(), description, sql));
    }

    /** Adds an object that is created together with another one. */
    void alias(Key key, Key of) {
        aliases.putIfAbsent(key, of);
    }

    /** Whether an object is created, by itself or together with another one. */
    boolean has(Key key) {
        return find(key) != null;
    }

    /** Notes that one object needs another. To be called after all objects and aliases were added. */
    void need(Key from, Key to, String how) {
        DumpObject needing = find(from);
        DumpObject needed = find(to);
        // A sequence that belongs to a column is created before the table. A join makes it the column's later.
        boolean joined = needing != null && needing.phase() == DumpPhase.SEQUENCE && how.equals("a");
        if (needing != null && needed != null && !needing.equals(needed) && !joined) {
            needs.computeIfAbsent(needing.key(), any -> new HashSet<>()).add(needed.key());
        }
    }

    /** Adds a statement that needs two objects. Does nothing if one of them is not created. */
    void join(DumpPhase phase, String description, String sql, Key one, Key other) {
        DumpObject first = find(one);
        DumpObject second = find(other);
        if (first != null && second != null) {
            Key key = new Key(-1, objects.size());
            add(key, phase, description, sql);
            needs.put(key, new HashSet<>(List.of(first.key(), second.key())));
        }
    }

    private @Nullable DumpObject find(Key key) {
        Key present = key;
        for (int steps = 0; steps < 10 && !objects.containsKey(present) && aliases.containsKey(present); steps++) {
            present = aliases.getOrDefault(present, present);
        }
        return objects.get(present);
    }

    /**
     * Returns all objects, each after the ones that it needs.
     *
     * @throws dev.allotment.SaasException {@code database.not-transferable} if objects need each other
     */
    List<DumpObject> inOrder(String database) {
        Map<Key, Integer> waitingFor = new HashMap<>();
        Map<Key, List<Key>> neededBy = new HashMap<>();
        needs.forEach((key, needed) -> {
            waitingFor.put(key, needed.size());
            needed.forEach(each ->
                    neededBy.computeIfAbsent(each, any -> new ArrayList<>()).add(key));
        });
        PriorityQueue<DumpObject> ready =
                new PriorityQueue<>(Comparator.comparing(DumpObject::phase).thenComparingInt(DumpObject::number));
        objects.values().stream()
                .filter(object -> !waitingFor.containsKey(object.key()))
                .forEach(ready::add);
        List<DumpObject> ordered = new ArrayList<>();
        for (DumpObject next = ready.poll(); next != null; next = ready.poll()) {
            ordered.add(next);
            for (Key key : neededBy.getOrDefault(next.key(), List.of())) {
                if (waitingFor.merge(key, -1, Integer::sum) == 0) {
                    ready.add(Objects.requireNonNull(objects.get(key)));
                }
            }
        }
        if (ordered.size() < objects.size()) {
            Set<DumpObject> left = new HashSet<>(objects.values());
            ordered.forEach(left::remove);
            String some = left.stream()
                    .sorted(Comparator.comparingInt(DumpObject::number))
                    .limit(3)
                    .map(DumpObject::description)
                    .reduce((one, other) -> one + ", " + other)
                    .orElseThrow();
            throw DatabaseSender.notTransferable(
                    database, "these objects each need another one to be created first: " + some, null);
        }
        return ordered;
    }

    /**
     * Returns how many objects are created before the rows are loaded: all tables and what they need. As far as
     * possible, what would slow rows down or run code for them comes later.
     */
    static int beforeRows(List<DumpObject> ordered) {
        int tables = 0;
        int others = ordered.size();
        for (int i = ordered.size() - 1; i >= 0; i--) {
            if (ordered.get(i).phase().compareTo(DumpPhase.INHERITANCE) >= 0) {
                others = i;
            }
            if (ordered.get(i).phase() == DumpPhase.TABLE) {
                tables = Math.max(tables, i + 1);
            }
        }
        return Math.max(tables, others);
    }
}
