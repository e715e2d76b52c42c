// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/** Generates records of any type from numbers. Two numbers give records that differ in every field that allows it. */
final class Samples {
    private Samples() {}

    /** Returns a record in which every optional value is present. */
    static <R extends Record> R full(RecordType<R> type, int number) {
        return make(type, number, false);
    }

    /** Returns a record in which every optional value is absent. */
    static <R extends Record> R sparse(RecordType<R> type, int number) {
        return make(type, number, true);
    }

    /** Returns the same record with another plain value in one field. */
    static <R extends Record> R with(RecordType<R> type, R record, Field field, @Nullable Object plain) {
        @Nullable Object[] values = type.values(record);
        values[type.fields().indexOf(field)] = plain;
        return type.create(values);
    }

    private static <R extends Record> R make(RecordType<R> type, int number, boolean sparse) {
        RecordComponent[] components = type.javaType().getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        @Nullable Object[] values = new @Nullable Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            boolean absent = sparse && type.fields().get(i).nullable();
            values[i] = absent ? null : value(components[i].getGenericType(), i == 0 ? 0 : number * 37 + i, i == 0);
        }
        try {
            return type.javaType().getConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("Could not create a sample of " + type, e);
        }
    }

    private static Object value(Type type, int salt, boolean id) throws IllegalStateException {
        if (type == long.class || type == Long.class) {
            return id ? 0L : 5_000_000_000L + salt;
        }
        if (type == int.class || type == Integer.class) {
            return salt % 2 == 0 ? salt : -salt;
        }
        if (type == boolean.class || type == Boolean.class) {
            return salt % 2 == 0;
        }
        if (type == String.class) {
            return "Zoë's \"" + salt + "\" \\ 🚀%_";
        }
        if (type == Instant.class) {
            return Instant.ofEpochSecond(1_700_000_000L + salt * 86_399L, 123_456_000);
        }
        if (type == UUID.class) {
            return new UUID(0xFEDC_BA98_7654_4210L + salt, 0x8123_4567_89AB_CDEFL + salt);
        }
        if (type instanceof ParameterizedType parameterized) {
            if (parameterized.getRawType() == List.class) {
                return List.of("b" + salt, "a \"quoted\"\n", "");
            }
            Type each = parameterized.getActualTypeArguments()[1];
            return each == String.class
                    ? Map.of("key" + salt, "välue \\ 🚀", "", "empty")
                    : Map.of("key" + salt, value(each, salt, false), "", value(each, salt + 1, false));
        }
        Class<?> other = (Class<?>) type;
        if (other.isEnum()) {
            return other.getEnumConstants()[salt % other.getEnumConstants().length];
        }
        return wrapped(other, salt, id);
    }

    /** Returns an id, or another record with one component. */
    private static Object wrapped(Class<?> type, int salt, boolean id) {
        RecordComponent only = type.getRecordComponents()[0];
        try {
            return type.getConstructor(only.getType()).newInstance(value(only.getGenericType(), salt, id));
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException(
                    "Could not create a sample of a component of type " + type.getSimpleName(), e);
        }
    }
}
