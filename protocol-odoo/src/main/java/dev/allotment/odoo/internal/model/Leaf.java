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
 * One comparison of a domain, in normal form: {@code in} and {@code not in} have a list, no other operator but those with
 * patterns has one.
 *
 * @param source as it was sent, for messages
 */
public record Leaf(String path, Operator operator, @Nullable Object value, Object source) {

    /**
     * Puts a leaf into normal form, as Odoo does.
     *
     * @throws OdooFault USER_ERROR where it is none
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

    /** Whether it compares constants, as Odoo's "always" and "never" do: {@code [1, '=', 1]} and {@code [0, '=', 1]}. */
    boolean isConstant() {
        return (path.equals("0") || path.equals("1"))
                && operator == Operator.EQUAL
                && Integer.valueOf(1).equals(value);
    }

    private static OdooFault invalid(Object source) {
        return Faults.userError("Invalid leaf " + PythonText.shown(source));
    }

    public OdooFault invalid() {
        return invalid(source);
    }

    /** Whether the value means that there is none. */
    boolean absent() {
        return isAbsent(value);
    }

    public static boolean isAbsent(@Nullable Object value) {
        return value == null || Boolean.FALSE.equals(value);
    }

    /** The values of {@code in} and {@code not in}; that of any other operator alone. */
    public List<?> wanted() {
        return value instanceof List<?> list ? list : Collections.singletonList(value);
    }

    /** What the operator makes of a filter that says what it would say without its negation. */
    public Filter<Object> signed(Filter<Object> filter) {
        return operator.negative() ? Filter.not(filter) : filter;
    }

    Leaf with(Operator newOperator, @Nullable Object newValue) {
        return new Leaf(path, newOperator, newValue, source);
    }

    /** The same about the record that the first part of the path leads to. */
    Leaf within(String rest) {
        return new Leaf(rest, operator, value, source);
    }
}
