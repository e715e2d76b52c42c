// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.PythonText;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Deque;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * A domain in Odoo's language: a list of leaves {@code [field, operator, value]}. {@code &}, {@code |} and {@code !}
 * precede their operands, and a missing operator means "and".
 */
final class Domain {
    /** Maximum number of elements. No person writes more, and evaluating more is expensive. */
    static final int MAX_ELEMENTS = 1000;

    /** Maximum depth of nested operators. Operators of the same kind that follow each other count once. */
    static final int MAX_DEPTH = 50;

    /** Maximum number of values in all lists together. */
    static final int MAX_VALUES = 10_000;

    /** Maximum number of fields in a path. */
    private static final int MAX_PATH = 8;

    private static final String NOT = "!";
    private static final String AND = "&";
    private static final String OR = "|";

    private final List<?> elements;

    private Domain(List<?> elements) {
        this.elements = elements;
    }

    /**
     * Reads a domain as the client sent it. Nil and false mean the empty domain.
     *
     * @throws OdooFault USER_ERROR if it is not a domain, or too large
     */
    static Domain of(@Nullable Object sent) {
        if (Leaf.isAbsent(sent)) {
            return new Domain(List.of());
        }
        if (!(sent instanceof List<?> elements)) {
            throw Faults.userError("Invalid domain " + PythonText.abbreviated(sent) + ": a domain is a list.");
        }
        if (elements.size() > MAX_ELEMENTS) {
            throw Faults.userError("Invalid domain: it has " + elements.size() + " elements, and at most "
                    + MAX_ELEMENTS + " are accepted.");
        }
        return new Domain(elements);
    }

    /** Returns whether a leaf compares one of these fields. */
    boolean mentions(Collection<String> fields) {
        return elements.stream()
                .anyMatch(element -> element instanceof List<?> leaf
                        && !leaf.isEmpty()
                        && leaf.get(0) instanceof String field
                        && fields.contains(field));
    }

    /**
     * Translates the domain into a filter on the records of a table.
     *
     * @throws OdooFault USER_ERROR if it is malformed or names an unknown field
     */
    <V> Filter<Object> filter(OdooCaller<V> caller, ModelTable<V, ?> table) {
        Deque<Part> stack = new ArrayDeque<>();
        int values = 0;
        for (int i = elements.size() - 1; i >= 0; i--) {
            Object element = elements.get(i);
            if (element instanceof String operator) {
                stack.push(joined(operator, stack));
            } else {
                Leaf leaf = leaf(element);
                values += leaf.values().size();
                if (values > MAX_VALUES) {
                    throw Faults.userError(
                            "Invalid domain: its lists have more than " + MAX_VALUES + " values in total.");
                }
                stack.push(new Part(filter(caller, table, leaf), 0));
            }
        }
        List<Filter<Object>> parts = new ArrayList<>();
        stack.forEach(part -> parts.add(part.filter()));
        return parts.size() == 1 ? parts.get(0) : Filter.and(parts);
    }

    /** Translates a leaf into a filter on the records of a table. */
    static <V> Filter<Object> filter(OdooCaller<V> caller, ModelTable<V, ?> table, Leaf leaf) {
        if (leaf.operator() == Operator.UNSET_OR_EQUAL) {
            return leaf.absent() ? Filter.all() : filter(caller, table, leaf.with(Operator.EQUAL, leaf.value()));
        }
        if (leaf.isConstant()) {
            return leaf.path().equals("1") ? Filter.all() : Filter.none();
        }
        return onPath(caller, table, leaf, 1);
    }

    private static <V> Filter<Object> onPath(OdooCaller<V> caller, ModelTable<V, ?> table, Leaf leaf, int length) {
        int dot = leaf.path().indexOf('.');
        if (dot < 0) {
            Field<V, ?> field = table.require(leaf.path());
            if (field.condition() == null) {
                throw Faults.userError(
                        "Field '" + field.name() + "' on model '" + table.model() + "' cannot be searched");
            }
            return field.condition().filter(caller, leaf);
        }
        Field<V, ?> first = table.require(leaf.path().substring(0, dot));
        if (first.relation() == null || first.condition() == null || length == MAX_PATH) {
            throw Faults.invalidField(leaf.path(), table.model());
        }
        ModelTable<V, ?> other = caller.table(first.relation());
        List<Long> ids = other.ids(
                caller, onPath(caller, other, leaf.withPath(leaf.path().substring(dot + 1)), length + 1));
        return first.condition().filter(caller, leaf.with(Operator.IN, ids));
    }

    private Leaf leaf(@Nullable Object element) {
        if (element == null) {
            throw Faults.userError("Invalid leaf None");
        }
        return Leaf.of(element);
    }

    /** A filter and the depth of its operators. */
    private record Part(Filter<Object> filter, int depth) {}

    private static Part joined(String operator, Deque<Part> operands) {
        if (!operator.equals(NOT) && !operator.equals(AND) && !operator.equals(OR)) {
            throw Faults.userError("Invalid leaf " + PythonText.abbreviated(operator));
        }
        Part first = operand(operator, operands);
        if (operator.equals(NOT)) {
            return bounded(Filter.not(first.filter()), first.depth() + 1);
        }
        Part second = operand(operator, operands);
        List<Filter<Object>> parts = new ArrayList<>();
        boolean and = operator.equals(AND);
        int depth = Math.max(gather(parts, first, and), gather(parts, second, and));
        return bounded(and ? Filter.and(parts) : Filter.or(parts), depth + 1);
    }

    /** Adds the parts of a filter that is joined by the same operator, or else the filter itself. */
    private static int gather(List<Filter<Object>> parts, Part part, boolean and) {
        Filter<Object> filter = part.filter();
        if (and && filter instanceof Filter.And<?> same && !same.parts().isEmpty()) {
            same.parts().forEach(each -> parts.add(Filter.untyped(each)));
            return Math.max(part.depth() - 1, 0);
        }
        if (!and && filter instanceof Filter.Or<?> same && !same.parts().isEmpty()) {
            same.parts().forEach(each -> parts.add(Filter.untyped(each)));
            return Math.max(part.depth() - 1, 0);
        }
        parts.add(filter);
        return part.depth();
    }

    private static Part operand(String operator, Deque<Part> operands) {
        Part part = operands.poll();
        if (part == null) {
            throw Faults.userError("Invalid domain: " + PythonText.abbreviated(operator) + " lacks an operand.");
        }
        return part;
    }

    private static Part bounded(Filter<Object> filter, int depth) {
        if (depth > MAX_DEPTH) {
            throw Faults.userError("Invalid domain: its operators are nested more than " + MAX_DEPTH + " deep.");
        }
        return new Part(filter, depth);
    }
}
