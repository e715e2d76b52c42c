// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.RecordTypes;
import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.lang.reflect.RecordComponent;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Checks that a wrapper of an SPI interface passes on every call, also of the methods that have a default. Such a
 * method
 * is easily forgotten, since the wrapper compiles without it, and then silently does what the default does.
 *
 * <pre>{@code
 * Forwarding.check(Databases.class, MeteredDatabases::new);
 * }</pre>
 */
public final class Forwarding {
    private static final Map<Class<?>, Object> SAMPLES = Map.ofEntries(
            Map.entry(String.class, "sample"),
            Map.entry(UUID.class, new UUID(1, 2)),
            Map.entry(int.class, 3),
            Map.entry(long.class, 4L),
            Map.entry(boolean.class, true),
            Map.entry(Double.class, 0.5),
            Map.entry(Integer.class, 3),
            Map.entry(Duration.class, Duration.ofSeconds(5)),
            Map.entry(Instant.class, Instant.EPOCH),
            Map.entry(InputStream.class, new ByteArrayInputStream(new byte[0])),
            Map.entry(List.class, List.of()),
            Map.entry(Map.class, Map.of()),
            Map.entry(Set.class, Set.of()),
            Map.entry(Filter.class, Filter.all()),
            Map.entry(Query.class, Query.all()),
            Map.entry(Optional.class, Optional.empty()),
            Map.entry(RecordField.class, Parameter.KEY),
            Map.entry(Record.class, new Parameter(6, "key", "value", false)),
            Map.entry(Server.class, Server.builder("sample").build()));

    private Forwarding() {}

    /** A call that the wrapped object received. */
    private record Call(Method method, List<@Nullable Object> arguments) {}

    /**
     * Calls each method of an interface on a wrapper, and requires that the wrapped object receives the same call: the
     * same method, with the same arguments in the same order. Arguments that are interfaces or streams, and results,
     * may be wrapped. The wrapped object does nothing and returns samples.
     *
     * @param type an interface of the SPI
     * @param wrapper wraps an object in what is checked
     * @param except names of methods that the wrapper does not pass on for a reason
     * @throws AssertionError if calls are not passed on, with the methods
     */
    public static <T> void check(Class<T> type, Function<? super T, ? extends T> wrapper, String... except) {
        List<String> lost = new ArrayList<>();
        for (Method method : type.getMethods()) {
            if (!Modifier.isStatic(method.getModifiers())
                    && !Arrays.asList(except).contains(method.getName())
                    && !isPassedOn(type, wrapper, method)) {
                lost.add(method.getName()
                        + Arrays.toString(Arrays.stream(method.getParameterTypes())
                                .map(Class::getSimpleName)
                                .toArray()));
            }
        }
        if (!lost.isEmpty()) {
            throw new AssertionError("A wrapper of " + type.getSimpleName() + " does not pass on " + lost
                    + ". Override each, and call the same method of the wrapped object with the same arguments.");
        }
    }

    private static <T> boolean isPassedOn(Class<T> type, Function<? super T, ? extends T> wrapper, Method method) {
        List<Call> received = new ArrayList<>();
        T target = type.cast(Proxy.newProxyInstance(
                type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                    received.add(new Call(called, arguments == null ? List.of() : Arrays.asList(arguments)));
                    return called.getReturnType() == void.class ? null : sample(called.getReturnType(), 0);
                }));
        @Nullable Object[] arguments = new @Nullable Object[method.getParameterCount()];
        for (int i = 0; i < arguments.length; i++) {
            arguments[i] = sample(method.getParameterTypes()[i], i);
        }
        try {
            method.invoke(wrapper.apply(target), arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError("A wrapper of " + type.getSimpleName() + " failed in " + method, e.getCause());
        } catch (IllegalAccessException e) {
            throw new AssertionError(type + " is not public", e);
        }
        return received.stream()
                .anyMatch(call -> call.method().equals(method) && isSame(method, arguments, call.arguments()));
    }

    private static boolean isSame(Method method, @Nullable Object[] given, List<@Nullable Object> received) {
        for (int i = 0; i < given.length; i++) {
            Class<?> type = method.getParameterTypes()[i];
            boolean mayBeWrapped = type == InputStream.class || (type.isInterface() && !SAMPLES.containsKey(type));
            Object argument = given[i];
            if (!mayBeWrapped && (argument == null || !argument.equals(received.get(i)))) {
                return false;
            }
        }
        return true;
    }

    /** @param number different for each argument, so that two of one type differ */
    private static Object sample(Class<?> type, int number) {
        if (type == Object.class) {
            return "sample " + number;
        }
        if (type == String.class) {
            return "sample-" + number;
        }
        if (type == UUID.class) {
            return new UUID(1, number);
        }
        Object found = SAMPLES.get(type);
        if (found != null) {
            return found;
        }
        if (type.isInterface()) {
            return Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (proxy, called, arguments) -> {
                return switch (called.getName()) {
                    case "equals" -> proxy == arguments[0];
                    case "hashCode" -> System.identityHashCode(proxy);
                    default -> throw new AssertionError("A wrapper called " + called + " of an argument or a result");
                };
            });
        }
        if (type.isRecord()) {
            return record(type, number);
        }
        return type.getSimpleName().equals("RecordType") ? RecordTypes.PARAMETERS : unknown(type);
    }

    private static Object record(Class<?> type, int number) {
        RecordComponent[] components = type.getRecordComponents();
        Class<?>[] types = new Class<?>[components.length];
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            types[i] = components[i].getType();
            values[i] = sample(types[i], number);
        }
        try {
            return type.getConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("There is no sample of " + type, e);
        }
    }

    private static Object unknown(Class<?> type) {
        throw new AssertionError("There is no sample of " + type);
    }
}
