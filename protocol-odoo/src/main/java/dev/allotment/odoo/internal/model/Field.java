// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.internal.value.Value;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A field of a model: how it is read, compared, sorted and written.
 *
 * @param <V> the view of the database
 * @param <R> the record behind the field
 * @param label the name shown to people
 * @param relation the model of the records that the field refers to; null if it is not a reference
 * @param selection the possible texts, each with a label; empty unless the field is a selection
 * @param column the column that records are sorted by; null if they cannot be sorted by this field
 * @param condition null if the field cannot be searched
 * @param writer null if the field cannot be written
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

    /** Reads the field of many records at once, so that a value from another source needs one query only. */
    @FunctionalInterface
    public interface Reader<V, R> {
        /**
         * Returns the values in the order of the records.
         *
         * @param named whether references include names
         */
        List<Object> read(OdooCaller<V> caller, List<R> records, boolean named);
    }

    /** Applies a written value to a record. */
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
