// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.odoo.fault.OdooFault;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, by parameter name. */
public final class OdooArguments {
    private final String method;
    private final Map<String, @Nullable Object> values;

    OdooArguments(String method, Map<String, @Nullable Object> values) {
        this.method = method;
        this.values = values;
    }

    /** Returns whether the caller gave this argument, even as nil. */
    public boolean has(String name) {
        return values.containsKey(name);
    }

    public Value get(String name) {
        return new Value(OdooFault.Kind.REQUEST, name + " of " + method, values.get(name));
    }

    @Nullable
    public Object raw(String name) {
        return values.get(name);
    }

    /** Returns true unless the caller gave this argument as false. */
    public boolean flagOrTrue(String name) {
        return !has(name) || get(name).flag();
    }

    /** Returns whether searches leave out inactive records. They do unless the context says otherwise. */
    public boolean activeOnly() {
        return !(values.get("context") instanceof Map<?, ?> context
                && context.containsKey("active_test")
                && !new Value(OdooFault.Kind.REQUEST, "active_test of the context", context.get("active_test")).flag());
    }
}
