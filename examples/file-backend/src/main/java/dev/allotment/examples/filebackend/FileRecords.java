// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.filebackend;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.spi.backend.Records;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** The records of one type, by id. {@link RecordType} splits them into values and builds them from values. */
final class FileRecords<R extends Record> implements Records<R> {
    private final RecordType<R> type;
    private final TreeMap<Long, R> rows = new TreeMap<>();
    private long lastId;
    /** The columns of the file that is being read. */
    private List<String> columns = List.of();

    FileRecords(RecordType<R> type) {
        this.type = type;
    }

    RecordType<R> type() {
        return type;
    }

    /** The last id that was used. It is stored, because ids are never used again. */
    @Override
    public R insert(R record) {
        @Nullable Object[] values = type.storableValues(record);
        values[0] = lastId + 1;
        R stored = put(values);
        lastId++;
        return stored;
    }

    @Override
    public void update(R record) {
        if (!rows.containsKey(type.id(record))) {
            throw FileProblems.missing(type, type.id(record));
        }
        put(type.storableValues(record));
    }

    @Override
    public boolean delete(long id) {
        return rows.remove(id) != null;
    }

    @Override
    public Optional<R> find(long id) {
        return Optional.ofNullable(rows.get(id));
    }

    @Override
    public Optional<R> lockFree(Query<? super R> query) {
        return list(query).stream().findFirst();
    }

    /** Locks nothing: the whole file is locked while a transaction runs. */
    @Override
    public Optional<R> lock(long id) {
        return find(id);
    }

    /** All records are in memory, so their type can filter and sort them. */
    @Override
    public List<R> list(Query<? super R> query) {
        return type.select(rows.values(), query);
    }

    @Override
    public long count(Filter<? super R> filter) {
        return list(Query.where(filter)).size();
    }

    @Override
    public List<Long> sums(List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        return type.sums(list(Query.where(filter)), fields);
    }

    @Override
    public <V> Map<@Nullable V, List<Long>> sums(
            RecordField<? super R, V> by, List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter) {
        return type.sumsBy(list(Query.where(filter)), by, fields);
    }

    @Override
    public <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query) {
        return type.selectValues(rows.values(), field, query);
    }

    @Override
    public <V> Map<@Nullable V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter) {
        return type.countBy(rows.values(), field, filter);
    }

    @Override
    public long deleteAll(Filter<? super R> filter) {
        return deleteFree(Query.untyped(Query.where(filter)));
    }

    @Override
    public int deleteFree(Query<? super R> query) {
        List<R> selected = list(query);
        selected.forEach(record -> rows.remove(type.id(record)));
        return selected.size();
    }

    /** Changes nothing if a key is taken. */
    private R put(@Nullable Object[] values) {
        R record = type.create(values);
        long id = type.id(record);
        for (List<Field> key : type.uniqueKeys()) {
            for (R other : rows.values()) {
                if (type.id(other) != id && same(key, other, record)) {
                    throw FileProblems.duplicate(type, key);
                }
            }
        }
        rows.put(id, record);
        return record;
    }

    /** Null is never a duplicate. */
    private boolean same(List<Field> key, R a, R b) {
        return key.stream().allMatch(field -> {
            Object value = type.value(a, field.name());
            return value != null && value.equals(type.value(b, field.name()));
        });
    }

    void write(StringBuilder out) {
        List<@Nullable Object> head = new ArrayList<>(List.of("table", type.name(), lastId));
        type.fields().forEach(field -> head.add(field.column()));
        Cells.line(out, head);
        for (R row : rows.values()) {
            List<@Nullable Object> cells = new ArrayList<>(List.of("row"));
            cells.addAll(Arrays.asList(type.values(row)));
            Cells.line(out, cells);
        }
    }

    /**
     * Reads the line with the names of the columns. A newer build may add nullable fields, but must not lack stored
     * fields.
     */
    void readHead(String[] cells, String place) {
        lastId = Long.parseLong(cells[2]);
        columns = Arrays.asList(cells).subList(3, cells.length);
        List<String> unknown = new ArrayList<>(columns);
        for (Field field : type.fields()) {
            if (!unknown.remove(field.column()) && !field.nullable()) {
                throw FileProblems.schema(place + " has no column " + field.column() + " in its table " + type.name()
                        + ", which this build needs.");
            }
        }
        if (!unknown.isEmpty()) {
            throw FileProblems.schema(place + " has " + unknown + " in its table " + type.name()
                    + ", which this build does not know. Use the build that wrote it, or a newer one.");
        }
    }

    void readRow(String[] cells) {
        @Nullable Object[] values = new @Nullable Object[type.fields().size()];
        for (int i = 0; i < values.length; i++) {
            Field field = type.fields().get(i);
            int column = columns.indexOf(field.column());
            values[i] = column < 0 ? null : Cells.decode(field.kind(), cells[column + 1]);
        }
        R record = type.create(values);
        rows.put(type.id(record), record);
    }
}
