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

/** What is to be made in a database, and what of it needs what. For one thread. */
public final class DumpObjects {
    /** Of a row of a system table: the table, and the row's number. */
    record Key(long table, long id) {}

    /**
     * One thing to be made.
     *
     * @param turn which comes first of two that do not need each other
     * @param number tells apart those of the same turn
     */
    record Thing(Key key, int turn, int number, String what, String sql) {
        Part part() {
            return new Part(Kind.STATEMENT, what, sql);
        }
    }

    private final Map<Key, Thing> things = new LinkedHashMap<>();
    private final Map<Key, Key> aliases = new HashMap<>();
    private final Map<Key, Set<Key>> needs = new HashMap<>();

    void add(Key key, int turn, String what, String sql) {
        things.put(key, new Thing(key, turn, things.size(), what, sql));
    }

    /** Something that comes with another thing. */
    void alias(Key key, Key of) {
        aliases.putIfAbsent(key, of);
    }

    /** Whether it is made, by itself or together with something else. */
    boolean has(Key key) {
        return find(key) != null;
    }

    /** Called when all things and aliases are there. */
    void need(Key from, Key to, String how) {
        Thing needing = find(from);
        Thing needed = find(to);
        // A sequence that belongs to a column is made before that, and joined to it later.
        boolean joined = needing != null && needing.turn() == DumpInventory.SEQUENCE && how.equals("a");
        if (needing != null && needed != null && !needing.equals(needed) && !joined) {
            needs.computeIfAbsent(needing.key(), any -> new HashSet<>()).add(needed.key());
        }
    }

    /** Something that is done to two things when both are there. */
    void join(int turn, String what, String sql, Key one, Key other) {
        Thing first = find(one);
        Thing second = find(other);
        if (first != null && second != null) {
            Key key = new Key(-1, things.size());
            add(key, turn, what, sql);
            needs.put(key, new HashSet<>(List.of(first.key(), second.key())));
        }
    }

    private @Nullable Thing find(Key key) {
        Key present = key;
        for (int steps = 0; steps < 10 && !things.containsKey(present) && aliases.containsKey(present); steps++) {
            present = aliases.getOrDefault(present, present);
        }
        return things.get(present);
    }

    /**
     * All, each after what it needs.
     *
     * @throws dev.allotment.SaasException {@code database.not-transferable} where things need each other
     */
    List<Thing> inOrder(String database) {
        Map<Key, Integer> waitingFor = new HashMap<>();
        Map<Key, List<Key>> neededBy = new HashMap<>();
        needs.forEach((key, needed) -> {
            waitingFor.put(key, needed.size());
            needed.forEach(each ->
                    neededBy.computeIfAbsent(each, any -> new ArrayList<>()).add(key));
        });
        PriorityQueue<Thing> ready =
                new PriorityQueue<>(Comparator.comparingInt(Thing::turn).thenComparingInt(Thing::number));
        things.values().stream()
                .filter(thing -> !waitingFor.containsKey(thing.key()))
                .forEach(ready::add);
        List<Thing> ordered = new ArrayList<>();
        for (Thing next = ready.poll(); next != null; next = ready.poll()) {
            ordered.add(next);
            for (Key key : neededBy.getOrDefault(next.key(), List.of())) {
                if (waitingFor.merge(key, -1, Integer::sum) == 0) {
                    ready.add(Objects.requireNonNull(things.get(key)));
                }
            }
        }
        if (ordered.size() < things.size()) {
            Set<Thing> left = new HashSet<>(things.values());
            ordered.forEach(left::remove);
            String some = left.stream()
                    .sorted(Comparator.comparingInt(Thing::number))
                    .limit(3)
                    .map(Thing::what)
                    .reduce((one, other) -> one + ", " + other)
                    .orElseThrow();
            throw DatabaseSender.notTransferable(
                    database, "some things in it need each other to be made first, " + some, null);
        }
        return ordered;
    }

    /** How many come before the rows: all tables and what they need, and nothing that is in the way of rows where that can be. */
    static int loading(List<Thing> ordered) {
        int tables = 0;
        int others = ordered.size();
        for (int i = ordered.size() - 1; i >= 0; i--) {
            if (ordered.get(i).turn() >= DumpInventory.JOINING) {
                others = i;
            }
            if (ordered.get(i).turn() == DumpInventory.TABLE) {
                tables = Math.max(tables, i + 1);
            }
        }
        return Math.max(tables, others);
    }
}
