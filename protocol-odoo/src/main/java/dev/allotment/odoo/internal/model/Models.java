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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

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

    private final Consumer<V> changeGuard;
    private final Map<String, Model<V>> models = new HashMap<>();
    private final Map<String, ModelTable<V, ?>> tables = new HashMap<>();

    /**
     * Creates an empty set of models.
     *
     * @param changeGuard throws if the actor may not change all records of such a database
     */
    public Models(Consumer<V> changeGuard) {
        this.changeGuard = changeGuard;
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
                        MethodSignature.required("model").optional("mode", "raise_exception"),
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

    @Override
    public Object call(OdooCaller<V> caller, String modelName, String methodName, List<?> args, Map<String, ?> kwargs) {
        Model<V> model = models.get(modelName);
        if (model == null) {
            throw Faults.userError("Object " + Faults.shortened(modelName) + " doesn't exist");
        }
        if (methodName.startsWith("_") || methodName.equals("init")) {
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
        try {
            return method.body().call(caller, arguments);
        } catch (SaasException error) {
            throw translated(error, caller.uid(), modelName, methodName);
        }
    }

    private static OdooFault translated(SaasException error, long uid, String model, String method) {
        if (error.category() == ErrorCategory.NOT_ALLOWED && !error.code().equals(ErrorCodes.ACCESS_DENIED)) {
            return Faults.notAllowed(model, method, error.getMessage());
        }
        String missing = MODELS_BY_RECORD.get(error.details().getOrDefault("type", ""));
        String id = error.details().get("id");
        if (error.code().equals(ErrorCodes.RECORD_MISSING) && missing != null && id != null) {
            return Faults.missing(missing, List.of(id), uid);
        }
        return OdooFault.of(error);
    }
}
