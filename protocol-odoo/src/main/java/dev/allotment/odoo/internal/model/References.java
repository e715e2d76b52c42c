// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.RecordField;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BiFunction;
import java.util.function.Function;

/** Conditions on fields that refer to records of another model. */
public final class References {
    private References() {}

    /** Returns a filter for the records that have at least one of these ids. */
    @FunctionalInterface
    public interface Owners<V> extends BiFunction<OdooCaller<V>, List<Long>, Filter<?>> {}

    /** Compares a column that contains the id of a record of another model. */
    static <V> DomainCondition<V> one(String column, String model) {
        return (caller, leaf) -> isAboutNames(leaf)
                ? leaf.negateIfNegative(
                        anything(leaf)
                                ? Filter.notEqual(RecordField.named(column), null)
                                : Filter.in(RecordField.named(column), named(caller, model, leaf)))
                : DomainConditions.compare(column, leaf, DomainConditions::asNumber);
    }

    /**
     * Compares a field with the ids of any number of records of another model.
     *
     * @param any returns a filter for the records that have any id at all
     */
    public static <V> DomainCondition<V> many(
            String model, Owners<V> owners, Function<? super OdooCaller<V>, ? extends Filter<?>> any) {
        return (caller, leaf) -> {
            if (isAboutNames(leaf)) {
                return leaf.negateIfNegative(Filter.untyped(
                        anything(leaf) ? any.apply(caller) : owners.apply(caller, named(caller, model, leaf))));
            }
            if (leaf.operator().isOrder()) {
                throw leaf.invalid();
            }
            List<Filter<Object>> parts = new ArrayList<>();
            List<Long> ids = new ArrayList<>();
            for (Object each : leaf.values()) {
                if (each == null || Leaf.isAbsent(each)) {
                    parts.add(Filter.not(Filter.untyped(any.apply(caller))));
                } else {
                    ids.add(DomainConditions.asNumber(leaf, each));
                }
            }
            if (!ids.isEmpty()) {
                parts.add(Filter.untyped(owners.apply(caller, ids)));
            }
            return leaf.negateIfNegative(Filter.or(parts));
        };
    }

    /** Returns the ids of the records of a model whose names match the leaf without its negation. */
    private static <V> List<Long> named(OdooCaller<V> caller, String model, Leaf leaf) {
        ModelTable<V, ?> table = caller.table(model);
        List<Filter<Object>> parts = new ArrayList<>();
        Operator operator = leaf.operator().positive() == Operator.IN
                ? Operator.EQUAL
                : leaf.operator().positive();
        for (Object each : leaf.values()) {
            parts.add(table.named(leaf.with(operator, each)));
        }
        return table.ids(caller, Filter.or(parts));
    }

    private static boolean isAboutNames(Leaf leaf) {
        List<?> wanted = leaf.values();
        return leaf.operator().matchesPattern()
                || (!leaf.operator().isOrder()
                        && !wanted.isEmpty()
                        && wanted.stream().allMatch(String.class::isInstance));
    }

    private static boolean anything(Leaf leaf) {
        return leaf.operator().wrapsPattern() && (leaf.absent() || "".equals(leaf.value()));
    }
}
