// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.Filter;
import dev.allotment.Filter.Operator;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordType.Field;
import dev.allotment.spi.backend.RecordType.Kind;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * A filter translated to SQL. Filters have two truth values, SQL has three. So a negation is pushed down to the
 * comparisons, which know whether their column can be null. No part of the condition is unknown in a way that changes
 * the result.
 */
final class SqlCondition {
    private static final Instant BEFORE_ALL = SqlValues.EARLIEST.minus(1, ChronoUnit.MICROS);

    private final SqlDialect dialect;
    private final RecordType<?> type;
    private final StringBuilder sql = new StringBuilder();
    private final List<SqlArgument> arguments = new ArrayList<>();

    private SqlCondition(SqlDialect dialect, RecordType<?> type) {
        this.dialect = dialect;
        this.type = type;
    }

    /**
     * Translates a filter.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    static SqlCondition of(SqlDialect dialect, RecordType<?> type, Filter<?> filter) {
        type.check(filter);
        SqlCondition condition = new SqlCondition(dialect, type);
        condition.add(filter, true);
        return condition;
    }

    /** The condition, for use after WHERE. */
    String sql() {
        return sql.toString();
    }

    /** The arguments, in the order of their question marks. */
    List<SqlArgument> arguments() {
        return arguments;
    }

    /** Adds a filter, or its negation if it should not hold. */
    private void add(Filter<?> filter, boolean holds) {
        if (filter instanceof Filter.And<?> and) {
            addAll(and.parts(), holds, holds);
        } else if (filter instanceof Filter.Or<?> or) {
            addAll(or.parts(), !holds, holds);
        } else if (filter instanceof Filter.Not<?> not) {
            add(not.part(), !holds);
        } else if (filter instanceof Filter.Compare<?> compare) {
            addCompare(type.field(compare.field()), compare, holds);
        } else if (filter instanceof Filter.In<?> in) {
            addIn(type.field(in.field()), in.values(), holds);
        } else if (filter instanceof Filter.Like<?> like) {
            addLike(type.field(like.field()), like, holds);
        }
    }

    private void addAll(List<Filter<?>> parts, boolean all, boolean hold) {
        if (parts.isEmpty()) {
            constant(all);
            return;
        }
        sql.append('(');
        for (int i = 0; i < parts.size(); i++) {
            sql.append(i == 0 ? "" : all ? " AND " : " OR ");
            add(parts.get(i), hold);
        }
        sql.append(')');
    }

    private void addCompare(Field field, Filter.Compare<?> compare, boolean holds) {
        Object value = RecordType.plain(field, compare.value());
        switch (compare.operator()) {
            case EQUAL -> addEqual(field, value, holds);
            case NOT_EQUAL -> addEqual(field, value, !holds);
            default -> addOrder(field, compare.operator(), value, holds);
        }
    }

    private void addEqual(Field field, @Nullable Object value, boolean equal) {
        if (value == null) {
            addNull(field, equal);
        } else if (!canBeStored(value)) {
            constant(!equal);
        } else if (equal) {
            sql.append(column(field)).append(" = ").append(parameter(field, value));
        } else {
            orNull(field, column(field) + " <> " + parameter(field, value));
        }
    }

    private void addNull(Field field, boolean isNull) {
        if (field.nullable()) {
            sql.append(column(field)).append(isNull ? " IS NULL" : " IS NOT NULL");
        } else {
            constant(!isNull);
        }
    }

    private void addOrder(Field field, Operator operator, @Nullable Object value, boolean holds) {
        if (value == null) {
            constant(!holds);
            return;
        }
        boolean less = operator == Operator.LESS || operator == Operator.LESS_OR_EQUAL;
        boolean orEqual = operator == Operator.LESS_OR_EQUAL || operator == Operator.GREATER_OR_EQUAL;
        @Nullable Object bound = bound(value);
        if (value instanceof String text && hasHalfAPair(text)) {
            bound = leastAbove(text);
            if (bound == null) {
                constant(less == holds);
                return;
            }
            orEqual = !less;
        } else if (!bound.equals(value)) {
            // The value is greater than its bound, and less than the next value that can be stored.
            orEqual = less;
        }
        String sign = less == holds ? (orEqual == holds ? "<=" : "<") : (orEqual == holds ? ">=" : ">");
        String left = operand(field, column(field));
        String comparison = left + ' ' + sign + ' ' + operand(field, parameter(field, bound));
        if (holds) {
            sql.append(comparison);
        } else {
            orNull(field, comparison);
        }
    }

