// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.model;

import dev.allotment.Filter;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.PythonText;
import java.util.Collections;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * One comparison of a domain in normal form: {@code in} and {@code not in} have a list, and apart from patterns no
 * other operator has one.
 *
 * @param source the leaf as the client sent it, for messages
 */
public record Leaf(String path, Operator operator, @Nullable Object value, Object source) {

    /**
     * Converts a leaf to normal form, as Odoo does.
     *
     * @throws OdooFault USER_ERROR if it is not a leaf
     */
    static Leaf of(Object source) {
        if (!(source instanceof List<?> parts) || parts.size() != 3) {
            throw invalid(source);
        }
        Object path = parts.get(0);
        if (!(parts.get(1) instanceof String text)
                || !(path instanceof String || path instanceof Integer || path instanceof Long)) {
            throw invalid(source);
        }
        Operator operator = Operator.of(text).orElseThrow(() -> invalid(source));
        Object value = parts.get(2);
        boolean list = value instanceof List<?>;
        boolean membership = operator == Operator.IN || operator == Operator.NOT_IN;
        if (list && operator == Operator.EQUAL) {
            operator = Operator.IN;
        } else if (list && operator == Operator.NOT_EQUAL) {
            operator = Operator.NOT_IN;
        } else if (membership && (value == null || value instanceof Boolean)) {
            operator = operator == Operator.IN ? Operator.EQUAL : Operator.NOT_EQUAL;
        } else if (membership != list) {
            throw invalid(source);
        }
        return new Leaf(path.toString(), operator, value, source);
    }

    /**
     * Returns whether the leaf compares constants, as Odoo's "always" {@code [1, '=', 1]} and "never" {@code [0, '=',
     * 1]} do.
     */
    boolean isConstant() {
        return (path.equals("0") || path.equals("1"))
                && operator == Operator.EQUAL
                && Integer.valueOf(1).equals(value);
    }

    private static OdooFault invalid(Object source) {
        return Faults.userError("Invalid leaf " + PythonText.abbreviated(source));
    }

    public OdooFault invalid() {
        return invalid(source);
    }

    /** Returns whether the value means "no value". */
    boolean absent() {
        return isAbsent(value);
    }

    public static boolean isAbsent(@Nullable Object value) {
        return value == null || Boolean.FALSE.equals(value);
    }

    /** Returns the values of {@code in} and {@code not in}, or the single value of any other operator. */
    public List<?> values() {
        return value instanceof List<?> list ? list : Collections.singletonList(value);
    }

    /** Negates the filter if the operator is negative. The filter is that of the operator without its negation. */
    public Filter<Object> negateIfNegative(Filter<Object> filter) {
        return operator.negative() ? Filter.not(filter) : filter;
    }

    Leaf with(Operator newOperator, @Nullable Object newValue) {
        return new Leaf(path, newOperator, newValue, source);
    }

    /** Returns the same comparison with the rest of the path, on the record that its first part refers to. */
    Leaf withPath(String rest) {
        return new Leaf(rest, operator, value, source);
    }
}
