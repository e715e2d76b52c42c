// SPDX-License-Identifier: Apache-2.0
package dev.allotment.api;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.brand.BrandFile;
import dev.allotment.fleet.CampaignChange;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** The rules of ADR 16 for public records. Each method returns what breaks its rule. */
final class RecordRules {
    /** From this many components on, a record is expected to grow. */
    static final int MANY = 6;

    private RecordRules() {}

    /** A record with many components is built by a builder, which also starts with the values of a record. */
    static List<String> withoutBuilder(Class<?> type) {
        List<String> missing = new ArrayList<>();
        if (type.getRecordComponents().length < MANY) {
            return missing;
        }
        if (Arrays.stream(type.getMethods())
                .noneMatch(each -> Modifier.isStatic(each.getModifiers()) && isBuilder(each.getReturnType(), type))) {
            missing.add(type.getSimpleName() + " has no static factory of a builder");
        }
        if (toBuilder(type).isEmpty()) {
            missing.add(type.getSimpleName() + " has no toBuilder");
        }
        return missing;
    }

    /**
     * A builder has a method for each component, and {@code toBuilder} copies each component.
     *
     * @param computed the components, such as {@code Tenant.name}, that a record or another builder part computes
     */
    static List<String> brokenBuilder(Class<?> type, List<String> computed) {
        List<String> broken = new ArrayList<>();
        Method copy = toBuilder(type).orElseThrow();
        for (RecordComponent component : type.getRecordComponents()) {
            boolean part = Arrays.stream(copy.getReturnType().getMethods())
                    .anyMatch(each -> each.getName().equals(component.getName())
                            && isBuilder(each.getReturnType(), type)
                            && each.getParameterCount() == 1);
            String name = type.getSimpleName() + "." + component.getName();
            if (part == computed.contains(name)) {
                broken.add(name + (part ? " is computed, but has a builder part" : " has no builder part"));
            }
        }
        for (boolean flag : List.of(true, false)) {
            Object record = example(type, flag);
            Object copied = call(call(record, copy), "build");
            lost(record, copied).forEach(each -> broken.add(each + " is not copied by toBuilder"));
        }
        return broken.stream().distinct().toList();
    }

    /** Returns the components of a record that differ from those with the same names of the record it was made from. */
    static List<String> lost(Object from, Object made) {
        List<String> lost = new ArrayList<>();
        for (RecordComponent component : made.getClass().getRecordComponents()) {
            if (!call(made, component.getAccessor()).equals(call(from, component.getName()))) {
                lost.add(made.getClass().getSimpleName() + "." + component.getName());
            }
        }
        return lost;
    }

    /** A record that can be listed has a typed constant for each component that a filter can compare. */
    static List<String> withoutConstant(Class<?> type) {
        List<String> missing = new ArrayList<>();
        for (RecordComponent component : type.getRecordComponents()) {
            if (component.getType() == List.class || component.getType() == Map.class) {
                continue;
            }
            String constant = component.getName().replaceAll("([A-Z])", "_$1").toUpperCase(Locale.ROOT);
            String expected = "RecordField<" + type.getSimpleName() + ", " + boxed(component.getType()) + ">";
            Optional<Field> field = Arrays.stream(type.getFields())
                    .filter(each -> each.getName().equals(constant))
                    .findFirst();
            if (field.isEmpty()) {
                missing.add(type.getSimpleName() + " has no constant " + constant);
            } else if (!field.get()
                    .getGenericType()
                    .getTypeName()
                    .replaceAll("[\\w.]+[.$]", "")
                    .equals(expected)) {
                missing.add(type.getSimpleName() + "." + constant + " is no " + expected);
            } else if (!((RecordField<?, ?>) value(field.get())).name().equals(component.getName())) {
                missing.add(type.getSimpleName() + "." + constant + " names " + value(field.get()));
            }
        }
        return missing;
    }

    private static String boxed(Class<?> type) {
        return type.isPrimitive()
                ? Map.of("long", "Long", "int", "Integer", "boolean", "Boolean").get(type.getName())
                : type.getSimpleName();
    }

    static Optional<Method> toBuilder(Class<?> type) {
        return Arrays.stream(type.getMethods())
                .filter(each -> each.getName().equals("toBuilder") && isBuilder(each.getReturnType(), type))
                .findFirst();
    }

    private static boolean isBuilder(Class<?> builder, Class<?> type) {
        return builder.getName().equals(type.getName() + "$Builder");
    }

    /** Makes a record whose components all differ from their defaults, except for flags, which have this value. */
    static <T> T example(Class<T> type, boolean flag) {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < components.length; i++) {
            values[i] = example(components[i].getGenericType(), i + 1, flag);
        }
        Class<?>[] types =
                Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new);
        try {
            return type.getDeclaredConstructor(types).newInstance(values);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("No example of " + type, e);
        }
    }

    private static Object example(Type generic, int number, boolean flag) {
        if (generic instanceof ParameterizedType list && list.getRawType() == List.class) {
            return List.of(example(list.getActualTypeArguments()[0], number, flag));
        }
        if (generic instanceof ParameterizedType map && map.getRawType() == Map.class) {
            Type key = map.getActualTypeArguments()[0];
            return Map.of(
                    key == String.class ? "key" : example(key, number, flag),
                    example(map.getActualTypeArguments()[1], number, flag));
        }
        if (generic instanceof ParameterizedType change && change.getRawType() == UnaryOperator.class) {
            return UnaryOperator.identity();
        }
        if (generic instanceof ParameterizedType filter && filter.getRawType() == Filter.class) {
            return Filter.none();
        }
        if (!(generic instanceof Class<?> type)) {
            throw new AssertionError("Add an example of " + generic);
        }
        if (type == boolean.class || type == Boolean.class) {
            return flag;
        }
        if (type == int.class || type == Integer.class) {
            return number;
        }
        if (type == long.class || type == Long.class) {
            return (long) number;
        }
        if (type == String.class) {
            return "text " + number;
        }
        if (type == Instant.class) {
            return Instant.EPOCH.plusSeconds(number);
        }
        if (type == Duration.class) {
            return Duration.ofSeconds(number);
        }
        if (type == UUID.class) {
            return new UUID(number, number);
        }
        if (type.isEnum()) {
            return type.getEnumConstants()[type.getEnumConstants().length - 1];
        }
        if (type == BrandFile.class) {
            return BrandFile.of(new byte[] {(byte) number});
        }
        if (type == CampaignChange.class) {
            return CampaignChange.action("text " + number);
        }
        if (type.isRecord()) {
            return example(type, flag);
        }
        throw new AssertionError("Add an example of " + type);
    }

    private static Object call(Object target, String method) {
        try {
            return call(target, target.getClass().getMethod(method));
        } catch (NoSuchMethodException e) {
            throw new LinkageError(target.getClass() + " has no " + method, e);
        }
    }

    private static Object call(Object target, Method method) {
        try {
            return method.invoke(target);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError(method.toString(), e);
        }
    }

    private static Object value(Field constant) {
        try {
            @Nullable Object value = constant.get(null);
            if (value == null) {
                throw new AssertionError(constant + " is null");
            }
            return value;
        } catch (IllegalAccessException e) {
            throw new AssertionError(e);
        }
    }
}
