// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.ErrorCategory;
import dev.allotment.SaasException;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Describes models for the authors of clients, from the models themselves. */
final class ModelDescriptions<V> {
    /** The module of every model: the server has them all without any of Odoo's modules. */
    private static final String MODULE = "allotment";

    private final Models<V> models;

    ModelDescriptions(Models<V> models) {
        this.models = models;
    }

    /** Returns the models that the caller may read, in alphabetical order. */
    List<Object> all(OdooCaller<V> caller) {
        boolean everything = mayChange(caller);
        List<Object> all = new ArrayList<>();
        for (Model<V> model : models.all()) {
            if (everything || models.isReadable(caller, model.name())) {
                Map<String, Object> described = new LinkedHashMap<>();
                described.put("model", model.name());
                described.put("name", ModelList.title(model.name()));
                Map<String, Object> fields = new LinkedHashMap<>();
                fields(model).forEach((name, attributes) -> fields.put(name, Map.of("string", label(attributes))));
                described.put("fields", fields);
                described.put("methods", new ArrayList<Object>(new TreeMap<>(model.methods()).keySet()));
                all.add(described);
            }
        }
        return all;
    }

    /** Returns a model, with all attributes of its fields and the parameters of its methods. */
    Map<String, Object> of(OdooCaller<V> caller, String name) {
        Model<V> model = models.find(name);
        if (model == null || !(models.isReadable(caller, name) || mayChange(caller))) {
            throw Faults.noModel(name);
        }
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("model", name);
        described.put("name", ModelList.title(name));
        described.put("doc", "The fields and methods are described in docs/wire.md, under " + name + ".");
        Map<String, Object> fields = new LinkedHashMap<>();
        fields(model).forEach((field, attributes) -> {
            Map<String, Object> all = new LinkedHashMap<>();
            ((Map<?, ?>) attributes).forEach((key, value) -> all.put(String.valueOf(key), value));
            all.put("module", MODULE);
            fields.put(field, all);
        });
        described.put("fields", fields);
        Map<String, Object> methods = new LinkedHashMap<>();
        new TreeMap<>(model.methods())
                .forEach((method, entry) -> methods.put(method, method(name, method, entry.signature())));
        described.put("methods", methods);
        return described;
    }

    private Map<String, Object> fields(Model<V> model) {
        ModelTable<V, ?> table = models.findTable(model.name());
        return table == null ? Map.of() : Reading.described(table);
    }

    private static Object label(@Nullable Object attributes) {
        Object label = attributes instanceof Map<?, ?> map ? map.get("string") : null;
        return label == null ? "" : label;
    }

    private boolean mayChange(OdooCaller<V> caller) {
        try {
            models.requireChange(caller.view());
            return true;
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.NOT_ALLOWED) {
                throw e;
            }
            return false;
        }
    }

    private static Map<String, Object> method(String model, String name, MethodSignature signature) {
        StringBuilder text = new StringBuilder("(");
        Map<String, Object> parameters = new LinkedHashMap<>();
        signature.parameters().forEach((parameter, needed) -> {
            String missing = signature.defaultOf(parameter);
            text.append(text.length() == 1 ? "" : ", ").append(parameter).append(needed ? "" : "=" + missing);
            Map<String, Object> described = new LinkedHashMap<>();
            if (!needed) {
                described.put("default", missing);
            }
            String type = CommonMethods.TYPES.get(parameter);
            if (type != null) {
                described.put("annotation", type);
            }
            parameters.put(parameter, described);
        });
        Map<String, Object> method = new LinkedHashMap<>();
        method.put("signature", text.append(')').toString());
        method.put("parameters", parameters);
        CommonMethods common = CommonMethods.of(name);
        if (common != null) {
            method.put("doc", common.text());
            method.put("return", Map.of("annotation", common.result()));
        }
        List<Object> api = new ArrayList<>();
        if (!signature.onRecords()) {
            api.add("model");
        }
        if (common != null && common.reads()) {
            api.add("readonly");
        }
        if (!api.isEmpty()) {
            method.put("api", api);
        }
        method.put("model", model);
        method.put("module", MODULE);
        return method;
    }
}
