// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.odoo.fault.OdooFault;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The arguments of one call, by name. */
public final class OdooArguments {
    private final String method;
    private final Map<String, @Nullable Object> values;

    OdooArguments(String method, Map<String, @Nullable Object> values) {
        this.method = method;
        this.values = values;
    }

    /** Whether it was given, be it nil. */
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

    /** True unless it was given and says no. */
    public boolean unlessDenied(String name) {
        return !has(name) || get(name).flag();
    }

    /** Whether searches leave out what is not active, as they do unless the context says no. */
    public boolean activeOnly() {
        return !(values.get("context") instanceof Map<?, ?> context
                && context.containsKey("active_test")
                && !new Value(OdooFault.Kind.REQUEST, "active_test of the context", context.get("active_test")).flag());
    }
}
