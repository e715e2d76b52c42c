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
 * Turns which rows of an application's table count into SQL that is kept in the database, so with literals. It compares
 * columns of a few built-in types only, and calls nothing that the application could have made.
 */
public final class RowQuotaCondition {
    /** What a column holds, as far as it can be compared. */
    public enum Type {
        TEXT,
        NUMBER,
        BOOLEAN,
        OTHER
    }

    private final RowQuota limit;
    private final Map<String, Type> columns;
    private final String textCollation;

    private RowQuotaCondition(RowQuota limit, Map<String, Type> columns, String textCollation) {
        this.limit = limit;
        this.columns = columns;
        this.textCollation = textCollation;
    }

    /**
     * The condition of a limit.
     *
     * @param columns of the table, by name
     * @param textCollation put behind a text column, so that it is compared by code point; empty where it is anyway
     * @throws SaasException {@code configuration.invalid}
     */
    public static String sql(RowQuota limit, Map<String, Type> columns, String textCollation) {
        return new RowQuotaCondition(limit, columns, textCollation).sql(limit.rows());
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
        throw refused("it holds a comparison that a database cannot keep");
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

    /** Never null itself. */
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
            throw refused("a text in it has a backslash or a control character");
        }
        return "'" + text.replace("'", "''") + "'";
    }

    private SaasException refused(String why) {
        return refused(limit, why);
    }

    /** The error for a limit that cannot be held. */
    public static SaasException refused(RowQuota limit, String why) {
        return new SaasException(
                ErrorCategory.INVALID_INPUT,
                ErrorCodes.CONFIGURATION_INVALID,
                "The limit of records of " + limit.model() + " with domain " + limit.domain() + " cannot be held: "
                        + why + ".",
                Map.of("model", limit.model(), "domain", limit.domain()),
                false,
                null);
    }
}
