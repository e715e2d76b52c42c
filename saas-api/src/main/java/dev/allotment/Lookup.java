// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.List;
import java.util.Optional;

/**
 * Reading one kind of record, seen with the rights of whoever acts: what it may not see is not there.
 *
 * <p>Every method reads the database. Thread-safe.
 *
 * @param <I> the id
 * @param <R> the record
 */
public interface Lookup<I, R> {
    /** Empty where there is none, or none that may be seen. */
    Optional<R> find(I id);

    /**
     * The record with this id.
     *
     * @throws SaasException {@code record.missing} where {@link #find} is empty
     */
    R get(I id);

    /**
     * The records that fit, in order.
     *
     * @throws SaasException {@code query.unknown-field}, {@code query.invalid}, {@code access.not-allowed}
     */
    List<R> list(Query<? super R> query);

    /**
     * How many records fit.
     *
     * @throws SaasException as {@link #list}
     */
    long count(Filter<? super R> filter);
}
