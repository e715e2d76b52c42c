// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.ArrayList;
import java.util.List;

/**
 * Which records, in which order, and which part of them.
 *
 * <p>Fields are named like the components of the record asked for ({@code dbNameTemplate}). Rules of order: texts by code
 * point, false before true, null after all else (and so first when descending), and the id decides between equals.
 *
 * @param limit at most so many; 0: all
 */
public record Query(Filter filter, List<Order> order, int offset, int limit) {
    /** One sort key. */
    public record Order(String field, boolean descending) {}

    /**
     * Refuses negative bounds.
     *
     * @throws SaasException {@code query.invalid} if offset or limit is negative
     */
    public Query {
        order = List.copyOf(order);
        if (offset < 0 || limit < 0) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "Offset and limit are not negative, found " + offset + " and " + limit + ".");
        }
    }

    public static Query all() {
        return where(Filter.all());
    }

    /** In the order of the ids. */
    public static Query where(Filter filter) {
        return new Query(filter, List.of(), 0, 0);
    }

    public Query and(Filter more) {
        return new Query(Filter.and(filter, more), order, offset, limit);
    }

    public Query orderBy(String field) {
        return withOrder(new Order(field, false));
    }

    public Query orderByDescending(String field) {
        return withOrder(new Order(field, true));
    }

    public Query page(int newOffset, int newLimit) {
        return new Query(filter, order, newOffset, newLimit);
    }

    private Query withOrder(Order last) {
        List<Order> keys = new ArrayList<>(order);
        keys.add(last);
        return new Query(filter, keys, offset, limit);
    }
}
