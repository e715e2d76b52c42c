// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.RecordField;
import dev.allotment.RecordQuota;
import dev.allotment.SaasException;
import dev.allotment.core.internal.rule.TextRules;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * Parses the part of Odoo's domain language that a database can enforce a quota by: the model's own fields compared
 * with texts, whole numbers, True, False and None by {@code =}, {@code !=}, {@code <}, {@code <=}, {@code >},
 * {@code >=}, {@code in} and {@code not in}, joined by {@code &}, {@code |} and {@code !}. It accepts the notations of
 * Python and JSON.
 */
public final class QuotaDomain {
    private static final Pattern FIELD = Pattern.compile("[a-z_][a-z0-9_]{0,62}");
    private static final int MAX_LEAVES = 50;
    private static final Map<String, Filter.Operator> OPERATORS = Map.of(
            "=", Filter.Operator.EQUAL,
            "==", Filter.Operator.EQUAL,
            "!=", Filter.Operator.NOT_EQUAL,
            "<>", Filter.Operator.NOT_EQUAL,
            "<", Filter.Operator.LESS,
            "<=", Filter.Operator.LESS_OR_EQUAL,
            ">", Filter.Operator.GREATER,
            ">=", Filter.Operator.GREATER_OR_EQUAL);

    private final RecordQuota limit;
    private final String text;
    private int at;

    private QuotaDomain(RecordQuota limit) {
        this.limit = limit;
        this.text = limit.domain();
    }

    /**
     * Returns a filter for the records that count.
     *
     * @throws SaasException {@code configuration.invalid}
     */
    public static Filter<Object> of(RecordQuota limit) {
        QuotaDomain domain = new QuotaDomain(limit);
        Filter<Object> filter = domain.joined(domain.list('[', ']', 0));
        domain.skipSpace();
        if (domain.at < domain.text.length()) {
            throw domain.refused("text follows after its end");
        }
        return filter;
    }

    /** Parses prefix notation from the end; terms without an operator are joined by "and". */
    private Filter<Object> joined(List<@Nullable Object> terms) {
        Deque<Filter<Object>> stack = new ArrayDeque<>();
        for (int i = terms.size() - 1; i >= 0; i--) {
            Object term = terms.get(i);
            if (term instanceof List<?> leaf) {
                stack.push(leaf(leaf));
            } else if ("!".equals(term) && !stack.isEmpty()) {
                stack.push(Filter.not(stack.pop()));
            } else if (("&".equals(term) || "|".equals(term)) && stack.size() >= 2) {
                Filter<Object> first = stack.pop();
                Filter<Object> second = stack.pop();
                stack.push("&".equals(term) ? Filter.and(first, second) : Filter.or(first, second));
            } else {
                throw refused("an operator or a term is in a wrong place");
            }
        }
        return stack.size() == 1 ? stack.pop() : Filter.and(stack);
    }

    private Filter<Object> leaf(List<?> leaf) {
        if (leaf.size() != 3
                || !(leaf.get(0) instanceof String field)
                || !(leaf.get(1) instanceof String operator)
                || !FIELD.matcher(field).matches()) {
            throw refused("each term must be (field, operator, value) with a field of the model itself");
        }
        Object value = leaf.get(2);
        if (operator.equals("in") || operator.equals("not in")) {
            if (!(value instanceof List<?> values) || values.stream().anyMatch(List.class::isInstance)) {
                throw refused("\"in\" needs a list of values");
            }
            Filter<Object> in = Filter.in(RecordField.named(field), values);
            return operator.equals("in") ? in : Filter.not(in);
        }
        Filter.Operator known = OPERATORS.get(operator);
        if (known == null || value instanceof List<?>) {
            throw refused("the operators are =, !=, <, <=, >, >=, in and not in, and only the last two take lists");
        }
        return Filter.compare(RecordField.named(field), known, value);
    }

    private List<@Nullable Object> list(char open, char close, int depth) {
        expect(open);
        List<@Nullable Object> values = new ArrayList<>();
        while (!next(close)) {
            if (!values.isEmpty()) {
                expect(',');
                if (next(close)) {
                    break;
                }
            }
            if (values.size() >= MAX_LEAVES) {
                throw refused("a list has more than " + MAX_LEAVES + " parts");
            }
            values.add(value(depth + 1));
        }
        expect(close);
        return values;
    }

    private @Nullable Object value(int depth) {
        skipSpace();
        char c = at < text.length() ? text.charAt(at) : '\0';
        if ((c == '[' || c == '(') && depth <= 2) {
            return list(c, c == '[' ? ']' : ')', depth);
        }
        if (c == '\'' || c == '"') {
            return quoted(c);
        }
        int end = at;
        while (end < text.length() && (Character.isLetterOrDigit(text.charAt(end)) || text.charAt(end) == '-')) {
            end++;
        }
        String word = text.substring(at, end);
        at = end;
        return switch (word) {
            case "True", "true" -> true;
            case "False", "false" -> false;
            case "None", "null" -> null;
            default -> number(word);
        };
    }

    private Long number(String word) {
        try {
            return Long.valueOf(word);
        } catch (NumberFormatException e) {
            throw refused("values are texts in quotes, whole numbers, True, False and None");
        }
    }

    private String quoted(char quote) {
        int end = text.indexOf(quote, at + 1);
        if (end < 0) {
            throw refused("a text has no closing quote");
        }
        String value = text.substring(at + 1, end);
        if (value.indexOf('\\') >= 0) {
            throw refused("a text contains a backslash");
        }
        at = end + 1;
        return value;
    }

    private boolean next(char c) {
        skipSpace();
        return at < text.length() && text.charAt(at) == c;
    }

    private void expect(char c) {
        if (!next(c)) {
            throw refused("at character " + (at + 1) + ", " + c + " is missing");
        }
        at++;
    }

    private void skipSpace() {
        while (at < text.length() && text.charAt(at) == ' ') {
            at++;
        }
    }

    private SaasException refused(String why) {
        return SaasException.invalid(
                ErrorCodes.CONFIGURATION_INVALID,
                "A database cannot enforce the domain of the record quota of " + limit.model() + ": " + why + "; found "
                        + TextRules.describe(text) + ".");
    }
}
