// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.odoo.internal.value.MethodSignature;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model: a name and its methods. It is complete once its database is created, and then only read. */
public final class Model<V> {
    private final String name;
    private final Map<String, ModelMethod<V>> methods = new LinkedHashMap<>();

    public Model(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    public Model<V> method(String method, MethodSignature signature, ModelMethod.Body<V> body) {
        methods.put(method, new ModelMethod<>(signature, body));
        return this;
    }

    Map<String, ModelMethod<V>> methods() {
        return methods;
    }

    @Nullable
    ModelMethod<V> find(String method) {
        return methods.get(method);
    }
}
