// SPDX-License-Identifier: Apache-2.0
package dev.allotment.team;

import dev.allotment.TenantId;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The tenants of a customer that a member of its team may see: all of them, also future ones, or named ones. A member
 * always sees those that its account owns. Other tenants do not exist for it. A value that is not {@linkplain #isKnown
 * known} contains none. Immutable.
 *
 * @param value {@code all}, or the numbers of tenants in ascending order, separated by commas
 */
public record TenantLimit(String value) {
    private static final Pattern VALID = Pattern.compile("all|(0|[1-9][0-9]{0,17})(,[1-9][0-9]{0,17})*|");

    /** All tenants. */
    public static final TenantLimit ALL = new TenantLimit("all");

    /** None but those that the account owns. */
    public static final TenantLimit OWNED = new TenantLimit("");

    /** Returns the limit that contains these tenants. Without any, it is {@link #OWNED}. */
    public static TenantLimit of(Collection<TenantId> tenants) {
        return new TenantLimit(tenants.stream()
                .map(TenantId::value)
                .distinct()
                .sorted()
                .map(String::valueOf)
                .collect(Collectors.joining(",")));
    }

    /** Returns whether this version knows the value. */
    public boolean isKnown() {
        return VALID.matcher(value).matches();
    }

    /** Returns whether it contains all tenants, also future ones. */
    public boolean isAll() {
        return equals(ALL);
    }

    /** Returns the tenants that it names; empty if it contains all, or none but those that the account owns. */
    public List<TenantId> tenants() {
        return isAll() || value.isEmpty() || !isKnown()
                ? List.of()
                : Arrays.stream(value.split(","))
                        .map(Long::valueOf)
                        .map(TenantId::new)
                        .toList();
    }

    /** Returns whether it contains all that another limit contains. */
    public boolean covers(TenantLimit other) {
        return isAll() || (!other.isAll() && tenants().containsAll(other.tenants()));
    }

    /** Returns the value. */
    @Override
    public String toString() {
        return value;
    }
}
