// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo;

import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Evaluates a domain on the field values of one record, without using the tested code. */
final class NaiveDomain {
    private final Map<String, Object> row;

    NaiveDomain(Map<String, Object> row) {
        this.row = row;
    }

    boolean holds(List<?> domain) {
        Deque<Object> rest = new ArrayDeque<>(domain);
        boolean all = true;
        while (!rest.isEmpty()) {
            all &= next(rest);
        }
        return all;
    }

    private boolean next(Deque<Object> rest) {
        Object element = rest.removeFirst();
        if ("!".equals(element)) {
            return !next(rest);
        }
        if ("&".equals(element) || "|".equals(element)) {
            boolean first = next(rest);
            boolean second = next(rest);
            return "&".equals(element) ? first && second : first || second;
        }
        List<?> leaf = (List<?>) element;
        return leaf(row.get((String) leaf.get(0)), (String) leaf.get(1), leaf.get(2));
    }

    private static boolean leaf(Object fieldValue, String operator, @Nullable Object value) {
        Object own = fieldValue instanceof List<?> reference ? reference.get(0) : fieldValue;
        return switch (operator) {
            case "=" -> same(own, value);
            case "!=" -> !same(own, value);
            case "in" -> ((List<?>) value).stream().anyMatch(each -> same(own, each));
            case "not in" -> ((List<?>) value).stream().noneMatch(each -> same(own, each));
            case "like" -> matches(own, "%" + value + "%", false) || "".equals(value);
            case "not like" ->
                !(matches(own, "%" + value + "%", false) || "".equals(value)) || absentAndEmpty(own, value);
            case "ilike" -> matches(own, "%" + value + "%", true) || "".equals(value);
            case "not ilike" ->
                !(matches(own, "%" + value + "%", true) || "".equals(value)) || absentAndEmpty(own, value);
            case "=like" -> matches(own, String.valueOf(value), false);
            case "=ilike" -> matches(own, String.valueOf(value), true);
            default -> present(own) && compare(own, value, operator);
        };
    }

    /** In Odoo, {@code not like ''} matches an absent value. */
    private static boolean absentAndEmpty(Object own, @Nullable Object value) {
        return !present(own) && "".equals(value);
    }

    private static boolean present(Object own) {
        return !Boolean.FALSE.equals(own);
    }

    private static boolean same(Object own, @Nullable Object value) {
        if (own instanceof Number a && value instanceof Number b) {
            return a.longValue() == b.longValue();
        }
        return own.equals(value == null ? false : value);
    }

    private static boolean compare(Object own, @Nullable Object value, String operator) {
        int order = own instanceof Number a
                ? Long.compare(a.longValue(), ((Number) value).longValue())
                : ((String) own).compareTo((String) value);
        return switch (operator) {
            case "<" -> order < 0;
            case "<=" -> order <= 0;
            case ">" -> order > 0;
            case ">=" -> order >= 0;
            default -> throw new IllegalArgumentException(operator);
        };
    }

    private static boolean matches(Object own, String pattern, boolean ignoreCase) {
        if (!present(own)) {
            return false;
        }
        StringBuilder regex = new StringBuilder();
        for (int i = 0; i < pattern.length(); i++) {
            char c = pattern.charAt(i);
            regex.append(c == '%' ? ".*" : c == '_' ? "." : Pattern.quote(String.valueOf(c)));
        }
        return Pattern.compile(regex.toString(), ignoreCase ? Pattern.CASE_INSENSITIVE : 0)
                .matcher((String) own)
                .matches();
    }
}
