// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/** A transaction in progress. It belongs to the calling thread, until the work returns. */
public interface Transaction {
    /**
     * Returns the records of one type.
     *
     * @throws dev.allotment.SaasException {@code record.invalid} for a type that this database does not store
     */
    <R extends Record> Records<R> records(RecordType<R> type);

    /**
     * Returns the next number of a sequence, starting at 1. Two calls never return the same number, in any
     * transactions, unless one of them is rolled back. There may be gaps. Does not wait for other transactions if the
     * database can avoid it.
     *
     * @param sequence one of {@link RecordTypes#sequences}
     */
    long next(String sequence);

    /**
     * Lets the commit return before the disk has stored it. If the server crashes, the transaction may be lost, with
     * everything that was committed on the same server after it. Once a later transaction on the same server is
     * durable, so is this one. The caller must not report this one before. Default: does nothing, and the commit
     * waits.
     */
    default void deferDurability() {}
}
