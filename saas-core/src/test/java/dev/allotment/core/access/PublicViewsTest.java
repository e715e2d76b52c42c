// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.access;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.lang.reflect.ParameterizedType;
import java.lang.reflect.RecordComponent;
import java.lang.reflect.Type;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Tests that callers see every value of a stored row that their records have. Two rows differ in every component, so a
 * component that keeps its default is wrong in one of them at least.
 */
final class PublicViewsTest {
    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void copyEveryComponentOfATenant(int variant) throws ReflectiveOperationException {
        assertCopied(StoredTenant.class, row -> PublicViews.tenant(Actor.HOST, row), variant);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1})
    void copyEveryComponentOfAnOperation(int variant) throws ReflectiveOperationException {
        assertCopied(StoredOperation.class, PublicViews::operation, variant);
    }

    private static <R extends Record> void assertCopied(
            Class<R> type, Function<R, ? extends Record> convert, int variant) throws ReflectiveOperationException {
        R row = row(type, variant);
        Record view = convert.apply(row);
        for (RecordComponent component : view.getClass().getRecordComponents()) {
            assertThat(component.getAccessor().invoke(view))
                    .as(component.getName())
                    .isEqualTo(type.getMethod(component.getName()).invoke(row));
        }
    }

    private static <R extends Record> R row(Class<R> type, int variant) throws ReflectiveOperationException {
        RecordComponent[] components = type.getRecordComponents();
        Object[] values = new Object[components.length];
        for (int i = 0; i < values.length; i++) {
            values[i] = value(components[i].getGenericType(), 2 * i + variant);
        }
        return type.getConstructor(
                        Arrays.stream(components).map(RecordComponent::getType).toArray(Class<?>[]::new))
                .newInstance(values);
    }

    /** Returns a value that no other component has, as far as the type allows it; even and odd numbers differ always. */
    private static Object value(Type type, int number) throws ReflectiveOperationException {
        if (type instanceof ParameterizedType generic) {
            return generic.getRawType() == List.class ? List.of("word " + number) : Map.of("key", "word " + number);
        }
        Class<?> plain = (Class<?>) type;
        if (plain == long.class || plain == Long.class) {
            return 1000L + number;
        } else if (plain == int.class) {
            return 1000 + number;
        } else if (plain == boolean.class) {
            return number % 2 == 0;
        } else if (plain == String.class) {
            return "word " + number;
        } else if (plain == Instant.class) {
            return Instant.ofEpochSecond(number);
        } else if (plain == UUID.class) {
            return new UUID(1, number);
        } else if (plain.isEnum()) {
            return plain.getEnumConstants()[number % 2];
        }
        RecordComponent wrapped = plain.getRecordComponents()[0];
        return plain.getConstructor(wrapped.getType()).newInstance(value(wrapped.getGenericType(), number));
    }
}
