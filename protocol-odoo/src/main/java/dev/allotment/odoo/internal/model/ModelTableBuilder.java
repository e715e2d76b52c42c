// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Query;
import dev.allotment.odoo.internal.value.Timestamps;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.function.BiFunction;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.function.ToIntFunction;
import java.util.function.ToLongFunction;
import org.jspecify.annotations.Nullable;

/**
 * Collects the fields of a table. Each kind of field includes what reads, compares, sorts and writes it. A field
 * without a last argument cannot be written.
 */
public final class ModelTableBuilder<V, R> {
    private static final String ACTIVE = "active";

    private final String model;
    private final Function<V, ? extends Lookup<?, R>> lookup;
    private final ToLongFunction<R> id;
    private final Map<String, Field<V, R>> fields = new LinkedHashMap<>();
    private Function<R, String> name = record -> "";
    private List<String> nameColumns = List.of();
    private List<Query.Order> order = List.of();
    private final List<String> activeFollows = new ArrayList<>();

    public ModelTableBuilder(String model, Function<V, ? extends Lookup<?, R>> lookup, ToLongFunction<R> id) {
        this.model = model;
        this.lookup = lookup;
        this.id = id;
        field(Field.<V, R>of("id", FieldType.INTEGER, "ID", "id", plain(id::applyAsLong))
                .searched(DomainConditions.number("id")));
    }

    ModelTable<V, R> build() {
        Set<String> activeFields = new HashSet<>(activeFollows);
        if (fields.containsKey(ACTIVE)) {
            activeFields.add(ACTIVE);
        }
        return new ModelTable<>(model, lookup, id, fields, name, nameColumns, order, activeFields);
    }

    /** Sets the name of a record, and the columns that are searched for names. */
    public ModelTableBuilder<V, R> named(Function<R, String> newName, String... newColumns) {
        List<String> columns = List.of(newColumns);
        name = newName;
        nameColumns = columns;
        return field(Field.<V, R>of("display_name", FieldType.CHAR, "Display Name", null, plain(newName::apply))
                .searched((caller, leaf) -> ModelTable.named(columns, leaf)));
    }

    /** Sets the columns that records are sorted by if the caller requests no order. */
    public ModelTableBuilder<V, R> ordered(String... columns) {
        List<Query.Order> keys = new ArrayList<>();
        for (String column : columns) {
            keys.add(new Query.Order(column, false));
        }
        order = List.copyOf(keys);
        return this;
    }

    public ModelTableBuilder<V, R> field(Field<V, R> field) {
        fields.put(field.name(), field);
        return this;
    }

    public ModelTableBuilder<V, R> text(String field, String label, String column, Function<R, @Nullable String> read) {
        return text(field, label, column, read, null);
    }

    public ModelTableBuilder<V, R> text(
            String field,
            String label,
            String column,
            Function<R, @Nullable String> read,
            @Nullable BiFunction<R, @Nullable String, R> write) {
        return field(Field.<V, R>of(field, FieldType.CHAR, label, column, plain(read::apply))
                .searched(DomainConditions.text(column))
                .written(write == null ? null : (record, value) -> write.apply(record, value.optionalText())));
    }

    public ModelTableBuilder<V, R> integer(String field, String label, String column, ToIntFunction<R> read) {
        return integer(field, label, column, read, null);
    }

    public ModelTableBuilder<V, R> integer(
            String field,
            String label,
            String column,
            ToIntFunction<R> read,
            @Nullable BiFunction<R, Integer, R> write) {
        return field(Field.<V, R>of(field, FieldType.INTEGER, label, column, plain(read::applyAsInt))
                .searched(DomainConditions.integer(column))
                .written(write == null ? null : (record, value) -> write.apply(record, value.integer())));
    }

    public ModelTableBuilder<V, R> flag(String field, String label, String column, Predicate<R> read) {
        return flag(field, label, column, read, null);
    }

