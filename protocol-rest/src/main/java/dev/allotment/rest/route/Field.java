// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.route;

import dev.allotment.rest.json.JsonType;
import dev.allotment.rest.json.RecordShape;
import dev.allotment.rest.json.RecordShape.Component;
import dev.allotment.rest.json.Schemas;
import java.lang.reflect.Type;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * A parameter of a query, or a field of a body.
 *
 * @param name in the request
 * @param component the component of the record that it is for
 * @param nullable whether null is a value of it
 * @param required whether it must be there
 * @param repeated whether it may occur several times in a query
 * @param text a sentence for the reference
 */
public record Field(
        String name,
        String component,
        JsonType type,
        boolean nullable,
        boolean required,
        boolean repeated,
        String text) {
    /** Describes a component of a record, with its type. */
    public static Field of(Class<? extends Record> record, String component, String text) {
        Component found = RecordShape.of(record).component(component);
        return new Field(component, component, found.type(), found.nullable(), false, false, text);
    }

    /** Describes a value that belongs to no record. */
    public static Field of(String name, Type type, String text) {
        return new Field(name, name, JsonType.of(type), false, false, false, text);
    }

    /** Returns this field with another name in requests. */
    public Field named(String other) {
        return new Field(other, component, type, nullable, required, repeated, text);
    }

    /** Returns this field as one that must be there, and must not be null. */
    public Field needed() {
        return new Field(name, component, type, false, true, repeated, text);
    }

    /** Returns this field as one that may occur several times. */
    public Field several() {
        return new Field(name, component, type, nullable, required, true, text);
    }

    /** Returns its JSON Schema, with the text. */
    public Map<String, Object> schema(Schemas schemas) {
        Map<String, Object> schema = type.schema(schemas);
        return described(nullable ? Schemas.orNull(schema) : schema);
    }

    private Map<String, Object> described(Map<String, Object> schema) {
        Map<String, Object> described = new LinkedHashMap<>(schema);
        described.put("description", text);
        return described;
    }
}
