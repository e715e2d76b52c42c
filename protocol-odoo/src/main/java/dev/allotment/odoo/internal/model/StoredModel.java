// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.ErrorCodes;
import dev.allotment.MainRecords;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.access.DatabaseRecords;
import dev.allotment.access.TenantDatabase;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** A model with records: its table and the methods that every such model has. */
public final class StoredModel<V, R> {
    /**
     * Creates a record from written values, or from what these make of a blank record, and returns its id.
     *
     * @param <C> the view that creates it
     */
    @FunctionalInterface
    public interface Creator<C, R> {
        long create(C view, UnaryOperator<R> change, Map<String, Object> values);
    }

    /**
     * Creates a record like {@link Creator}, but at most once for each key. A repeated key returns the id of the
     * first record.
     */
    @FunctionalInterface
    public interface OnceCreator<C, R> {
        long create(C view, UnaryOperator<R> change, Map<String, Object> values, @Nullable String key);
    }

    /** Changes a record that exists. */
    @FunctionalInterface
    public interface Updater<C, R> {
        void update(C view, long id, UnaryOperator<R> change, Map<String, Object> values);
    }

    /** Removes a record that exists. */
    @FunctionalInterface
    public interface Remover<C> {
        void remove(C view, long id);
    }

    /** Decides which changes of one call are made together. */
    @FunctionalInterface
    public interface Unit<V, C> {
        /**
         * Does the work of one call.
         *
         * @param records the number of records that it changes
         */
        Object run(V view, int records, Function<? super C, Object> work);
    }

    /** The body of a method that is called on records. */
    @FunctionalInterface
    public interface RecordsBody<V, R> {
        Object call(OdooCaller<V> caller, List<R> records, OdooArguments arguments);
    }

    /** The body of a method that is called on one record. */
    @FunctionalInterface
    public interface RecordBody<V, R> {
        Object call(OdooCaller<V> caller, R record, OdooArguments arguments);
    }

    private static final String IDS = "ids";
    private static final String KEY = "idempotency_key";
    private static final String VALUES = "vals_list";
    private static final MethodSignature CREATE =
            MethodSignature.required(VALUES).withAlias("vals", VALUES).withContextByPosition();

    private final ModelTable<V, R> table;
    private final Model<V> model;

    public StoredModel(ModelTableBuilder<V, R> fields) {
        table = fields.build();
        model = Reading.methods(table);
    }

    /**
     * Makes all changes of a call in one transaction of the main database. A single change needs no transaction
     * around it.
     */
    public static Object inTransaction(Saas saas, int records, Function<? super MainRecords, Object> work) {
        return records == 1 ? work.apply(saas) : saas.inTransaction(work);
    }

    /** Makes all changes of a call in one transaction of the main database, also those of a single record. */
    public static Object together(Saas saas, int records, Function<? super MainRecords, Object> work) {
        return saas.inTransaction(work);
    }

    /**
     * Makes all changes of a call in one transaction of a tenant database, like {@link #inTransaction(Saas, int,
     * Function)}.
     */
    public static Object inTenantTransaction(
            TenantDatabase database, int records, Function<? super DatabaseRecords, Object> work) {
        return records == 1 ? work.apply(database) : database.inTransaction(work);
    }

    /** Makes each change on its own, if a change is more than a transaction. */
    private Unit<V, V> oneByOne() {
        return (view, records, work) -> work.apply(view);
    }

    public ModelTable<V, R> table() {
        return table;
    }

    Model<V> model() {
        return model;
    }

    /** Adds {@code create}. A list of values creates one record after the other. */
    public StoredModel<V, R> creating(Creator<V, R> creator) {
        return creating(oneByOne(), creator);
    }

    /** Adds {@code create}. A list of values creates all records or none. */
    public <C> StoredModel<V, R> creating(Unit<V, C> unit, Creator<C, R> creator) {
        return creating(CREATE, unit, (view, change, values, key) -> creator.create(view, change, values));
    }

    /**
     * Adds {@code create} with an idempotency key, for records without a unique name. The key is accepted for a
     * single record only.
     */
    public <C> StoredModel<V, R> creatingOnce(Unit<V, C> unit, OnceCreator<C, R> creator) {
        return creating(CREATE.optional(KEY), unit, creator);
    }

