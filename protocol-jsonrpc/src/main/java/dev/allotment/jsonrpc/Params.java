// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jsonrpc;

import dev.allotment.odoo.fault.OdooFault;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** The {@code params} of a call, read by type. A value of the wrong type is a fault that says what was expected. */
final class Params {
    private final Map<?, ?> params;

    private Params(Map<?, ?> params) {
        this.params = params;
    }

    /** Reads the params of a request. As in Odoo, missing ones count as empty. */
    static Params of(Map<?, ?> request) {
        Object params = request.get("params");
        if (params == null) {
            return new Params(Map.of());
        }
        return new Params(expect(params, Map.class, "params", "an object"));
    }

    String text(String name) {
        Object value = params.get(name);
        if (value == null) {
            throw OdooFault.request("params." + name + " is missing, expected a string.");
        }
        return expect(value, String.class, "params." + name, "a string");
    }

    /** Returns a text, or the default if the call has none. */
    String text(String name, @Nullable String byDefault) {
        return params.get(name) == null && byDefault != null ? byDefault : text(name);
    }

    /** Returns a list. Empty if it is missing. */
    List<?> list(String name) {
        Object value = params.get(name);
        return value == null ? List.of() : expect(value, List.class, "params." + name, "an array");
    }

    /** Returns an object. Empty if it is missing. */
    @SuppressWarnings("unchecked") // keys of JSON are texts
    Map<String, ?> object(String name) {
        Object value = params.get(name);
        return value == null ? Map.of() : expect(value, Map.class, "params." + name, "an object");
    }

    private static <T> T expect(Object value, Class<T> type, String name, String expected) {
        if (!type.isInstance(value)) {
            throw OdooFault.request(name + " is " + kind(value) + ", expected " + expected + ".");
        }
        return type.cast(value);
    }

    private static String kind(Object value) {
        if (value instanceof Map) {
            return "an object";
        }
        if (value instanceof List) {
            return "an array";
        }
        if (value instanceof String) {
            return "a string";
        }
        return value instanceof Boolean ? "true or false" : "a number";
    }
}
