// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import java.util.Optional;

/**
 * Reads one kind of record with the rights of the acting user. Records that the user may not see do not exist for it.
 *
 * <p>Every method reads the database. Safe for use by several threads.
 *
 * @param <I> the id
 * @param <R> the record
 */
public interface Lookup<I, R> {
    /** Returns the record with this id; empty if it does not exist or may not be seen. */
    Optional<R> find(I id);

    /**
     * Returns the record with this id.
     *
     * @throws SaasException {@code record.missing} if {@link #find} returns empty
     */
    R get(I id);

    /**
     * Returns the records that a query selects, in its order.
     *
     * @throws SaasException {@code query.unknown-field}, {@code query.invalid}, {@code access.not-allowed}
     */
    List<R> list(Query<? super R> query);

    /**
     * Returns how many records a filter selects.
     *
     * @throws SaasException as {@link #list}
     */
    long count(Filter<? super R> filter);
}