    /** Adds {@code create} with an idempotency key. A list of values creates one record after the other. */
    public StoredModel<V, R> creatingOnce(OnceCreator<V, R> creator) {
        return creatingOnce(oneByOne(), creator);
    }

    private <C> StoredModel<V, R> creating(MethodSignature signature, Unit<V, C> unit, OnceCreator<C, R> creator) {
        model.method("create", signature, (caller, arguments) -> {
            Value values = arguments.get(VALUES);
            Value given = arguments.get(KEY);
            String key = given.optionalText();
            if (!(values.raw() instanceof List<?> list)) {
                return once(key, () -> unit.run(caller.view(), 1, view -> created(creator, view, values, key)));
            }
            if (list.isEmpty()) {
                return List.of();
            }
            if (key != null && list.size() > 1) {
                throw OdooFault.request(given.what() + " is for one record, found a list of " + list.size() + ".");
            }
            return once(
                    key,
                    () -> unit.run(caller.view(), list.size(), view -> {
                        List<Object> ids = new ArrayList<>();
                        for (Object each : list) {
                            Value one = new Value(values.fault(), "each of " + values.what(), each);
                            ids.add(created(creator, view, one, key));
                        }
                        return ids;
                    }));
        });
        return this;
    }

    /** A call that loses the race for its key runs again, and finds the record of the call that won it. */
    private static Object once(@Nullable String key, Supplier<Object> call) {
        try {
            return call.get();
        } catch (SaasException e) {
            if (key == null || !e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                throw e;
            }
            return call.get();
        }
    }

    private <C> long created(OnceCreator<C, R> creator, C view, Value values, @Nullable String key) {
        Map<String, Object> struct = values.struct();
        return creator.create(view, table.change(struct), struct, key);
    }

    /** Adds {@code write}, which changes one record after the other. */
    public StoredModel<V, R> updating(Updater<V, R> updater) {
        return updating(oneByOne(), updater);
    }

    /** Adds {@code write}, which changes all records or none. */
    public <C> StoredModel<V, R> updating(Unit<V, C> unit, Updater<C, R> updater) {
        model.method("write", MethodSignature.required(IDS, "vals").withContextByPosition(), (caller, arguments) -> {
            List<Long> ids = arguments.get(IDS).ids();
            Map<String, Object> values = arguments.get("vals").struct();
            UnaryOperator<R> change = table.change(values);
            table.require(caller, ids, "write");
            return unit.run(caller.view(), ids.size(), view -> {
                ids.forEach(id -> updater.update(view, id, change, values));
                return true;
            });
        });
        return this;
    }

    /** Adds {@code unlink}, which removes one record after the other. */
    public StoredModel<V, R> removing(Remover<V> remover) {
        return removing(oneByOne(), remover);
    }

    /** Adds {@code unlink}, which removes all records or none. */
    public <C> StoredModel<V, R> removing(Unit<V, C> unit, Remover<C> remover) {
        model.method("unlink", MethodSignature.required(IDS).withContextByPosition(), (caller, arguments) -> {
            List<Long> ids = arguments.get(IDS).ids();
            table.require(caller, ids, "unlink");
            return unit.run(caller.view(), ids.size(), view -> {
                ids.forEach(id -> remover.remove(view, id));
                return true;
            });
        });
        return this;
    }

    /** Adds a method that is not called on records. */
    public StoredModel<V, R> method(String name, MethodSignature signature, ModelMethod.Body<V> body) {
        model.method(name, signature, body);
        return this;
    }

    /** Adds a method that is called on records, all of which must exist. */
    public StoredModel<V, R> onRecords(String name, MethodSignature signature, RecordsBody<V, R> body) {
        model.method(
                name,
                signature,
                (caller, arguments) -> body.call(
                        caller, table.require(caller, arguments.get(IDS).ids(), name), arguments));
        return this;
    }

    /** Adds a method that is called on one record, which must exist. */
    public StoredModel<V, R> onRecord(String name, MethodSignature signature, RecordBody<V, R> body) {
        return onRecords(name, signature, (caller, records, arguments) -> {
            if (records.size() != 1) {
                throw arguments.get(IDS).wrong("one record");
            }
            return body.call(caller, records.get(0), arguments);
        });
    }
}