    private void addIn(Field field, List<@Nullable Object> values, boolean holds) {
        boolean orNull = false;
        List<Object> storable = new ArrayList<>(values.size());
        for (Object each : values) {
            Object value = RecordType.plain(field, each);
            if (value == null) {
                orNull = true;
            } else if (canBeStored(value)) {
                storable.add(value);
            }
        }
        if (storable.isEmpty()) {
            if (orNull) {
                addNull(field, holds);
            } else {
                constant(!holds);
            }
            return;
        }
        String column = column(field);
        arguments.add(new SqlArgument(field.kind(), storable));
        String one = column + " = ANY(?)";
        if (holds) {
            sql.append(orNull && field.nullable() ? "(" + one + " OR " + column + " IS NULL)" : one);
        } else if (orNull) {
            // Null is one of the values, so a null column must not match. NOT leaves it unknown, which does not match.
            sql.append("NOT (").append(one).append(')');
        } else {
            orNull(field, "NOT (" + one + ")");
        }
    }

    private void addLike(Field field, Filter.Like<?> like, boolean holds) {
        if (!SqlValues.isStorable(like.pattern())) {
            constant(!holds);
            return;
        }
        SqlDialect.Match match = dialect.like(column(field), "?", normalized(like.pattern()), like.ignoreCase());
        arguments.add(new SqlArgument(Kind.TEXT, match.value()));
        if (holds) {
            sql.append(match.sql());
        } else {
            orNull(field, "NOT (" + match.sql() + ")");
        }
    }

    /** Removes backslashes that escape nothing. Databases refuse or misread them. */
    private static String normalized(String pattern) {
        StringBuilder normalized = new StringBuilder(pattern.length());
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            boolean escaped = c == '\\';
            if (escaped && i + 1 < pattern.length()) {
                c = pattern.charAt(++i);
            }
            if (c == '\\' || (escaped && (c == '%' || c == '_'))) {
                normalized.append('\\');
            }
            normalized.append(c);
        }
        return normalized.toString();
    }

    private void orNull(Field field, String condition) {
        if (field.nullable()) {
            sql.append('(')
                    .append(condition)
                    .append(" OR ")
                    .append(column(field))
                    .append(" IS NULL)");
        } else {
            sql.append(condition);
        }
    }

    private void constant(boolean value) {
        sql.append(value ? "TRUE" : "FALSE");
    }

    private String operand(Field field, String operand) {
        return field.kind() == Kind.TEXT ? dialect.byCodePoint(operand) : operand;
    }

    private String parameter(Field field, Object value) {
        arguments.add(new SqlArgument(field.kind(), value));
        return "?";
    }

    private static String column(Field field) {
        return Schema.quoted(field.column());
    }

    private static boolean canBeStored(Object value) {
        return value instanceof String text
                ? SqlValues.isStorable(text)
                : bound(value).equals(value);
    }

    private static boolean hasHalfAPair(String text) {
        int fault = SqlValues.firstFault(text);
        return fault < text.length() && text.charAt(fault) != 0;
    }

    /** The least text that can be stored and that comes after one with half a surrogate pair; null if none does. */
    private static @Nullable String leastAbove(String text) {
        int fault = SqlValues.firstFault(text);
        String before = text.substring(0, fault);
        char half = text.charAt(fault);
        if (Character.isHighSurrogate(half)) {
            return before + half + Character.MIN_LOW_SURROGATE;
        }
        // Every character comes before a second half, so the next text is one that differs before it.
        while (!before.isEmpty()) {
            int last = before.codePointBefore(before.length());
            before = before.substring(0, before.length() - Character.charCount(last));
            if (last < Character.MAX_CODE_POINT) {
                return before + Character.toString(last + 1 == Character.MIN_SURROGATE ? '\uE000' : last + 1);
            }
        }
        return null;
    }

    /** The greatest value that databases can compare with and that is not greater than the given one. */
    private static Object bound(Object value) {
        if (value instanceof Instant instant) {
            if (instant.isBefore(SqlValues.EARLIEST)) {
                return BEFORE_ALL;
            }
            return instant.isAfter(SqlValues.LATEST) ? SqlValues.LATEST : SqlValues.truncated(instant);
        }
        if (value instanceof String text) {
            int nul = text.indexOf(0);
            return nul < 0 ? text : text.substring(0, nul);
        }
        return Objects.requireNonNull(value);
    }
}
