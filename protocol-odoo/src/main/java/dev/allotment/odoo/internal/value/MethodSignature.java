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

    /** The parameter of methods that are called on records. */
    private static final String IDS = "ids";

    private final List<String> required;
    private final List<String> names;
    private final boolean contextByPosition;
    private final Map<String, String> otherNames;
    private final Map<String, String> defaults;

    private MethodSignature(
            List<String> required,
            List<String> names,
            boolean contextByPosition,
            Map<String, String> otherNames,
            Map<String, String> defaults) {
        this.required = List.copyOf(required);
        this.names = List.copyOf(names);
        this.contextByPosition = contextByPosition;
        this.otherNames = Map.copyOf(otherNames);
        this.defaults = Map.copyOf(defaults);
    }

    public static MethodSignature none() {
        return required();
    }

    public static MethodSignature required(String... names) {
        return new MethodSignature(List.of(names), List.of(names), false, Map.of(), Map.of());
    }

    public MethodSignature optional(String... more) {
        List<String> all = new ArrayList<>(names);
        all.addAll(List.of(more));
        return new MethodSignature(required, all, contextByPosition, otherNames, defaults);
    }

    /**
     * Accepts a struct after the required arguments as the context. Libraries from before Odoo 8 pass it like this,
     * somewhere among the optional arguments. Not for methods with another struct there.
     */
    public MethodSignature withContextByPosition() {
        return new MethodSignature(required, names, true, otherNames, defaults);
    }

    /** Accepts a parameter also under the name that another version of Odoo uses. */
    public MethodSignature withAlias(String other, String name) {
        Map<String, String> all = new LinkedHashMap<>(otherNames);
        all.put(other, name);
        return new MethodSignature(required, names, contextByPosition, all, defaults);
    }

    /**
     * Documents what an optional argument is when it is missing, in Python. Others are {@code None}, which means that
     * the method decides. The method itself applies it.
     */
    public MethodSignature withDefault(String name, String value) {
        Map<String, String> all = new LinkedHashMap<>(defaults);
        all.put(name, value);
        return new MethodSignature(required, names, contextByPosition, otherNames, all);
    }

    /** Returns what an optional argument is when it is missing, in Python. */
    public String defaultOf(String name) {
        return defaults.getOrDefault(name, "None");
    }

    /** Returns whether the method is called on records. */
    public boolean onRecords() {
        return names.contains(IDS);
    }

    /** Returns whether there is a parameter with this name. */
    public boolean takes(String name) {
        return names.contains(name);
    }

    /** Returns the parameters other than the records, each with whether a call with named arguments needs it. */
    public Map<String, Boolean> parameters() {
        Map<String, Boolean> parameters = new LinkedHashMap<>();
        for (String name : names) {
            if (!name.equals(IDS)) {
                parameters.put(name, required.contains(name));
            }
        }
        return parameters;
    }

    /**
     * Assigns each argument of a call whose arguments are all named. The argument {@code ids} has the records, none if
     * it is missing.
     *
     * @param method the name of the method in messages
     * @throws OdooFault REQUEST, in Odoo's words, if the arguments do not fit
     */
    public OdooArguments bindNamed(String method, Map<String, ?> named) {
        Map<String, @Nullable Object> bound = new LinkedHashMap<>();
        Object ids = named.get(IDS);
        if (onRecords()) {
            bound.put(IDS, ids == null ? List.of() : ids);
        } else if (!new Value(OdooFault.Kind.REQUEST, "ids of " + method, ids).absent()
                && !(ids instanceof List<?> list && list.isEmpty())) {
            throw OdooFault.request("cannot call " + method + " with ids");
        }
        List<String> unexpected = new ArrayList<>();
        for (Map.Entry<String, ?> each : named.entrySet()) {
            String name = otherNames.getOrDefault(each.getKey(), each.getKey());
            if (name.equals(IDS)) {
                continue;
            }
            if (!names.contains(name) && !name.equals(CONTEXT)) {
                unexpected.add(each.getKey());
            } else if (bound.containsKey(name)) {
                throw OdooFault.request("multiple values for argument " + PythonText.abbreviated(name));
            } else {
                bound.put(name, each.getValue());
            }
        }
        Object context = bound.get(CONTEXT);
        // PHP writes an empty object as an empty list.
        if (context != null && !(context instanceof Map) && !(context instanceof List<?> list && list.isEmpty())) {
            throw new Value(OdooFault.Kind.REQUEST, "context of " + method, context).wrong("an object");
        }
        parameters().forEach((name, needed) -> {
            if (needed && !bound.containsKey(name)) {
                throw OdooFault.request("missing a required argument: '" + name + "'");
            }
        });
        if (!unexpected.isEmpty()) {
            throw OdooFault.request("got an unexpected keyword argument " + PythonText.abbreviated(unexpected.get(0)));
        }
        return new OdooArguments(method, bound);
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
