// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

/** A unit of work in progress; for the thread that got it, until the work returns. */
public interface Transaction {
    /**
     * The records of one type.
     *
     * @throws dev.allotment.SaasException {@code record.invalid} for a type that this place does not store
     */
    <R extends Record> Records<R> records(RecordType<R> type);

    /**
     * The next number of a sequence that begins at 1 when first used. Two calls never give the same number, in whatever
     * transactions, unless one of them is rolled back; there may be gaps. Does not wait for other transactions where the
     * database can avoid it.
     *
     * @param sequence one of {@link RecordTypes#sequences()}
     */
    long next(String sequence);
}
