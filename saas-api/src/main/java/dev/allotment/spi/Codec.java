// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.RecordType.Kind;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;

/** Turns the value of a record's component into a plain value and back. */
record Codec(Kind kind, Function<Object, Object> to, Function<Object, Object> from) {
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

    static Codec of(Type type, MethodHandles.Lookup lookup) throws ReflectiveOperationException {
        Kind plain = PLAIN.get(type);
        if (plain != null) {
            return new Codec(plain, Function.identity(), Function.identity());
        }
        if (RecordType.isParameterized(type, List.class)) {
            return new Codec(Kind.TEXT, JsonText::write, text -> JsonText.readList((String) text));
        }
        if (RecordType.isParameterized(type, Map.class)) {
            return new Codec(Kind.TEXT, JsonText::write, text -> JsonText.readMap((String) text));
        }
        if (type instanceof Class<?> javaType && javaType.isEnum()) {
            Object[] constants = javaType.getEnumConstants();
            return new Codec(Kind.TEXT, value -> ((Enum<?>) value).name(), text -> constant(constants, (String) text));
        }
        if (type instanceof Class<?> javaType && javaType.isRecord() && javaType.getRecordComponents().length == 1) {
            return wrapper(javaType, lookup);
        }
        throw new IllegalArgumentException("A field cannot hold " + type);
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

    private static Codec wrapper(Class<?> type, MethodHandles.Lookup lookup) throws ReflectiveOperationException {
        RecordComponent only = type.getRecordComponents()[0];
        Codec inner = of(only.getGenericType(), lookup);
        MethodHandle read =
                lookup.unreflect(only.getAccessor()).asType(MethodType.methodType(Object.class, Object.class));
        MethodHandle make = lookup.findConstructor(type, MethodType.methodType(void.class, only.getType()))
                .asType(MethodType.methodType(Object.class, Object.class));
        return new Codec(
                inner.kind(), value -> inner.encode(call(read, value)), plain -> call(make, inner.decode(plain)));
    }

    private static Object call(MethodHandle handle, Object argument) {
        try {
            return (Object) handle.invokeExact(argument);
        } catch (RuntimeException e) {
            throw e;
        } catch (Throwable e) {
            throw SaasException.internal(ErrorCodes.RECORD_INVALID, "A value could not be converted.", e);
        }
    }

    private static Object constant(Object[] constants, String text) {
        for (Object constant : constants) {
            if (((Enum<?>) constant).name().equals(text)) {
                return constant;
            }
        }
        throw SaasException.internal(
                ErrorCodes.RECORD_INVALID, "A stored value is not known to this build: " + text + ".", null);
    }
}
