// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.RecordField;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

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
     * Stores a new record as {@link #insert} does, for a caller that does not need its id. A backend may send it to its
     * database together with later statements of the transaction, so a failure can come from one of these, or from the
     * commit. By default, calls {@link #insert}.
     *
     * @param record its id is ignored
     * @throws dev.allotment.SaasException as {@link #insert}
     */
    default void add(R record) {
        insert(record);
    }

    /**
     * Returns the record with this id; empty if there is none.
     *
     * @throws dev.allotment.SaasException {@code record.newer} if this version cannot read it
     */
    Optional<R> find(long id);

    /**
     * Returns what returns the record as {@link #find} does. The read sees the changes that the transaction has made
     * before this call, and none that it makes after it. A backend may send it to its database together with other
     * statements of the transaction, at the latest when its answer is taken, so a failure can come from one of these.
     * So a use case that knows what it will read announces all of it first. The answer has to be taken before the work
     * returns, and can be taken several times. By default, reads at once.
     *
     * @throws dev.allotment.SaasException as {@link #find}
     */
    default Supplier<Optional<R>> findLater(long id) {
        Optional<R> found = find(id);
        return () -> found;
    }

    /**
     * Returns the record as {@link #find} does, as of now, and locks it: no other transaction changes or locks it
     * before this one ends.
     *
     * @throws dev.allotment.SaasException {@code record.newer} if this version cannot read it
     */
    Optional<R> lock(long id);

    /**
     * Returns what returns the record as {@link #lock} does, as {@link #findLater} does. By default, locks at once.
     *
     * @throws dev.allotment.SaasException as {@link #lock}
     */
    default Supplier<Optional<R>> lockLater(long id) {
        Optional<R> locked = lock(id);
        return () -> locked;
    }

    /**
     * Returns the record as {@link #lock} does, for a transaction that only refers to it: no other one locks or deletes
     * the record before this one ends, but others may call this for the same record without waiting. By default, locks
     * the record, so that they wait.
     *
     * @throws dev.allotment.SaasException {@code record.newer} if this version cannot read it
     */
    default Optional<R> lockShared(long id) {
        return lock(id);
    }

    /**
     * Returns what returns the record as {@link #lockShared} does, as {@link #findLater} does. By default, locks at
     * once.
     *
     * @throws dev.allotment.SaasException as {@link #lockShared}
     */
    default Supplier<Optional<R>> lockSharedLater(long id) {
        Optional<R> locked = lockShared(id);
        return () -> locked;
    }

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
     * Returns what returns the records as {@link #list} does, as {@link #findLater} does. By default, reads at once.
     *
     * @throws dev.allotment.SaasException as {@link #list}
     */
    default Supplier<List<R>> listLater(Query<? super R> query) {
        List<R> found = list(query);
        return () -> found;
    }

    /**
     * Returns how many records a filter selects, including those that this version does not know: an operation of a
     * newer version keeps its tenant busy, and a tenant of a newer version counts against the limits of its plan.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    long count(Filter<? super R> filter);

    /**
     * Returns what returns the count as {@link #count} does, as {@link #findLater} does. By default, counts at once.
     *
     * @throws dev.allotment.SaasException as {@link #count}
     */
    default Supplier<Long> countLater(Filter<? super R> filter) {
        long count = count(filter);
        return () -> count;
    }

    /**
     * Returns the sums of fields over the records that a filter selects, in the order of the fields. A field that is
     * null counts as 0. Records that this version does not know count, as in {@link #count}.
     *
     * @param fields of whole numbers
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    List<Long> sums(List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter);

    /**
     * Returns the sums of fields as {@link #sums(List, Filter)} does, by the value of another field, as {@link #counts}
     * does.
     *
     * @param by the field whose values are the keys
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    <V> Map<@Nullable V, List<Long>> sums(
            RecordField<? super R, V> by, List<RecordField<R, ? extends Number>> fields, Filter<? super R> filter);

    /**
     * Returns one field of the records that a query selects, in its order. Leaves out null, and constants that this
     * version does not know. Reads nothing else of the records, so that records count that this version does not know.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Query)}
     */
    <V> List<V> values(RecordField<? super R, V> field, Query<? super R> query);

    /**
     * Counts the records that a filter selects by the value of a field. Values without a record have no entry, the key
     * null stands for records without a value, and constants that this version does not know are left out.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    <V> Map<@Nullable V, Long> counts(RecordField<? super R, V> field, Filter<? super R> filter);

    /**
     * Deletes all records that a filter selects, also those that this version does not know, and returns how many they
     * were. Waits for transactions that have
     * locked one of them, and then checks it again.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Filter)}
     */
    long deleteAll(Filter<? super R> filter);

    /**
     * Deletes the first records of a query that no other transaction has locked, also those that this version does not
     * know, and returns how many they were. Does not wait, so that several nodes that delete the same records share
     * the work. The offset and the limit of the
     * query count free records.
     *
     * @throws dev.allotment.SaasException as {@link RecordType#check(Query)}
     */
    int deleteFree(Query<? super R> query);
}
