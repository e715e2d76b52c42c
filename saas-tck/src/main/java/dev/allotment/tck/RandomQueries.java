// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.spi.backend.RecordType.Kind;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * Generates random records and queries of one type from a seed. It picks values from a few that databases are known to
 * treat differently, so queries often match and sort keys are often equal.
 */
final class RandomQueries<R extends Record> {
    private static final List<String> TEXTS = List.of(
            "", " ", "a", "A", "ab", "aB", "Ab", "b", "B", "a b", "a ", " a", "a-b", "a.b", "a_b", "a%b", "a\\b", "_",
            "%", "\\", "z", "Z", "~", "é", "e\u0301", "ß", "\uFFFD", "🚀", "🚀a", "a🚀b", "9", "10", "'", "\"", "null",
            "\n");
    private static final List<Long> LONGS = List.of(0L, 1L, 2L, 3L, 2_147_483_648L, Long.MAX_VALUE);
    private static final List<Integer> INTEGERS = List.of(Integer.MIN_VALUE, -1, 0, 1, 2, Integer.MAX_VALUE);
    private static final List<Instant> INSTANTS = List.of(
            Instant.parse("0987-06-05T04:03:02.000001Z"),
            Instant.parse("1969-12-31T23:59:59.999999Z"),
            Instant.EPOCH,
            Instant.parse("2024-02-29T12:00:00.123456Z"),
            Instant.parse("2024-02-29T12:00:00.123457Z"),
            Instant.parse("9999-12-31T23:59:59.999999Z"));
    /** ASCII only: a backend decides how it ignores the case of other letters. */
    private static final List<String> PATTERN_PARTS =
            List.of("%", "%", "_", "a", "A", "b", "B", "z", " ", "-", ".", "\\%", "\\_", "\\\\", "\\", "🚀", "9", "'");

    private final RecordType<R> type;
    private final Random random;

    RandomQueries(RecordType<R> type, long seed) {
        this.type = type;
        this.random = new Random(seed);
    }

    R record(int number) {
        R record = Samples.full(type, number);
        RecordComponent[] components = type.javaType().getRecordComponents();
        for (int i = 1; i < components.length; i++) {
            Field field = type.fields().get(i);
            Object value = value(field, components[i].getType(), number);
            record = Samples.with(type, record, field, field.nullable() && chance(30) ? null : value);
        }
        return record;
    }

    /** Returns a random query, whose values often come from one of these records. */
    Query<Object> query(List<R> records) {
        List<Query.Order> order = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            order.add(new Query.Order(field().name(), random.nextBoolean()));
        }
        int offset = chance(60) ? 0 : random.nextInt(records.size() + 5);
        int limit = chance(60) ? 0 : 1 + random.nextInt(records.size());
        return new Query<>(filter(records, 3), order, offset, limit);
    }

    RecordField<Object, Object> anyField() {
        return RecordField.named(field().name());
    }

    private Filter<Object> filter(List<R> records, int depth) {
        int kind = random.nextInt(depth == 0 ? 5 : 8);
        return switch (kind) {
            case 0, 1, 2 -> compare(records);
            case 3 -> in(records);
            case 4 -> like();
            case 5 -> Filter.not(filter(records, depth - 1));
            case 6 -> Filter.and(filters(records, depth - 1));
            default -> Filter.or(filters(records, depth - 1));
        };
    }

    private List<Filter<Object>> filters(List<R> records, int depth) {
        List<Filter<Object>> parts = new ArrayList<>();
        for (int i = random.nextInt(4); i > 0; i--) {
            parts.add(filter(records, depth));
        }
        return parts;
    }

    private Filter<Object> compare(List<R> records) {
        Field field = field();
        return Filter.compare(
                RecordField.named(field.name()), pick(List.of(Operator.values())), operand(records, field));
    }

    private Filter<Object> in(List<R> records) {
        Field field = field();
        List<@Nullable Object> values = new ArrayList<>();
        for (int i = random.nextInt(5); i > 0; i--) {
            values.add(operand(records, field));
        }
        return Filter.in(RecordField.named(field.name()), values);
    }

    private Filter<Object> like() {
        List<Field> texts = type.fields().stream()
                .filter(field -> field.kind() == Kind.TEXT)
                .toList();
        StringBuilder pattern = new StringBuilder();
        for (int i = random.nextInt(5); i > 0; i--) {
            pattern.append(pick(PATTERN_PARTS));
        }
        return new Filter.Like<>(pick(texts).name(), pattern.toString(), random.nextBoolean());
    }

    private @Nullable Object operand(List<R> records, Field field) {
        if (chance(10)) {
            return null;
        }
        if (chance(60)) {
            return type.value(pick(records), field.name());
        }
        Object value = value(field, field.kind().type(), 0);
        // Finer than what can be stored: between two values that can.
        return value instanceof Instant instant && chance(30) ? instant.minusNanos(1 + random.nextInt(999)) : value;
    }

    private Object value(Field field, Class<?> javaType, int number) {
        boolean unique = type.uniqueKeys().stream().anyMatch(key -> key.contains(field));
        return switch (field.kind()) {
            case LONG -> unique ? (Object) (long) number : pick(LONGS);
            case INTEGER -> pick(INTEGERS);
            case BOOLEAN -> random.nextBoolean();
            case TEXT -> text(javaType, unique, number);
            case INSTANT -> pick(INSTANTS);
            case UUID -> new UUID(random.nextLong(), random.nextLong());
        };
    }

    private String text(Class<?> javaType, boolean unique, int number) {
        if (javaType.isEnum()) {
            return ((Enum<?>) javaType.getEnumConstants()[random.nextInt(javaType.getEnumConstants().length)]).name();
        }
        if (javaType == List.class) {
            return pick(List.of("[]", "[\"a\"]", "[\"a\",\"b\"]", "[\"A\"]"));
        }
        if (javaType == java.util.Map.class) {
            return pick(List.of("{}", "{\"a\":\"b\"}", "{\"a\":\"B\",\"c\":\"\"}"));
        }
        return unique ? pick(TEXTS) + number : pick(TEXTS);
    }

    private Field field() {
        return pick(type.fields());
    }

    private boolean chance(int percent) {
        return random.nextInt(100) < percent;
    }

    private <T> T pick(List<T> values) {
        return values.get(random.nextInt(values.size()));
    }
}
