// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.json;

import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.RecordComponent;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** The components of a record class. Immutable and thread-safe. */
public final class RecordShape {
    private static final Map<Class<? extends Record>, RecordShape> KNOWN = new ConcurrentHashMap<>();

    private final Class<? extends Record> record;
    private final Constructor<? extends Record> constructor;
    private final Map<String, Component> components = new LinkedHashMap<>();

    /**
     * A component.
     *
     * @param nullable whether it may have no value
     */
    public record Component(String name, JsonType type, boolean nullable, Method accessor) {
        private Map<String, Object> schema(Schemas schemas) {
            Map<String, Object> schema = type.schema(schemas);
            return nullable ? Schemas.orNull(schema) : schema;
        }
    }

    private RecordShape(Class<? extends Record> record) {
        this.record = record;
        RecordComponent[] all = record.getRecordComponents();
        try {
            constructor = record.getDeclaredConstructor(
                    Arrays.stream(all).map(RecordComponent::getType).toArray(Class<?>[]::new));
        } catch (NoSuchMethodException e) {
            throw new IllegalStateException(e);
        }
        constructor.setAccessible(true); // bodies of requests are records that are not public
        for (RecordComponent each : all) {
            Method accessor = each.getAccessor();
            accessor.setAccessible(true);
            components.put(
                    each.getName(),
                    new Component(
                            each.getName(),
                            JsonType.of(each.getGenericType()),
                            each.getAnnotatedType().isAnnotationPresent(Nullable.class),
                            accessor));
        }
    }

    /**
     * Returns the components of a record class.
     *
     * @throws IllegalArgumentException if one of them has no form in JSON
     */
    public static RecordShape of(Class<? extends Record> record) {
        RecordShape known = KNOWN.get(record);
        if (known == null) {
            known = new RecordShape(record);
            KNOWN.put(record, known);
        }
        return known;
    }

    /**
     * Returns a component.
     *
     * @throws IllegalArgumentException if there is none with this name
     */
    public Component component(String name) {
        return find(name).orElseThrow(() -> new IllegalArgumentException(record + " has no component " + name + "."));
    }

    /** Returns a component; empty if there is none with this name. */
    public Optional<Component> find(String name) {
        return Optional.ofNullable(components.get(name));
    }

    /** Returns the components in their order. */
    public List<Component> components() {
        return List.copyOf(components.values());
    }

    /** Returns a value of a record; null: it has none. */
    public static @Nullable Object value(Component component, Record from) {
        return call(component.accessor(), from);
    }

    /**
     * Returns a record like another one, with some components changed.
     *
     * @param changed the new values by the names of the components
     */
    @SuppressWarnings("unchecked") // a record of the same class
    public static <R extends Record> R with(R like, Map<String, ? extends @Nullable Object> changed) {
        RecordShape shape = of(like.getClass());
        Object[] values = shape.components.values().stream()
                .map(each -> changed.containsKey(each.name()) ? changed.get(each.name()) : value(each, like))
                .toArray();
        return (R) shape.create(values);
    }

    /**
     * Returns a record with these components. Others have no value.
     *
     * @param given by the names of the components; those that may not be null are there
     */
    public static <R extends Record> R create(Class<R> record, Map<String, ? extends @Nullable Object> given) {
        RecordShape shape = of(record);
        return record.cast(shape.create(shape.components.values().stream()
                .map(each -> given.get(each.name()))
                .toArray()));
    }

    /** Returns the name in documents. */
    public String name() {
        return record.getSimpleName();
    }

    /** Returns how records of the class look. */
    JsonType type() {
        return components.size() == 1
                ? single()
                : new JsonType(
                        value -> object((Record) value),
                        this::read,
                        schemas -> schemas.reference(name(), () -> schema(schemas)));
    }

    /** Returns the schema. */
    Map<String, Object> schema(Schemas schemas) {
        Map<String, Object> properties = new LinkedHashMap<>();
        components.values().forEach(each -> properties.put(each.name(), each.schema(schemas)));
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", "object");
        schema.put("properties", properties);
        schema.put("required", List.copyOf(properties.keySet()));
        return schema;
    }

    private Map<String, Object> object(Record value) {
        Map<String, Object> object = new LinkedHashMap<>();
        components.values().forEach(each -> object.put(each.name(), each.type().write(value(each, value))));
        return object;
    }

    private Object read(Object json, String where) throws Mismatch {
        if (!(json instanceof Map<?, ?> object)) {
            throw new Mismatch(where, "an object", json);
        }
        for (Object key : object.keySet()) {
            if (!components.containsKey(String.valueOf(key))) {
                throw new Mismatch(where, "an object with " + String.join(", ", components.keySet()), key);
            }
        }
        List<@Nullable Object> values = new ArrayList<>();
        for (Component each : components.values()) {
            Object given = object.get(each.name());
            values.add(given == null && each.nullable() ? null : each.type().read(given, where + "." + each.name()));
        }
        return create(values.toArray());
    }

    /** Returns the type of a record that is its only component. A record that checks a text has a method for it. */
    private JsonType single() {
        Component only = components.values().iterator().next();
        Method parser = Arrays.stream(record.getMethods())
                .filter(each -> each.getName().equals("parse")
                        && Modifier.isStatic(each.getModifiers())
                        && Arrays.equals(each.getParameterTypes(), new Class<?>[] {String.class}))
                .findFirst()
                .orElse(null);
        return new JsonType(
                value -> present(only.type().write(value(only, (Record) value))),
                (json, where) -> {
                    Object value = only.type().read(json, where);
                    if (value instanceof Long number && number < 1) {
                        throw new Mismatch(where, "a positive number", json);
                    }
                    return parser == null ? create(new Object[] {value}) : present(call(parser, null, value));
                },
                schemas -> only.type() == JsonType.LONG
                        ? Json.object("type", "integer", "format", "int64", "minimum", 1)
                        : only.type().schema(schemas));
    }

    private Record create(@Nullable Object[] values) {
        try {
            return constructor.newInstance(values);
        } catch (InvocationTargetException e) {
            throw unchecked(e);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(e);
        }
    }

    private static Object present(@Nullable Object value) {
        return Objects.requireNonNull(value);
    }

    private static @Nullable Object call(Method method, @Nullable Object on, Object... arguments) {
        try {
            return method.invoke(on, arguments);
        } catch (InvocationTargetException e) {
            throw unchecked(e);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private static RuntimeException unchecked(InvocationTargetException e) {
        return e.getCause() instanceof RuntimeException cause ? cause : new IllegalStateException(e);
    }
}
