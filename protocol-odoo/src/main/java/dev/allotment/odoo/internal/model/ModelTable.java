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
 * The records of a model: where they are read, and what fields they have. Immutable.
 *
 * @param <V> how the database is seen
 * @param <R> the record
 */
public final class ModelTable<V, R> {
    /** So many records may be looked up for a leaf that speaks of their names or their fields. */
    private static final int MOST_NAMED = 10_000;

    private static final int CHUNK = 1000;

    private final String model;
    private final Function<V, ? extends Lookup<?, R>> lookup;
    private final ToLongFunction<R> id;
    private final Map<String, Field<V, R>> fields;
    private final Function<R, String> name;
    private final List<String> nameColumns;
    private final List<Query.Order> order;
    private final Set<String> activity;

    ModelTable(
            String model,
            Function<V, ? extends Lookup<?, R>> lookup,
            ToLongFunction<R> id,
            Map<String, Field<V, R>> fields,
            Function<R, String> name,
            List<String> nameColumns,
            List<Query.Order> order,
            Set<String> activity) {
        this.model = model;
        this.lookup = lookup;
        this.id = id;
        this.fields = Collections.unmodifiableMap(new LinkedHashMap<>(fields));
        this.name = name;
        this.nameColumns = List.copyOf(nameColumns);
        this.order = List.copyOf(order);
        this.activity = Set.copyOf(activity);
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
     * The fields by which a domain says itself whether inactive records are meant; none where there is no such difference.
     */
    Set<String> activity() {
        return activity;
    }

    /**
     * The field of this name.
     *
     * @throws OdooFault USER_ERROR
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

    /** The records with these numbers, as far as they can be seen, by number. */
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
     * The records with these numbers, in this order.
     *
     * @throws OdooFault MISSING where one does not exist, ACCESS_ERROR where one may not be seen
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
     * Refuses numbers of records that exist, though whoever calls does not see them.
     *
     * @throws OdooFault ACCESS_ERROR
     */
    void refuseHidden(OdooCaller<V> caller, List<Long> ids, String method) {
        if (!find(caller.system(), ids).isEmpty()) {
            throw Faults.notAllowed(model, method, null);
        }
    }

    /** The names of records by their numbers. */
    Map<Long, String> names(V view, Collection<Long> ids) {
        Map<Long, String> names = new HashMap<>();
        find(view, ids).forEach((key, record) -> names.put(key, name(record)));
        return names;
    }

    /** The records whose name a leaf holds for, whatever its field. */
    Filter<Object> named(Leaf leaf) {
        return named(nameColumns, leaf);
    }

    static Filter<Object> named(List<String> nameColumns, Leaf leaf) {
        List<Filter<Object>> parts = new ArrayList<>();
        nameColumns.forEach(column -> parts.add(DomainConditions.text(column, leaf)));
        return leaf.operator().negative() ? Filter.and(parts) : Filter.or(parts);
    }

    /**
     * The numbers of the records that fit.
     *
     * @throws OdooFault USER_ERROR where there are too many
     */
    public List<Long> ids(OdooCaller<V> caller, Filter<Object> filter) {
        List<R> records = list(caller.view(), Query.where(filter).page(0, MOST_NAMED + 1));
        if (records.size() > MOST_NAMED) {
            throw Faults.userError(
                    "Invalid domain: it leads over more than " + MOST_NAMED + " records of " + model + ".");
        }
        return records.stream().map(id::applyAsLong).toList();
    }

    /**
     * What writing these values makes of a record. A value of the wrong kind is found when it is applied.
     *
     * @throws OdooFault USER_ERROR for a field that is not there, VALIDATION for one that cannot be written
     */
    UnaryOperator<R> change(Map<String, ?> values) {
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
