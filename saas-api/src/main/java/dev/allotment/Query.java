// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.ArrayList;
import java.util.List;

/**
 * A request for records: which ones, in which order, and which page of them.
 *
 * <p>For example, {@code Query.where(Filter.equal(Plan.PUBLISHED, true)).orderBy(Plan.SEQUENCE).page(0, 20)}. Text is
 * ordered by code point, UUIDs like their texts (not as {@link java.util.UUID#compareTo} does), false before true, and
 * null after all values (so first in descending order). The id decides between equal records. Immutable and
 * thread-safe.
 *
 * @param <R> the record that is selected
 * @param offset the number of records to skip
 * @param limit the maximum number of records; 0: no maximum
 */
public record Query<R>(Filter<? super R> filter, List<Order> order, int offset, int limit) {
    /**
     * One sort key.
     *
     * @param field the name of the record component
     */
    public record Order(String field, boolean descending) {}

    /**
     * Checks the bounds and copies the sort keys.
     *
     * @throws SaasException {@code query.invalid} if offset or limit is negative
     */
    @Internal
    public Query {
        order = List.copyOf(order);
        if (offset < 0 || limit < 0) {
            throw SaasException.invalid(
                    ErrorCodes.QUERY_INVALID,
                    "Offset and limit must not be negative. Found " + offset + " and " + limit + ".");
        }
    }

    /** Selects every record, in the order of the ids. */
    public static Query<Object> all() {
        return new Query<>(Filter.all(), List.of(), 0, 0);
    }

    /** Selects the records that the filter selects, in the order of the ids. */
    public static <R> Query<R> where(Filter<R> filter) {
        return new Query<>(filter, List.of(), 0, 0);
    }

    /** Returns this query with one more condition. */
    public <S extends R> Query<S> and(Filter<? super S> more) {
        return new Query<>(Filter.<S>and(filter, more), order, offset, limit);
    }

    /** Returns this query with one more sort key, ascending, after those it has. */
    public <S extends R> Query<S> orderBy(RecordField<? super S, ?> field) {
        return withOrder(new Order(field.name(), false));
    }

    /** Returns this query with one more sort key, descending, after those it has. */
    public <S extends R> Query<S> orderByDescending(RecordField<? super S, ?> field) {
        return withOrder(new Order(field.name(), true));
    }

    /**
     * Returns this query for one page.
     *
     * @param newOffset the number of records to skip
     * @param newLimit the maximum number of records; 0: no maximum
     * @throws SaasException {@code query.invalid} if a number is negative
     */
    public Query<R> page(int newOffset, int newLimit) {
        return new Query<>(filter, order, newOffset, newLimit);
    }

    /**
     * Returns the query without the record that it is for, as {@link Filter#untyped} does for a filter. The lookup
     * that gets the query checks its fields.
     */
    public static Query<Object> untyped(Query<?> query) {
        return new Query<>(Filter.untyped(query.filter()), query.order(), query.offset(), query.limit());
    }

    private <S extends R> Query<S> withOrder(Order last) {
        List<Order> keys = new ArrayList<>(order);
        keys.add(last);
        return new Query<>(filter, keys, offset, limit);
    }
}
