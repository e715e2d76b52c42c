// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.value;

import dev.allotment.odoo.fault.OdooFault;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The parameters of a method, which callers give by position or by name. Immutable. */
public final class MethodSignature {
    /** Every method accepts this argument by name. It is about languages, companies and web clients. */
    private static final String CONTEXT = "context";

    private final List<String> required;
    private final List<String> names;
    private final boolean contextByPosition;
    private final Map<String, String> otherNames;

    private MethodSignature(
            List<String> required, List<String> names, boolean contextByPosition, Map<String, String> otherNames) {
        this.required = List.copyOf(required);
        this.names = List.copyOf(names);
        this.contextByPosition = contextByPosition;
        this.otherNames = Map.copyOf(otherNames);
    }

    public static MethodSignature none() {
        return required();
    }

    public static MethodSignature required(String... names) {
        return new MethodSignature(List.of(names), List.of(names), false, Map.of());
    }

    public MethodSignature optional(String... more) {
        List<String> all = new ArrayList<>(names);
        all.addAll(List.of(more));
        return new MethodSignature(required, all, contextByPosition, otherNames);
    }

    /**
     * Accepts a struct after the required arguments as the context. Libraries from before Odoo 8 pass it like this,
     * somewhere among the optional arguments. Not for methods with another struct there.
     */
    public MethodSignature withContextByPosition() {
        return new MethodSignature(required, names, true, otherNames);
    }

    /** Accepts a parameter also under the name that another version of Odoo uses. */
    public MethodSignature withAlias(String other, String name) {
        Map<String, String> all = new LinkedHashMap<>(otherNames);
        all.put(other, name);
        return new MethodSignature(required, names, contextByPosition, all);
    }

    /**
     * Assigns each argument to its parameter.
     *
     * @param method the name of the method in messages
     * @throws OdooFault REQUEST if the arguments do not fit
     */
    public OdooArguments bind(String method, List<?> given, Map<String, ?> named) {
        Map<String, @Nullable Object> bound = new LinkedHashMap<>();
        List<Object> positional = new ArrayList<>(given);
        if (contextByPosition) {
            takeContext(positional, bound);
        }
        if (positional.size() > names.size()) {
            throw OdooFault.request(method + " takes " + this + ", found " + positional.size() + " arguments.");
        }
        for (int i = 0; i < positional.size(); i++) {
            bound.put(names.get(i), positional.get(i));
        }
        for (Map.Entry<String, ?> each : named.entrySet()) {
            String name = otherNames.getOrDefault(each.getKey(), each.getKey());
            if (!names.contains(name) && !name.equals(CONTEXT)) {
                throw OdooFault.request(method + " takes " + this + ", found " + PythonText.abbreviated(name) + ".");
            }
            if (bound.containsKey(name)) {
                throw OdooFault.request(method + " got " + name + " twice, by position and by name.");
            }
            bound.put(name, each.getValue());
        }
        for (String name : required) {
            if (!bound.containsKey(name)) {
                throw OdooFault.request(method + " takes " + this + ", and " + name + " is missing.");
            }
        }
        return new OdooArguments(method, bound);
    }

    private void takeContext(List<Object> positional, Map<String, @Nullable Object> bound) {
        for (int i = names.isEmpty() ? 0 : Math.max(1, required.size()); i < positional.size(); i++) {
            if (positional.get(i) instanceof Map) {
                bound.put(CONTEXT, positional.remove(i));
                return;
            }
        }
    }

    @Override
    public String toString() {
        StringBuilder text = new StringBuilder("(");
        for (String name : names) {
            text.append(text.length() == 1 ? "" : ", ").append(name).append(required.contains(name) ? "" : "=");
        }
        return text.append(')').toString();
    }
}
