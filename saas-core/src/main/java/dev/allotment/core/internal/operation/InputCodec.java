// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.StoredOperation;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.reflect.AccessibleObject;
import java.lang.reflect.Constructor;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Stores the input of an operation: each component of a record under its name. The names are stored data, so a
 * component keeps its name.
 *
 * <p>A component is a String, a number, a {@code boolean}, a UUID, an Instant, an enum, a record of one such component,
 * or a list of String. Null and {@code false} are stored as nothing, and so is an empty list that cannot be null. A
 * component that is neither nullable nor secret, nor a {@code boolean} or a list, is required. What a newer version has
 * added is ignored.
 *
 * <p>Immutable and safe for use by several threads.
 *
 * @param <I> the record, declared in this module; it need not be public
 */
public final class InputCodec<I extends Record> {
    /**
     * Marks an input of an operation that is shown to no caller, and removed when the operation has finished. So its
     * component is nullable.
     */
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.RECORD_COMPONENT)
    public @interface Secret {}

    private static final Map<Type, Function<String, ?>> PLAIN = Map.of(
            String.class, text -> text,
            int.class, Integer::valueOf,
            Integer.class, Integer::valueOf,
            long.class, Long::valueOf,
            Long.class, Long::valueOf,
            Boolean.class, Boolean::valueOf,
            UUID.class, UUID::fromString,
            Instant.class, Instant::parse);

    /** How a value that is not null becomes text and is read from it, and what stands for text that is missing. */
    private record Format(
            Function<Object, @Nullable String> write,
            Function<String, ?> read,
            @Nullable Object missing) {}

    private record Input(String name, Method accessor, Format format, boolean required, boolean secret) {}

    private final Constructor<I> constructor;
    private final List<Input> inputs;

    private InputCodec(Constructor<I> constructor, List<Input> inputs) {
        this.constructor = constructor;
        this.inputs = inputs;
    }

    /**
     * Describes the input of an operation by its record.
     *
     * @throws IllegalArgumentException if a component has another type
     */
    public static <I extends Record> InputCodec<I> of(Class<I> type) {
        return new InputCodec<>(
                canonical(type),
                Arrays.stream(type.getRecordComponents()).map(InputCodec::input).toList());
    }

    /** The stored form of an input. */
    public Map<String, String> write(I input) {
        Map<String, String> stored = new HashMap<>();
        for (Input each : inputs) {
            Object value = call(() -> each.accessor().invoke(input));
            String text = value == null ? null : each.format().write().apply(value);
            if (text != null) {
                stored.put(each.name(), text);
            }
        }
        return Map.copyOf(stored);
    }

    /** Adds an input to what is drafted or stored of an operation, and returns that. */
    public StoredOperation.Builder add(StoredOperation.Builder operation, I input) {
        Map<String, String> all = new HashMap<>(operation.build().input());
        all.putAll(write(input));
        return operation.input(all);
    }

    /**
     * The input of a stored operation; empty if a required part is missing, because an erasure has removed it.
     *
     * @throws SaasException {@code record.invalid} if a part cannot be read
     */
    public Optional<I> find(StoredOperation operation) {
        return inputs.stream()
                        .allMatch(each -> !each.required() || operation.input().containsKey(each.name()))
                ? Optional.of(read(operation))
                : Optional.empty();
    }

    /**
     * The input of a stored operation. What is secret is null once the operation has finished.
     *
     * @throws SaasException {@code record.invalid} if a required input is missing, or cannot be read
     */
    public I read(StoredOperation operation) {
        Object[] values = inputs.stream().map(each -> value(operation, each)).toArray();
        return call(() -> constructor.newInstance(values));
    }

    /** The names of what is shown to no caller, and removed when the operation has finished. */
    public Set<String> secrets() {
        return inputs.stream().filter(Input::secret).map(Input::name).collect(Collectors.toUnmodifiableSet());
    }

    private static @Nullable Object value(StoredOperation operation, Input input) {
        String text = operation.input().get(input.name());
        if (text == null && input.required()) {
            throw unreadable(operation, "has no input " + input.name(), null);
        }
        try {
            return text == null
                    ? input.format().missing()
                    : input.format().read().apply(text);
        } catch (RuntimeException e) {
            throw unreadable(operation, "has an input " + input.name() + " that cannot be read", e);
        }
    }

    private static SaasException unreadable(StoredOperation operation, String what, @Nullable Exception cause) {
        return SaasException.internal(
                ErrorCodes.RECORD_INVALID,
                "Operation " + operation.id() + " of kind " + operation.kind() + " " + what
                        + ". If a newer version of the program has stored it, it finishes there;"
                        + " otherwise abandon it.",
                cause);
    }

    private static Input input(RecordComponent component) {
        boolean secret = component.isAnnotationPresent(Secret.class);
        boolean nullable = component.getAnnotatedType().isAnnotationPresent(Nullable.class);
        Format format = format(component.getGenericType(), nullable);
        boolean required = !secret && !nullable && format.missing() == null;
        return new Input(component.getName(), accessible(component.getAccessor()), format, required, secret);
    }

    private static Format format(Type type, boolean nullable) {
        if (type == boolean.class) {
            return new Format(value -> value.equals(true) ? "true" : null, "true"::equals, false);
        }
        Function<String, ?> plain = PLAIN.get(type);
        if (plain != null) {
            return new Format(Object::toString, plain, null);
        }
        if (type instanceof ParameterizedType list
                && list.getRawType() == List.class
                && list.getActualTypeArguments()[0] == String.class) {
            return new Format(
                    value -> ((List<?>) value).isEmpty() && !nullable ? null : JsonText.write(value),
                    JsonText::readList,
                    nullable ? null : List.of());
        }
        if (type instanceof Class<?> constants && constants.isEnum()) {
            return new Format(
                    value -> ((Enum<?>) value).name(),
                    text -> Arrays.stream(constants.getEnumConstants())
                            .filter(each -> ((Enum<?>) each).name().equals(text))
                            .findFirst()
                            .orElseThrow(),
                    null);
        }
        if (type instanceof Class<?> wrapper && wrapper.isRecord() && wrapper.getRecordComponents().length == 1) {
            Input only = input(wrapper.getRecordComponents()[0]);
            Constructor<?> constructor = canonical(wrapper);
            return new Format(
                    value -> only.format()
                            .write()
                            .apply(call(() -> only.accessor().invoke(value))),
                    text -> call(
                            () -> constructor.newInstance(only.format().read().apply(text))),
                    null);
        }
        throw new IllegalArgumentException("An operation cannot store an input of type " + type.getTypeName());
    }

    private static <T> Constructor<T> canonical(Class<T> type) {
        Class<?>[] types = Arrays.stream(type.getRecordComponents())
                .map(RecordComponent::getType)
                .toArray(Class<?>[]::new);
        return call(() -> accessible(type.getDeclaredConstructor(types)));
    }

    private static <T extends AccessibleObject> T accessible(T member) {
        member.setAccessible(true);
        return member;
    }

    private interface Reflection<T extends @Nullable Object> {
        T run() throws ReflectiveOperationException;
    }

    private static <T extends @Nullable Object> T call(Reflection<T> work) {
        try {
            return work.run();
        } catch (ReflectiveOperationException e) {
            if (e instanceof InvocationTargetException && e.getCause() instanceof RuntimeException thrown) {
                throw thrown;
            }
            throw new IllegalStateException("The record of an operation's input cannot be used", e);
        }
    }
}
