// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The records of one type inside a transaction, including its own changes.
 *
 * <p>Values are read as they were stored: text exactly, instants truncated to microseconds. Values that not every
 * database can store are refused with {@code record.invalid}: a NUL or half a surrogate pair in text, an instant
 * outside the years 1 to 9999. A filter may compare with any value; no record equals one that cannot be stored.
 *
 * @param <R> the record
 */
public interface Records<R extends Record> {
    /**
     * Stores a new record.
     *
     * @param record its id is ignored
     * @return the record with its id: positive and larger than any before in this table; the first one is 1
     * @throws dev.allotment.SaasException {@code record.duplicate} if a unique key is taken, after waiting for
     *     transactions that are about to take it; the transaction cannot be used after that
     */
    R insert(R record);

    /**
     * Returns the record with this id; empty if there is none.
     *
     * @throws dev.allotment.SaasException {@code record.newer} if this version cannot read it
     */
    Optional<R> find(long id);

    /**
     * Returns the record as {@link #find} does, as of now, and locks it: no other transaction changes or locks it
     * before this one ends.
     *
     * @throws dev.allotment.SaasException {@code record.newer} if this version cannot read it
     */
    Optional<R> lock(long id);

    /**
     * Returns the first record of a query that no other transaction has locked, and locks it as {@link #lock} does.
     * Does not wait. The offset of the query counts free records. A record that another transaction has changed
     * meanwhile is checked again. Records that this version does not {@linkplain RecordType#isKnown know} are left out.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Query)}
     */
    Optional<R> lockFree(Query<? super R> query);

    /**
     * Replaces the record with this id.
     *
     * @throws dev.allotment.SaasException {@code record.missing}, {@code record.duplicate} as in {@link #insert}
     */
    void update(R record);

    /** Deletes the record with this id. Returns false if there is none. */
    boolean delete(long id);

    /**
     * Returns the records that a query selects, in its order. Those that this version does not {@linkplain
     * RecordType#isKnown know} are left out, also when the offset and the limit are counted.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Query)}
     */
    List<R> list(Query<? super R> query);

    /**
     * Returns how many records a filter selects, including those that this version does not know: an operation of a
     * newer version keeps its tenant busy, and a tenant of a newer version counts against the limits of its plan.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    long count(Filter<? super R> filter);

    /**
     * Returns how many of the records that a filter selects have each of some values in a field. Records that this
     * version does not know count, as in {@link #count}. The default counts value by value; a database does it in one
     * query.
     *
     * @param values not null
     * @return a count for each value, in the order of the values; 0 for one that no record has
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    default <V> Map<V, Long> counts(RecordField<R, V> field, Collection<? extends V> values, Filter<? super R> filter) {
        Map<V, Long> counts = new LinkedHashMap<>();
        for (V value : values) {
            counts.put(value, count(Filter.<R>and(filter, Filter.equal(field, value))));
        }
        return counts;
    }

    /**
     * Returns the sums of fields over the records that a filter selects, in the order of the fields. A field that is
     * null counts as 0. Records that this version does not know count, as in {@link #count}.
     *
     * @param fields of whole numbers
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    List<Long> sums(List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter);
}
