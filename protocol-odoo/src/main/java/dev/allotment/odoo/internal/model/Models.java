// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.Value;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The models of one kind of database. They are created once and shared. */
public final class Models<V> implements ModelRegistry<V> {
    private static final Map<String, String> MODELS_BY_RECORD = Map.ofEntries(
            Map.entry("users", "res.users"),
            Map.entry("members", "res.users"),
            Map.entry("api_keys", "res.users.apikeys"),
            Map.entry("customers", "res.partner"),
            Map.entry("groups", "res.groups"),
            Map.entry("parameters", "ir.config_parameter"),
            Map.entry("addons", "ir.module.module"),
            Map.entry("servers", "saas_portal.server"),
            Map.entry("templates", "saas_portal.database"),
            Map.entry("plans", "saas_portal.plan"),
            Map.entry("operations", "saas_portal.operation"),
            Map.entry("events", "saas_portal.event"),
            Map.entry("tenants", "saas_portal.client"));

    private static final String ACCESS = "ir.model.access";
    private static final String CHECK = "check_access_rights";
    private static final String READ = "read";
    private static final String CREATE = "create";
    private static final String KEY = "idempotency_key";
    private static final Set<String> PRIVATE = Set.of("init", "mro");

    private final Consumer<V> changeGuard;
    private final Predicate<V> isOperator;
    private final Map<String, Model<V>> models = new HashMap<>();
    private final Map<String, ModelTable<V, ?>> tables = new HashMap<>();

    /**
     * Creates an empty set of models.
     *
     * @param changeGuard throws if the actor may not change all records of such a database
     * @param isOperator whether the actor operates the control plane, and may know what is unavailable
     */
    public Models(Consumer<V> changeGuard, Predicate<V> isOperator) {
        this.changeGuard = changeGuard;
        this.isOperator = isOperator;
    }

    /** Adds a model without records. */
    public Models<V> add(Model<V> model) {
        models.put(model.name(), model);
        return this;
    }

    /** Adds a model with records. */
    public Models<V> add(StoredModel<V, ?> stored) {
        tables.put(stored.table().model(), stored.table());
        return add(stored.model());
    }

    /**
     * Adds {@code ir.model}, the list of the models so far, for actors who may change all records. Also adds {@code
     * ir.model.access}, which reports access rights.
     */
    public Models<V> addList() {
        add(new Model<V>(ACCESS)
                .method(
                        "check",
                        MethodSignature.required("model")
                                .optional("mode", "raise_exception")
                                .withDefault("mode", "'read'")
                                .withDefault("raise_exception", "True"),
                        Models::checkAccess));
        return add(ModelList.model(models.keySet(), changeGuard));
    }

    /** Returns the same answer as the model's own method; some libraries ask here. */
    private static <V> Object checkAccess(OdooCaller<V> caller, OdooArguments arguments) {
        Value mode = arguments.get("mode");
        return caller.models()
                .call(
                        caller,
                        arguments.get("model").text(),
                        CHECK,
                        List.of(mode.absent() ? READ : mode.text()),
                        Map.of("raise_exception", arguments.flagOrTrue("raise_exception")));
    }

    @Override
    public boolean isReadable(OdooCaller<V> caller, String model) {
        return has(model, CHECK)
                && Boolean.TRUE.equals(call(caller, model, CHECK, List.of(READ), Map.of("raise_exception", false)));
    }

    @Override
    public void requireChange(V view) {
        changeGuard.accept(view);
    }

    @Override
    public boolean has(String model, String method) {
        Model<V> found = models.get(model);
        return found != null && found.find(method) != null;
    }

    @Override
    public ModelTable<V, ?> table(String model) {
        ModelTable<V, ?> table = tables.get(model);
        if (table == null) {
            throw new IllegalStateException("There is no table for model " + model);
        }
        return table;
    }

    /** Returns all models, in alphabetical order. */
    Collection<Model<V>> all() {
        return new TreeMap<>(models).values();
    }

    @Nullable
    Model<V> find(String model) {
        return models.get(model);
    }

    /** Returns the records of a model; null if it has none. */
    @Nullable
    ModelTable<V, ?> findTable(String model) {
        return tables.get(model);
    }

