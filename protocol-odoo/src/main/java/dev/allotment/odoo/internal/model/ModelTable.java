// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Function;
import java.util.function.ToLongFunction;
import java.util.function.UnaryOperator;

/**
 * The records of a model: where they are read and which fields they have. Immutable.
 *
 * @param <V> the view of the database
 * @param <R> the record
 */
public final class ModelTable<V, R> {
    /** Maximum number of records to look up for a leaf on the names or the fields of related records. */
    private static final int MAX_RELATED = 10_000;

    private static final int CHUNK = 1000;

    private final String model;
    private final Function<V, ? extends Lookup<?, R>> lookup;
    private final ToLongFunction<R> id;
    private final Map<String, Field<V, R>> fields;
    private final Function<R, String> name;
    private final List<String> nameColumns;
    private final List<Query.Order> order;
    private final Set<String> activeFields;

    ModelTable(
            String model,
            Function<V, ? extends Lookup<?, R>> lookup,
            ToLongFunction<R> id,
            Map<String, Field<V, R>> fields,
            Function<R, String> name,
            List<String> nameColumns,
            List<Query.Order> order,
            Set<String> activeFields) {
        this.model = model;
        this.lookup = lookup;
        this.id = id;
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        this.name = name;
        this.nameColumns = List.copyOf(nameColumns);
        this.order = List.copyOf(order);
        this.activeFields = Set.copyOf(activeFields);
    }

    String model() {
        return model;
    }

    Collection<Field<V, R>> fields() {
        return fields.values();
    }

    long id(R record) {
        return id.applyAsLong(record);
    }

    String name(R record) {
        return name.apply(record);
    }

    /**
     * Returns the fields that decide whether a search includes inactive records. If a domain mentions one of them,
     * inactive records are not filtered out. Empty if records are never inactive.
     */
    Set<String> activeFields() {
        return activeFields;
    }

    /**
     * Returns the field with this name.
     *
     * @throws OdooFault USER_ERROR if there is no such field
     */
    public Field<V, R> require(String field) {
        Field<V, R> found = fields.get(field);
        if (found == null) {
            throw Faults.invalidField(field, model);
        }
        return found;
    }

    List<Query.Order> defaultOrder() {
        return order;
    }

    List<R> list(V view, Query<Object> query) {
        return lookup.apply(view).list(query);
    }

    long count(V view, Filter<Object> filter) {
        return lookup.apply(view).count(filter);
    }

    /** Returns the visible records with these ids, by id. */
    Map<Long, R> find(V view, Collection<Long> ids) {
        Map<Long, R> found = new HashMap<>();
        List<Long> all = List.copyOf(ids);
        for (int from = 0; from < all.size(); from += CHUNK) {
            List<Long> chunk = all.subList(from, Math.min(from + CHUNK, all.size()));
            list(view, Query.where(Filter.in(RecordField.named("id"), chunk)))
                    .forEach(record -> found.put(id(record), record));
        }
        return found;
    }

    /**
     * Returns the records with these ids, in this order.
     *
     * @throws OdooFault MISSING if one does not exist, ACCESS_ERROR if the caller may not see one
     */
    public List<R> require(OdooCaller<V> caller, List<Long> ids, String method) {
        Map<Long, R> found = find(caller.view(), ids);
        List<Long> rest = ids.stream().filter(each -> !found.containsKey(each)).toList();
        if (!rest.isEmpty()) {
            refuseHidden(caller, rest, method);
            throw Faults.missing(model, rest, caller.uid());
        }
        return ids.stream().map(found::get).toList();
    }

    /**
     * Refuses ids of records that exist but are hidden from the caller.
     *
     * @throws OdooFault ACCESS_ERROR
     */
    void refuseHidden(OdooCaller<V> caller, List<Long> ids, String method) {
        if (!find(caller.system(), ids).isEmpty()) {
            throw Faults.notAllowed(model, method, null);
        }
    }

    /** Returns the names of records, by id. */
    Map<Long, String> names(V view, Collection<Long> ids) {
        Map<Long, String> names = new HashMap<>();
        find(view, ids).forEach((key, record) -> names.put(key, name(record)));
        return names;
    }

    /** Returns a filter for the records whose name matches a leaf, regardless of the leaf's field. */
    Filter<Object> named(Leaf leaf) {
        return named(nameColumns, leaf);
    }

    static Filter<Object> named(List<String> nameColumns, Leaf leaf) {
        List<Filter<Object>> parts = new ArrayList<>();
        nameColumns.forEach(column -> parts.add(DomainConditions.text(column, leaf)));
        return leaf.operator().negative() ? Filter.and(parts) : Filter.or(parts);
    }

    /**
     * Returns the ids of the records that match.
     *
     * @throws OdooFault USER_ERROR if there are too many
     */
    public List<Long> ids(OdooCaller<V> caller, Filter<?> filter) {
        List<R> records =
                list(caller.view(), Query.where(Filter.untyped(filter)).page(0, MAX_RELATED + 1));
        if (records.size() > MAX_RELATED) {
            throw Faults.userError(
                    "Invalid domain: it refers to more than " + MAX_RELATED + " records of " + model + ".");
        }
        return records.stream().map(id::applyAsLong).toList();
    }

    /**
     * Returns the change that writing these values makes to a record. A value of the wrong kind is only found when
     * the change is applied.
     *
     * @throws OdooFault USER_ERROR for an unknown field, VALIDATION for one that cannot be written
     */
    public UnaryOperator<R> change(Map<String, ?> values) {
        List<UnaryOperator<R>> changes = new ArrayList<>();
        values.forEach((key, raw) -> {
            Field.Writer<R> writer = require(key).writer();
            if (writer == null) {
                throw new OdooFault(
                        OdooFault.Kind.VALIDATION, "Field '" + key + "' on model '" + model + "' cannot be written");
            }
            Value value = new Value(OdooFault.Kind.VALIDATION, "Field '" + key + "' on model '" + model + "'", raw);
            changes.add(record -> writer.write(record, value));
        });
        return record -> {
            R changed = record;
            for (UnaryOperator<R> change : changes) {
                changed = change.apply(changed);
            }
            return changed;
        };
    }
}
