// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** A model with records: its table, and the methods that every such model has. */
final class StoredModel<V, R> {
    /**
     * Makes a record, and returns its number: of written values, or of what these make of a blank record.
     */
    @FunctionalInterface
    interface Creator<V, R> {
        long create(Caller<V> caller, UnaryOperator<R> change, Map<String, Object> values);
    }

    /** Changes a record that exists. */
    @FunctionalInterface
    interface Updater<V, R> {
        void update(Caller<V> caller, long id, UnaryOperator<R> change, Map<String, Object> values);
    }

    /** Removes a record that exists. */
    @FunctionalInterface
    interface Remover<V> {
        void remove(Caller<V> caller, long id);
    }

    /** What a method does with the records that it is called on. */
    @FunctionalInterface
    interface RecordsBody<V, R> {
        Object call(Caller<V> caller, List<R> records, Arguments arguments);
    }

    private static final String IDS = "ids";

    private final Table<V, R> table;
    private final Model<V> model;

    StoredModel(TableBuilder<V, R> fields) {
        table = fields.build();
        model = Reading.methods(table);
    }

    Table<V, R> table() {
        return table;
    }

    Model<V> model() {
        return model;
    }

    /** Adds {@code create}; of a list of values it makes a list of records. */
    StoredModel<V, R> creating(Creator<V, R> creator) {
        model.method("create", Signature.required("vals").alsoCalled("vals_list", "vals").withContextByPosition(), (caller, arguments) -> {
            Value values = arguments.get("vals");
            if (!(values.raw() instanceof List<?> list) || list.isEmpty()) {
                return created(creator, caller, values);
            }
            List<Object> ids = new ArrayList<>();
            for (Object each : list) {
                ids.add(created(creator, caller, new Value(values.fault(), "each of " + values.what(), each)));
            }
            return ids;
        });
        return this;
    }

    private long created(Creator<V, R> creator, Caller<V> caller, Value values) {
        Map<String, Object> struct = values.struct();
        return creator.create(caller, table.change(struct), struct);
    }

    /** Adds {@code write}. */
    StoredModel<V, R> updating(Updater<V, R> updater) {
        model.method("write", Signature.required(IDS, "vals").withContextByPosition(), (caller, arguments) -> {
            List<Long> ids = arguments.get(IDS).ids();
            Map<String, Object> values = arguments.get("vals").struct();
            UnaryOperator<R> change = table.change(values);
            table.require(caller, ids, "write");
            ids.forEach(id -> updater.update(caller, id, change, values));
            return true;
        });
        return this;
    }

    /** Adds {@code unlink}. */
    StoredModel<V, R> removing(Remover<V> remover) {
        model.method("unlink", Signature.required(IDS).withContextByPosition(), (caller, arguments) -> {
            List<Long> ids = arguments.get(IDS).ids();
            table.require(caller, ids, "unlink");
            ids.forEach(id -> remover.remove(caller, id));
            return true;
        });
        return this;
    }

    /** Adds a method that is not called on records. */
    StoredModel<V, R> method(String name, Signature signature, ModelMethod.Body<V> body) {
        model.method(name, signature, body);
        return this;
    }

    /** Adds a method that is called on records, all of which must exist. */
    StoredModel<V, R> onRecords(String name, Signature signature, RecordsBody<V, R> body) {
        model.method(
                name,
                signature,
                (caller, arguments) -> body.call(
                        caller, table.require(caller, arguments.get(IDS).ids(), name), arguments));
        return this;
    }

    /** Adds a method that is called on one record, which must exist. */
    StoredModel<V, R> onRecord(String name, Signature signature, RecordBody<V, R> body) {
        return onRecords(name, signature, (caller, records, arguments) -> {
            if (records.size() != 1) {
                throw arguments.get(IDS).wrong("one record");
            }
            return body.call(caller, records.get(0), arguments);
        });
    }

    /** What a method does with the one record that it is called on. */
    @FunctionalInterface
    interface RecordBody<V, R> {
        Object call(Caller<V> caller, R record, Arguments arguments);
    }
}
