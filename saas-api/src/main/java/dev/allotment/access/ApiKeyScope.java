// SPDX-License-Identifier: Apache-2.0
package dev.allotment.access;

import dev.allotment.AllowedFor;
import dev.allotment.CustomerId;
import dev.allotment.PlanId;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a caller with an API key may do, within the rights of the key's user. A value that is not {@linkplain #isKnown
 * known} comes from a newer version, and allows nothing. {@link AllowedFor} marks the use cases of the narrower scopes.
 * Immutable.
 *
 * @param value {@code everything}, {@code read-only}, {@code payments}, {@code customer:} or {@code plan:} and a number
 */
public record ApiKeyScope(String value) {
    private static final Pattern VALID =
            Pattern.compile("everything|read-only|payments|(customer|plan):([1-9][0-9]{0,17})");

    /** All that the user may do. */
    public static final ApiKeyScope EVERYTHING = new ApiKeyScope("everything");

    /** All that the user may see. */
    public static final ApiKeyScope READ_ONLY = new ApiKeyScope("read-only");

    /** To report payments, and to see those that were reported: for the program of a payment system. */
    public static final ApiKeyScope PAYMENTS = new ApiKeyScope("payments");

    /** Returns the scope that contains the tenants of one customer, its accounts, usage and operations. */
    public static ApiKeyScope ofCustomer(CustomerId customer) {
        return new ApiKeyScope("customer:" + customer);
    }

    /** Returns the scope that contains one plan, its tenants, their usage and operations. */
    public static ApiKeyScope ofPlan(PlanId plan) {
        return new ApiKeyScope("plan:" + plan);
    }

    /** Returns whether this version knows the scope. */
    public boolean isKnown() {
        return VALID.matcher(value).matches();
    }

    /** Returns the customer that a caller is limited to; null: not limited to one. */
    public @Nullable CustomerId customer() {
        Long number = number("customer");
        return number == null ? null : new CustomerId(number);
    }

    /** Returns the plan that a caller is limited to; null: not limited to one. */
    public @Nullable PlanId plan() {
        Long number = number("plan");
        return number == null ? null : new PlanId(number);
    }

    /** Returns whether a caller with this scope may create a key with another one: everything contains each scope. */
    public boolean covers(ApiKeyScope other) {
        return equals(EVERYTHING) || (isKnown() && equals(other));
    }

    private @Nullable Long number(String kind) {
        Matcher parts = VALID.matcher(value);
        return parts.matches() && kind.equals(parts.group(1)) ? Long.valueOf(parts.group(2)) : null;
    }

    /** Returns the value. */
    @Override
    public String toString() {
        return value;
    }
}