    public ModelTableBuilder<V, R> flag(
            String field, String label, String column, Predicate<R> read, @Nullable BiFunction<R, Boolean, R> write) {
        return field(Field.<V, R>of(field, FieldType.BOOLEAN, label, column, plain(read::test))
                .searched(DomainConditions.flag(column))
                .written(write == null ? null : (record, value) -> write.apply(record, value.flag())));
    }

    /**
     * Lets callers write a field, but only the value that it has: see {@link Unchanged}.
     *
     * @param otherwise what the caller can do to get another value
     */
    public ModelTableBuilder<V, R> unchanged(String field, Function<R, @Nullable Object> present, String otherwise) {
        return field(Objects.requireNonNull(fields.get(field)).written(Unchanged.field(present, otherwise)));
    }

    /** Adds the field {@code active} that is derived from another field. A domain may mention either of them. */
    public ModelTableBuilder<V, R> activeBy(String other, Predicate<R> read, Filter<? super R> whenActive) {
        activeFollows.add(other);
        return field(Field.<V, R>of(ACTIVE, FieldType.BOOLEAN, "Active", null, plain(read::test))
                .searched(DomainConditions.flag((OdooCaller<V> caller) -> whenActive)));
    }

    public ModelTableBuilder<V, R> instant(
            String field, String label, String column, Function<R, @Nullable Instant> read) {
        return instant(field, label, column, read, null);
    }

    public ModelTableBuilder<V, R> instant(
            String field,
            String label,
            String column,
            Function<R, @Nullable Instant> read,
            @Nullable BiFunction<R, @Nullable Instant, R> write) {
        return field(Field.<V, R>of(field, FieldType.DATETIME, label, column, plain(record -> {
                    Instant instant = read.apply(record);
                    return instant == null ? null : Timestamps.format(instant);
                }))
                .searched(DomainConditions.instant(column))
                .written(write == null ? null : (record, value) -> write.apply(record, value.instant())));
    }

    public ModelTableBuilder<V, R> reference(
            String field, String label, String relation, String column, Function<R, @Nullable Long> read) {
        return reference(field, label, relation, column, read, null);
    }

    public ModelTableBuilder<V, R> reference(
            String field,
            String label,
            String relation,
            String column,
            Function<R, @Nullable Long> read,
            @Nullable BiFunction<R, @Nullable Long, R> write) {
        return field(Field.<V, R>of(field, FieldType.MANY2ONE, label, column, naming(relation, read))
                .referringTo(relation)
                .searched(References.one(column, relation))
                .written(write == null ? null : (record, value) -> write.apply(record, value.reference())));
    }

    /** Returns a reader of the id of a record of another model, with its name if that is wanted. */
    public static <V, R> Field.Reader<V, R> naming(String relation, Function<R, @Nullable Long> read) {
        return (caller, records, named) -> {
            Map<Long, String> names =
                    named ? caller.table(relation).names(caller.system(), present(records, read)) : Map.of();
            List<Object> values = new ArrayList<>();
            for (R record : records) {
                Long target = read.apply(record);
                String targetName = target == null ? null : names.get(target);
                values.add(
                        target == null
                                ? false
                                : named ? (targetName == null ? false : List.of(target, targetName)) : target);
            }
            return values;
        };
    }

    /** Returns a reader of a value in the record itself. */
    public static <V, R> Field.Reader<V, R> plain(Function<R, @Nullable Object> read) {
        return (caller, records, named) -> {
            List<Object> values = new ArrayList<>(records.size());
            for (R record : records) {
                Object value = read.apply(record);
                values.add(value == null || value.equals("") ? false : value);
            }
            return values;
        };
    }

    /** Returns a reader that computes each record's value separately. */
    public static <V, R> Field.Reader<V, R> each(BiFunction<OdooCaller<V>, R, Object> read) {
        return (caller, records, named) -> {
            List<Object> values = new ArrayList<>(records.size());
            records.forEach(record -> values.add(read.apply(caller, record)));
            return values;
        };
    }

    private static <R> Set<Long> present(List<R> records, Function<R, @Nullable Long> read) {
        Set<Long> present = new HashSet<>();
        for (R record : records) {
            Long target = read.apply(record);
            if (target != null) {
                present.add(target);
            }
        }
        return present;
    }
}
