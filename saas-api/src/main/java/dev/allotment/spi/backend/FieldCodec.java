// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType.Kind;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.Function;

/**
 * Turns the value of a record's component into a plain value and back.
 *
 * @param constants the plain values that this build knows; empty if it knows all
 */
record FieldCodec(Kind kind, Function<Object, Object> to, Function<Object, Object> from, List<String> constants) {
    private static final Map<Type, Kind> PLAIN = Map.of(
            long.class, Kind.LONG,
            Long.class, Kind.LONG,
            int.class, Kind.INTEGER,
            Integer.class, Kind.INTEGER,
            boolean.class, Kind.BOOLEAN,
            Boolean.class, Kind.BOOLEAN,
            String.class, Kind.TEXT,
            Instant.class, Kind.INSTANT,
            UUID.class, Kind.UUID);

    static FieldCodec of(Type type) throws ReflectiveOperationException {
        Kind plain = PLAIN.get(type);
        if (plain != null) {
            return new FieldCodec(plain, Function.identity(), Function.identity(), List.of());
        }
        if (RecordType.isParameterized(type, List.class)) {
            return new FieldCodec(Kind.TEXT, JsonText::write, text -> JsonText.readList((String) text), List.of());
        }
        if (RecordType.isParameterized(type, Map.class)) {
            return map(((ParameterizedType) type).getActualTypeArguments()[1]);
        }
        if (type instanceof Class<?> javaType && javaType.isEnum()) {
            Object[] constants = javaType.getEnumConstants();
            return new FieldCodec(
                    Kind.TEXT,
                    value -> ((Enum<?>) value).name(),
                    text -> constant(constants, (String) text),
                    Arrays.stream(constants)
                            .map(each -> ((Enum<?>) each).name())
                            .toList());
        }
        if (type instanceof Class<?> javaType && javaType.isRecord() && javaType.getRecordComponents().length == 1) {
            return wrapper(javaType);
        }
        throw new IllegalArgumentException("A field cannot hold " + type);
    }

    /** Whether this build knows a plain value. */
    boolean knows(Object plain) {
        return constants.isEmpty() || constants.contains((String) plain);
    }

    Object encode(Object value) {
        return to.apply(value);
    }

    Object decode(Object plain) {
        return from.apply(plain);
    }

    /** The only component of a record such as an id. */
    static Object unwrap(Record wrapper) {
        RecordComponent[] components = wrapper.getClass().getRecordComponents();
        if (components.length != 1) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "A filter compares plain values and ids, not a "
                            + wrapper.getClass().getSimpleName() + ".");
        }
        try {
            return components[0].getAccessor().invoke(wrapper);
        } catch (ReflectiveOperationException e) {
            throw new IllegalArgumentException(wrapper.getClass() + " is not a public record", e);
        }
    }

    /** A map from text to values whose plain values are text. */
    private static FieldCodec map(Type type) throws ReflectiveOperationException {
        if (type == String.class) {
            return new FieldCodec(Kind.TEXT, JsonText::write, text -> JsonText.readMap((String) text), List.of());
        }
        FieldCodec each = of(type);
        return new FieldCodec(
                Kind.TEXT,
                map -> JsonText.write(changed((Map<?, ?>) map, each.to())),
                text -> changed(JsonText.readMap((String) text), each.from()),
                List.of());
    }

    private static Map<Object, Object> changed(Map<?, ?> map, Function<Object, Object> change) {
        Map<Object, Object> changed = new TreeMap<>();
        map.forEach((key, value) -> changed.put(key, change.apply(value)));
        return changed;
    }

    private static FieldCodec wrapper(Class<?> type) throws ReflectiveOperationException {
        RecordComponent only = type.getRecordComponents()[0];
        FieldCodec inner = of(only.getGenericType());
        Method read = only.getAccessor();
        Constructor<?> make = accessible(type.getConstructor(only.getType()));
        return new FieldCodec(
                inner.kind(),
                value -> inner.encode(read(read, value)),
                plain -> make(make, inner.decode(plain)),
                inner.constants());
    }

    private static Object read(Method accessor, Object wrapper) {
        try {
            return accessor.invoke(wrapper);
        } catch (ReflectiveOperationException e) {
            throw failure(e, "A value could not be converted.");
        }
    }

    private static Object make(Constructor<?> constructor, Object value) {
        try {
            return constructor.newInstance(value);
        } catch (ReflectiveOperationException e) {
            throw failure(e, "A value could not be converted.");
        }
    }

    /** Itself, where this may call it. */
    static <T> Constructor<T> accessible(Constructor<T> constructor) throws IllegalAccessException {
        if (!constructor.canAccess(null)) {
            throw new IllegalAccessException(constructor.toString());
        }
        return constructor;
    }

    /** Returns the exception that a record's own code has thrown, unchanged if it is unchecked. */
    static RuntimeException failure(ReflectiveOperationException e, String otherwise) {
        if (e instanceof InvocationTargetException && e.getCause() instanceof RuntimeException thrown) {
            return thrown;
        }
        return SaasException.internal(ErrorCodes.RECORD_INVALID, otherwise, e);
    }

    private static Object constant(Object[] constants, String text) {
        for (Object constant : constants) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        throw new IllegalArgumentException("There is no constant " + text);
    }
}
