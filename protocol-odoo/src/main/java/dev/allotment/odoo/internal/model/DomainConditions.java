// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.RecordField;
import dev.allotment.spi.backend.RecordTypes;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Conditions on fields that are columns of the record, by the kind of the column. */
public final class DomainConditions {
    private static final long MAX_MEGABYTES = Long.MAX_VALUE / Plan.MEGABYTE - 1;

    private DomainConditions() {}

    /** Converts a value of a leaf, which is never absent, into a value of the column. */
    @FunctionalInterface
    interface Conversion {
        Object convert(Leaf leaf, Object value);
    }

    public static <V> DomainCondition<V> text(String column) {
        return (caller, leaf) -> text(column, leaf);
    }

    public static Filter<Object> text(String column, Leaf leaf) {
        return leaf.operator().matchesPattern()
                ? like(column, leaf, "")
                : compare(column, leaf, DomainConditions::asText);
    }

    /** Compares a field that is the part after the only dot in a text column. */
    public static <V> DomainCondition<V> afterDot(String column) {
        return (caller, leaf) -> {
            Operator operator = leaf.operator();
            if (operator.matchesPattern()) {
                return like(column, leaf, "%.");
            }
            if (operator.isOrder()) {
                throw leaf.invalid();
            }
            List<Filter<Object>> parts = new ArrayList<>();
            for (Object each : leaf.values()) {
                if (!Leaf.isAbsent(each)) {
                    parts.add(Filter.like(RecordField.named(column), "%." + Filter.literal(asText(leaf, each))));
                }
            }
            return leaf.negateIfNegative(Filter.or(parts));
        };
    }

    /** Compares a column of 64 bits. */
    public static <V> DomainCondition<V> number(String column) {
        return (caller, leaf) -> compare(column, leaf, DomainConditions::asNumber);
    }

    /** Compares a column of 32 bits. */
    static <V> DomainCondition<V> integer(String column) {
        return (caller, leaf) -> compare(column, leaf, (each, value) -> {
            long number = asNumber(each, value);
            if (number != (int) number) {
                throw each.invalid();
            }
            return number;
        });
    }

    static <V> DomainCondition<V> instant(String column) {
        return (caller, leaf) -> compare(column, leaf, Instants::of);
    }

    /** Compares a column of UUIDs. A value that is not a UUID matches no record. */
    public static <V> DomainCondition<V> uuid(String column) {
        return (caller, leaf) -> {
            if (leaf.operator().isOrder() || leaf.operator().matchesPattern()) {
                throw leaf.invalid();
            }
            List<@Nullable Object> values = new ArrayList<>();
            for (Object each : leaf.values()) {
                if (each == null || Leaf.isAbsent(each)) {
                    values.add(null);
                } else {
                    parsed(asText(leaf, each)).ifPresent(values::add);
                }
            }
            return leaf.negateIfNegative(Filter.in(RecordField.named(column), values));
        };
    }

