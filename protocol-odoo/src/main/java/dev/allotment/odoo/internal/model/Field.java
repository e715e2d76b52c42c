// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.internal.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field of a model: how it is told, compared, sorted by and written.
 *
 * @param <V> how the database is seen
 * @param <R> the record behind it
 * @param label for people
 * @param relation the model of the records that it refers to; null: none
 * @param selection the texts that it can be, each with a label; empty unless it is a selection
 * @param column what records are sorted by for it; null: they cannot be
 * @param condition null: cannot be searched
 * @param writer null: cannot be written
 */
public record Field<V, R>(
        String name,
        FieldType type,
        String label,
        @Nullable String relation,
        List<List<String>> selection,
        @Nullable String column,
        Reader<V, R> reader,
        @Nullable DomainCondition<V> condition,
        @Nullable Writer<R> writer) {

    /** Tells the field of many records at once, so that what it takes from elsewhere is asked for once. */
    @FunctionalInterface
    public interface Reader<V, R> {
        /**
         * The values in the order of the records.
         *
         * @param named whether references come with names
         */
        List<Object> read(OdooCaller<V> caller, List<R> records, boolean named);
    }

    /** Takes a written value over into a record. */
    @FunctionalInterface
    public interface Writer<R> {
        R write(R record, Value value);
    }

    public static <V, R> Field<V, R> of(
            String name, FieldType type, String label, @Nullable String column, Reader<V, R> reader) {
        return new Field<>(name, type, label, null, List.of(), column, reader, null, null);
    }

    public Field<V, R> searched(DomainCondition<V> newCondition) {
        return new Field<>(name, type, label, relation, selection, column, reader, newCondition, writer);
    }

    public Field<V, R> written(@Nullable Writer<R> newWriter) {
        return new Field<>(name, type, label, relation, selection, column, reader, condition, newWriter);
    }

    public Field<V, R> referringTo(String model) {
        return new Field<>(name, type, label, model, selection, column, reader, condition, writer);
    }

    public Field<V, R> choosing(List<List<String>> choices) {
        return new Field<>(name, type, label, relation, choices, column, reader, condition, writer);
    }
}
