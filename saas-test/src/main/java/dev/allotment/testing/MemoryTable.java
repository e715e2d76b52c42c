// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * The records of one type, and the values of their unique keys. One transaction changes it. After the commit it is
 * shared and no longer changes.
 */
final class MemoryTable<R extends Record> {
    private final Map<Long, R> rows;
    private final Map<List<Field>, Map<List<Object>, Long>> taken;
    private long lastId;

    MemoryTable() {
        rows = new TreeMap<>();
        taken = new HashMap<>();
    }

    private MemoryTable(MemoryTable<R> from) {
        rows = new TreeMap<>(from.rows);
        taken = new HashMap<>();
        from.taken.forEach((key, values) -> taken.put(key, new HashMap<>(values)));
        lastId = from.lastId;
    }

    MemoryTable<R> copy() {
        return new MemoryTable<>(this);
    }

    Collection<R> rows() {
        return rows.values();
    }

    @Nullable
    R find(long id) {
        return rows.get(id);
    }

    long lastId() {
        return lastId;
    }

    /** Creates a table with rows that were read from another one. */
    static <R extends Record> MemoryTable<R> of(RecordType<R> type, Collection<R> rows, long lastId) {
        MemoryTable<R> table = new MemoryTable<>();
        for (R row : rows) {
            table.rows.put(type.id(row), row);
            table.occupy(type, row, type.id(row));
        }
        table.lastId = lastId;
        return table;
    }

    R insert(RecordType<R> type, R record) {
        @Nullable Object[] values = type.storableValues(record);
        values[0] = lastId + 1;
        R stored = type.create(values);
        occupy(type, stored, lastId + 1);
        lastId++;
        rows.put(lastId, stored);
        return stored;
    }

    void update(RecordType<R> type, R record) {
        long id = type.id(record);
        R before = rows.get(id);
        if (before == null) {
            throw MemoryProblems.missing(type, id);
        }
        R stored = type.create(type.storableValues(record));
        release(type, before);
        occupy(type, stored, id);
        rows.put(id, stored);
    }

    boolean delete(RecordType<R> type, long id) {
        R before = rows.remove(id);
        if (before == null) {
            return false;
        }
        release(type, before);
        return true;
    }

    private void occupy(RecordType<R> type, R record, long id) {
        for (List<Field> key : type.uniqueKeys()) {
            List<Object> values = keyValues(type, key, record);
            if (values != null
                    && taken.computeIfAbsent(key, any -> new HashMap<>()).putIfAbsent(values, id) != null) {
                throw MemoryProblems.duplicate(type, key);
            }
        }
    }

    private void release(RecordType<R> type, R record) {
        for (List<Field> key : type.uniqueKeys()) {
            List<Object> values = keyValues(type, key, record);
            Map<List<Object>, Long> ids = taken.get(key);
            if (values != null && ids != null) {
                ids.remove(values);
            }
        }
    }

    /** Returns null if one of the values is absent, because such a record conflicts with no other. */
    private static <R extends Record> @Nullable List<Object> keyValues(RecordType<R> type, List<Field> key, R record) {
        List<Object> values = new ArrayList<>();
        for (Field field : key) {
            Object value = type.value(record, field.name());
            if (value == null) {
                return null;
            }
            values.add(value);
        }
        return values;
    }
}
