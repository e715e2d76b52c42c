// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A model: a name with methods. Complete once its database is made, and then only read. */
final class Model<V> {
    private final String name;
    private final Map<String, ModelMethod<V>> methods = new LinkedHashMap<>();

    Model(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    Model<V> method(String method, Signature signature, ModelMethod.Body<V> body) {
        methods.put(method, new ModelMethod<>(signature, body));
        return this;
    }

    @Nullable
    ModelMethod<V> find(String method) {
        return methods.get(method);
    }
}
