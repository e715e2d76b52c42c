// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RowQuota;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Translates the filter of a record quota to SQL that is stored in the tenant database. So it uses literals instead
 * of parameters. It compares columns of a few built-in types only, and calls nothing that the application could have
 * defined.
 */
public final class RowQuotaCondition {
    /** The types of columns, as far as they can be compared. */
    public enum Type {
        TEXT,
        NUMBER,
        BOOLEAN,
        OTHER
    }

    private final RowQuota quota;
    private final Map<String, Type> columns;
    private final String textCollation;

    private RowQuotaCondition(RowQuota quota, Map<String, Type> columns, String textCollation) {
        this.quota = quota;
        this.columns = columns;
        this.textCollation = textCollation;
    }

    /**
     * Returns the condition of a quota.
     *
     * @param columns the types of the columns of the table, by name
     * @param textCollation appended to a text column to compare it by code point; empty if not needed
     * @throws SaasException {@code configuration.invalid}
     */
    public static String sql(RowQuota quota, Map<String, Type> columns, String textCollation) {
        return new RowQuotaCondition(quota, columns, textCollation).sql(quota.rows());
    }

    private String sql(Filter<?> filter) {
        if (filter instanceof Filter.And<?> and) {
            return joined(and.parts(), " AND ", "TRUE");
        }
        if (filter instanceof Filter.Or<?> or) {
            return joined(or.parts(), " OR ", "FALSE");
        }
        if (filter instanceof Filter.Not<?> not) {
            return "NOT " + sql(not.part());
        }
        if (filter instanceof Filter.Compare<?> compare) {
            return comparison(compare);
        }
        if (filter instanceof Filter.In<?> in) {
            return in.values().isEmpty()
                    ? "FALSE"
                    : in.values().stream()
                            .map(value -> equal(in.field(), value))
                            .collect(Collectors.joining(" OR ", "(", ")"));
        }
        throw refused("it contains a comparison that the database cannot enforce");
    }

    private String joined(List<Filter<?>> parts, String between, String none) {
        return parts.isEmpty() ? none : parts.stream().map(this::sql).collect(Collectors.joining(between, "(", ")"));
    }

    private String comparison(Filter.Compare<?> compare) {
        Object value = compare.value();
        return switch (compare.operator()) {
            case EQUAL -> equal(compare.field(), value);
            case NOT_EQUAL -> "NOT " + equal(compare.field(), value);
            case LESS -> ordered(compare.field(), "<", value);
            case LESS_OR_EQUAL -> ordered(compare.field(), "<=", value);
            case GREATER -> ordered(compare.field(), ">", value);
            case GREATER_OR_EQUAL -> ordered(compare.field(), ">=", value);
        };
    }

    /** A comparison that is never null itself. */
    private String equal(String column, @Nullable Object value) {
        Type type = type(column);
        String quoted = Schema.quoted(column);
        if (value == null || (value.equals(false) && type != Type.BOOLEAN)) {
            return "(" + quoted + " IS NULL)";
        }
        if (value instanceof Boolean flag && type == Type.BOOLEAN) {
            return "(" + quoted + (flag ? " IS TRUE)" : " IS NOT TRUE)");
        }
        return ordered(column, "=", value);
    }

    private String ordered(String column, String operator, @Nullable Object value) {
        String quoted = Schema.quoted(column);
        Type type = type(column);
        if (type == Type.TEXT && value instanceof String text) {
            return "COALESCE(" + quoted + textCollation + " " + operator + " " + literal(text) + ", FALSE)";
        }
        if (type == Type.NUMBER && value instanceof Long number) {
            return "COALESCE(" + quoted + " " + operator + " " + (number < 0 ? "(" + number + ")" : number)
                    + ", FALSE)";
        }
        throw refused("field " + column + " cannot be compared with " + kind(value) + " by " + operator);
    }

    private static String kind(@Nullable Object value) {
        return value instanceof String ? "a text" : value instanceof Long ? "a number" : "True, False or None";
    }

    private Type type(String column) {
        Type type = columns.get(column);
        if (type == null) {
            throw refused("the table has no column " + column);
        }
        return type;
    }

    private String literal(String text) {
        if (text.indexOf('\\') >= 0 || text.codePoints().anyMatch(Character::isISOControl)) {
            throw refused("one of its texts contains a backslash or a control character");
        }
        return "'" + text.replace("'", "''") + "'";
    }

    private SaasException refused(String why) {
        return refused(quota, why);
    }

    /** The error for a quota that cannot be enforced. */
    public static SaasException refused(RowQuota quota, String why) {
        return new SaasException(
                ErrorCategory.INVALID_INPUT,
                ErrorCodes.CONFIGURATION_INVALID,
                "The record quota of " + quota.model() + " with domain " + quota.domain() + " cannot be enforced: "
                        + why + ".",
                Map.of("model", quota.model(), "domain", quota.domain()),
                false,
                null);
    }
}
