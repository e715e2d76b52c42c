// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Filter;
import dev.allotment.Query;
import java.util.List;
import java.util.Optional;

/**
 * The records of one type inside a transaction, its own changes included. Values come back as they were stored: texts to
 * the letter, instants to the microsecond (the rest is cut off). What not every database holds is refused with {@code
 * record.invalid}: a NUL or half a surrogate pair in a text, an instant outside the years 1 to 9999. A filter may compare
 * with any value; no record equals one that cannot be stored.
 */
public interface Records<R extends Record> {
    /**
     * Stores a new record.
     *
     * @param record its id is not used
     * @return the record with its id: positive, larger than any before in this table; the first one is 1
     * @throws dev.allotment.SaasException {@code record.duplicate} where a unique key is taken, after waiting for whoever is
     *     about to take it; the transaction can then only be left
     */
    R insert(R record);

    Optional<R> find(long id);

    /** As {@link #find}, as of now, and no other transaction changes or locks the record before this one ends. */
    Optional<R> lock(long id);

    /**
     * The first record of a query that no other transaction has locked, locked as {@link #lock} does; without waiting. A
     * record that another transaction has changed meanwhile is looked at anew.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check}
     */
    Optional<R> lockFree(Query<? super R> query);

    /**
     * Replaces the record with this id.
     *
     * @throws dev.allotment.SaasException {@code record.missing}, {@code record.duplicate} as in {@link #insert}
     */
    void update(R record);

    /** False where there is none. */
    boolean delete(long id);

    /**
     * The records that fit, in order.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check}
     */
    List<R> list(Query<? super R> query);

    /**
     * How many records fit.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check}
     */
    long count(Filter<? super R> filter);
}