    /**
     * Calls a method whose arguments are all named. As in Odoo, {@code create} then always returns a list of ids.
     *
     * @param idempotencyKey given to a method that takes one; null for none
     * @throws OdooFault NOT_FOUND for an unknown model or method, ACCESS_ERROR for a private method, REQUEST if the
     *     arguments do not fit, or the fault of the method itself
     */
    Object callNamed(
            OdooCaller<V> caller,
            String modelName,
            String methodName,
            Map<String, ?> named,
            @Nullable String idempotencyKey) {
        Model<V> model = models.get(modelName);
        if (model == null) {
            throw Faults.noModel(modelName);
        }
        String name = modelName + "." + Faults.shortened(methodName);
        if (isPrivate(methodName)) {
            throw new OdooFault(
                    OdooFault.Kind.ACCESS_ERROR, "Private methods (such as '" + name + "') cannot be called remotely.");
        }
        ModelMethod<V> method = model.find(methodName);
        if (method == null) {
            throw new OdooFault(OdooFault.Kind.NOT_FOUND, "The method '" + name + "' does not exist");
        }
        Object result = run(
                caller,
                modelName,
                methodName,
                method,
                method.signature().bindNamed(name, withKey(method.signature(), named, idempotencyKey)));
        return methodName.equals(CREATE) && !(result instanceof List) ? List.of(result) : result;
    }

    /** Adds an idempotency key that is not among the arguments. A method without such a parameter ignores it. */
    private static Map<String, ?> withKey(
            MethodSignature signature, Map<String, ?> named, @Nullable String idempotencyKey) {
        if (idempotencyKey == null || !signature.takes(KEY)) {
            return named;
        }
        Object given = named.get(KEY);
        if (given != null && !given.equals(false) && !given.equals(idempotencyKey)) {
            throw OdooFault.request("the header Idempotency-Key and the argument " + KEY + " differ");
        }
        Map<String, @Nullable Object> all = new LinkedHashMap<>(named);
        all.put(KEY, idempotencyKey);
        return all;
    }

    /** Returns whether a method is never called remotely. Its name decides, whether there is such a method or not. */
    private static boolean isPrivate(String method) {
        return method.startsWith("_") || PRIVATE.contains(method);
    }

    @Override
    public Object call(OdooCaller<V> caller, String modelName, String methodName, List<?> args, Map<String, ?> kwargs) {
        Model<V> model = models.get(modelName);
        if (model == null) {
            throw Faults.userError("Object " + Faults.shortened(modelName) + " doesn't exist");
        }
        if (isPrivate(methodName)) {
            throw new OdooFault(
                    OdooFault.Kind.ACCESS_ERROR,
                    "Private methods (such as " + Faults.shortened(methodName) + " of " + modelName
                            + ") cannot be called remotely.");
        }
        ModelMethod<V> method = model.find(methodName);
        if (method == null) {
            throw Faults.userError("The method '" + Faults.shortened(methodName) + "' does not exist on the model '"
                    + modelName + "'");
        }
        OdooArguments arguments = method.signature().bind(methodName + " of " + modelName, args, kwargs);
        return run(caller, modelName, methodName, method, arguments);
    }

    private Object run(
            OdooCaller<V> caller, String modelName, String methodName, ModelMethod<V> method, OdooArguments arguments) {
        try {
            return method.body().call(caller, arguments);
        } catch (SaasException error) {
            throw translated(error, caller, modelName, methodName);
        }
    }

    private OdooFault translated(SaasException error, OdooCaller<V> caller, String model, String method) {
        if (error.category() == ErrorCategory.NOT_ALLOWED && !error.code().equals(ErrorCodes.ACCESS_DENIED)) {
            return Faults.notAllowed(model, method, error.getMessage());
        }
        String missing = MODELS_BY_RECORD.get(error.details().getOrDefault("type", ""));
        String id = error.details().get("id");
        if (error.code().equals(ErrorCodes.RECORD_MISSING) && missing != null && id != null) {
            return Faults.missing(missing, List.of(id), caller.uid());
        }
        return error.category() == ErrorCategory.UNAVAILABLE && isOperator.test(caller.view())
                ? OdooFault.forOperator(error)
                : OdooFault.of(error);
    }
}
