// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.json;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/** Collects the schemas of records that a document refers to. Not thread-safe. */
public final class Schemas {
    private final Map<String, Object> byName = new TreeMap<>();

    /** Returns the schemas by name, in order. */
    public Map<String, Object> all() {
        return byName;
    }

    /**
     * Returns a reference to a schema, which is added if there is none with this name yet. Generators of clients name
     * a class after it.
     */
    public Map<String, Object> reference(String name, Supplier<Map<String, Object>> schema) {
        if (!byName.containsKey(name)) {
            byName.put(name, Map.of()); // a placeholder, for records that contain others
            byName.put(name, schema.get());
        }
        return Map.of("$ref", "#/components/schemas/" + name);
    }

    /** Returns a schema that also allows null. */
    public static Map<String, Object> orNull(Map<String, Object> schema) {
        if (schema.get("type") instanceof String type && !schema.containsKey("enum")) {
            Map<String, Object> more = new LinkedHashMap<>(schema);
            more.put("type", List.of(type, "null"));
            return more;
        }
        return Map.of("anyOf", List.of(schema, Map.of("type", "null")));
    }
}
