// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.grouping;

import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.function.Function;

/** What is computed from the values of a field in a group. Values that are false mean no value. */
public enum Aggregate {
    SUM(
            true,
            values -> values.isEmpty()
                    ? false
                    : numbers(values).stream().mapToLong(Long::longValue).sum()),
    AVG(
            true,
            values -> values.isEmpty()
                    ? false
                    : numbers(values).stream()
                            .mapToLong(Long::longValue)
                            .average()
                            .orElse(0)),
    MIN(
            true,
            values -> values.isEmpty()
                    ? false
                    : numbers(values).stream().reduce(Math::min).orElse(0L)),
    MAX(
            true,
            values -> values.isEmpty()
                    ? false
                    : numbers(values).stream().reduce(Math::max).orElse(0L)),
    COUNT(false, values -> (long) values.size()),
    COUNT_DISTINCT(false, values -> (long) new HashSet<>(values).size());

    private final boolean ofNumbers;
    private final Function<List<Object>, Object> result;

    Aggregate(boolean ofNumbers, Function<List<Object>, Object> result) {
        this.ofNumbers = ofNumbers;
        this.result = result;
    }

    /** Whether it is for numbers only. */
    public boolean ofNumbers() {
        return ofNumbers;
    }

    /** Returns the result; false if there are no values. */
    public Object of(Collection<Object> values) {
        return result.apply(values.stream().filter(each -> !each.equals(false)).toList());
    }

    private static List<Long> numbers(List<Object> values) {
        return values.stream().map(each -> ((Number) each).longValue()).toList();
    }
}