    private static Optional<UUID> parsed(String text) {
        try {
            return Optional.of(UUID.fromString(text));
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    public static <V> DomainCondition<V> flag(String column) {
        return flag((OdooCaller<V> caller) -> Filter.equal(RecordField.named(column), true));
    }

    /** Compares a boolean field that is true if a filter matches. */
    public static <V> DomainCondition<V> flag(Function<? super OdooCaller<V>, ? extends Filter<?>> whenTrue) {
        return (caller, leaf) -> {
            if (leaf.operator().isOrder() || leaf.operator().matchesPattern()) {
                throw leaf.invalid();
            }
            List<Filter<Object>> parts = new ArrayList<>();
            for (Object each : leaf.values()) {
                Filter<Object> filter = Filter.untyped(whenTrue.apply(caller));
                parts.add(asFlag(leaf, each) ? filter : Filter.not(filter));
            }
            return leaf.negateIfNegative(Filter.or(parts));
        };
    }

    /** Compares a field that has one of a few texts, each of which applies if its filter matches. */
    public static <V> DomainCondition<V> oneOf(
            Function<? super OdooCaller<V>, ? extends Map<String, ? extends Filter<?>>> filters) {
        return (caller, leaf) -> {
            Filter<Object> condition = text("key", leaf);
            List<Filter<Object>> parts = new ArrayList<>();
            filters.apply(caller).forEach((text, filter) -> {
                // Evaluates the condition on a record whose only purpose is to carry this text.
                if (RecordTypes.PARAMETERS.matches(new Parameter(0, text, "", false), condition)) {
                    parts.add(Filter.untyped(filter));
                }
            });
            return Filter.or(parts);
        };
    }

    /** Compares a field in whole megabytes, rounded down, with a column in bytes. */
    public static <V> DomainCondition<V> megabytes(String column) {
        return (caller, leaf) -> {
            List<Filter<Object>> parts = new ArrayList<>();
            for (Object each : leaf.values()) {
                long number = Leaf.isAbsent(each) ? -1 : asNumber(leaf, each);
                if (Math.abs(number) > MAX_MEGABYTES) {
                    throw leaf.invalid();
                }
                Filter<Object> before =
                        Filter.compare(RecordField.named(column), Filter.Operator.LESS, number * Plan.MEGABYTE);
                Filter<Object> notAfter =
                        Filter.compare(RecordField.named(column), Filter.Operator.LESS, (number + 1) * Plan.MEGABYTE);
                parts.add(
                        switch (leaf.operator()) {
                            case LESS -> before;
                            case LESS_OR_EQUAL -> notAfter;
                            case GREATER -> Filter.not(notAfter);
                            case GREATER_OR_EQUAL -> Filter.not(before);
                            case EQUAL, NOT_EQUAL, IN, NOT_IN -> Filter.and(Filter.not(before), notAfter);
                            default -> throw leaf.invalid();
                        });
            }
            return leaf.negateIfNegative(Filter.or(parts));
        };
    }

    static Filter<Object> compare(String column, Leaf leaf, Conversion conversion) {
        return switch (leaf.operator()) {
            case IN, NOT_IN -> {
                List<@Nullable Object> values = new ArrayList<>();
                for (Object each : leaf.values()) {
                    values.add(converted(leaf, each, conversion));
                }
                yield leaf.negateIfNegative(Filter.in(RecordField.named(column), values));
            }
            case EQUAL -> compare(column, Filter.Operator.EQUAL, leaf, conversion);
            case NOT_EQUAL -> compare(column, Filter.Operator.NOT_EQUAL, leaf, conversion);
            case LESS -> compare(column, Filter.Operator.LESS, leaf, conversion);
            case LESS_OR_EQUAL -> compare(column, Filter.Operator.LESS_OR_EQUAL, leaf, conversion);
            case GREATER -> compare(column, Filter.Operator.GREATER, leaf, conversion);
            case GREATER_OR_EQUAL -> compare(column, Filter.Operator.GREATER_OR_EQUAL, leaf, conversion);
            default -> throw leaf.invalid();
        };
    }

    private static Filter<Object> compare(String column, Filter.Operator operator, Leaf leaf, Conversion conversion) {
        return Filter.compare(RecordField.named(column), operator, converted(leaf, leaf.value(), conversion));
    }

    private static @Nullable Object converted(Leaf leaf, @Nullable Object value, Conversion conversion) {
        return value == null || Leaf.isAbsent(value) ? null : conversion.convert(leaf, value);
    }

    /** Matches a pattern. An empty pattern that may match anywhere matches everything, even a missing value. */
    private static Filter<Object> like(String column, Leaf leaf, String before) {
        Operator operator = leaf.operator();
        Object value = leaf.value();
        String pattern = value == null || leaf.absent() ? "" : asText(leaf, value);
        if (operator.wrapsPattern() && pattern.isEmpty()) {
            return operator.negative() ? Filter.equal(RecordField.named(column), null) : Filter.all();
        }
        String whole = before + (operator.wrapsPattern() ? "%" + pattern + "%" : closed(pattern));
        return leaf.negateIfNegative(
                operator.ignoresCase()
                        ? Filter.likeIgnoringCase(RecordField.named(column), whole)
                        : Filter.like(RecordField.named(column), whole));
    }

    /**
     * Doubles a backslash at the very end. There it escapes nothing and means itself, and every database accepts it
     * doubled.
     */
    private static String closed(String pattern) {
        int backslashes = 0;
        while (backslashes < pattern.length() && pattern.charAt(pattern.length() - 1 - backslashes) == '\\') {
            backslashes++;
        }
        return backslashes % 2 == 1 ? pattern + "\\" : pattern;
    }

    private static String asText(Leaf leaf, Object value) {
        String text = value instanceof String || value instanceof Number ? value.toString() : "\0";
        if (text.indexOf('\0') < 0) {
            return text;
        }
        throw leaf.invalid();
    }

    static long asNumber(Leaf leaf, Object value) {
        if (value instanceof Integer || value instanceof Long) {
            return ((Number) value).longValue();
        }
        if (value instanceof Double number && number == Math.rint(number) && Math.abs(number) < 1L << 53) {
            return number.longValue();
        }
        if (value instanceof String text) {
            try {
                return Long.parseLong(text.strip());
            } catch (NumberFormatException e) {
                throw leaf.invalid();
            }
        }
        throw leaf.invalid();
    }

    private static boolean asFlag(Leaf leaf, @Nullable Object value) {
        if (value == null || value instanceof Boolean) {
            return Boolean.TRUE.equals(value);
        }
        if (value instanceof Number number && (number.doubleValue() == 0 || number.doubleValue() == 1)) {
            return number.doubleValue() == 1;
        }
        throw leaf.invalid();
    }
}
