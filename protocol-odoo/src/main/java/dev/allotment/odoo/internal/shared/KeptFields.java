// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.shared;

import dev.allotment.Filter;
import dev.allotment.Lookup;
import dev.allotment.Parameter;
import dev.allotment.Parameters;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.ToLongFunction;

/**
 * Fields that scripts for Odoo write and read, and that this server does not act on. They are kept as parameters of
 * the database, such as {@code odoo.res.partner.7.is_company}, and shown.
 *
 * @param <V> the view of the database
 * @param <R> the record that has the fields
 */
public final class KeptFields<V, R> {
    private static final String TRUE = "True";

    /** The limit of a parameter. */
    private static final int MOST = 100_000;

    private final String model;
    private final ToLongFunction<R> id;
    private final Function<V, Parameters> parameters;
    private final Map<String, FieldType> types;

    /**
     * Creates the fields of a model.
     *
     * @param parameters those of the database
     * @param types of the fields: boolean, or any other type, which is stored as a text
     */
    public KeptFields(
            String model, ToLongFunction<R> id, Function<V, Parameters> parameters, Map<String, FieldType> types) {
        this.model = model;
        this.id = id;
        this.parameters = parameters;
        this.types = Map.copyOf(types);
    }

    /** Returns one of the fields. */
    public Field<V, R> field(String name, String label) {
        FieldType type = types.getOrDefault(name, FieldType.CHAR);
        return Field.<V, R>of(name, type, label, null, (caller, records, named) -> read(caller, name, records))
                // The parameter is not part of the record; store writes it.
                .written((record, value) -> {
                    text(name, value);
                    return record;
                });
    }

    /** Returns a text field of one record. Empty if nothing was written. */
    public String value(V view, long record, String name) {
        return parameters.apply(view).value(key(record, name)).orElse("");
    }

    /** Reads with all rights, since a field belongs to everyone who sees its record. */
    private List<Object> read(OdooCaller<V> caller, String name, List<R> records) {
        List<String> keys = new ArrayList<>();
        records.forEach(record -> keys.add(key(id.applyAsLong(record), name)));
        Map<String, String> found = new HashMap<>();
        parameters
                .apply(caller.system())
                .list(Query.where(Filter.in(Parameter.KEY, keys)))
                .forEach(each -> found.put(each.key(), each.value()));
        List<Object> values = new ArrayList<>();
        for (String key : keys) {
            String text = found.getOrDefault(key, "");
            values.add(text.isEmpty() ? false : types.get(name) == FieldType.BOOLEAN ? (Object) true : text);
        }
        return values;
    }

    /** Keeps those of the written values that belong to these fields. */
    public void store(Parameters writable, long record, Map<String, Object> values) {
        for (String name : types.keySet()) {
            if (values.containsKey(name)) {
                Value value = new Value(OdooFault.Kind.VALIDATION, "Field '" + name + "'", values.get(name));
                writable.set(key(record, name), text(name, value));
            }
        }
    }

    /**
     * Returns the highest id of a record, or 0. A record that is created later has a higher one; one that a repeated
     * call finds instead has not, and later changes of its fields have to stay.
     */
    public long newest(Lookup<?, R> records) {
        return records
                .list(Query.all().<R>orderByDescending(RecordField.named("id")).page(0, 1))
                .stream()
                .mapToLong(id)
                .findFirst()
                .orElse(0);
    }

    /** Forgets the values of a record that was removed. */
    public void forget(Parameters writable, long record) {
        types.keySet().forEach(name -> writable.set(key(record, name), null));
    }

    private String key(long record, String name) {
        return "odoo." + model + "." + record + "." + name;
    }

    private String text(String name, Value value) {
        if (types.get(name) == FieldType.BOOLEAN) {
            return value.flag() ? TRUE : "";
        }
        String text = value.atMost(MOST).optionalText();
        return text == null ? "" : text;
    }
}
