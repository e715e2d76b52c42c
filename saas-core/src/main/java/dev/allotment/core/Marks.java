// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.spi.AppliedOperation;
import dev.allotment.spi.RecordTypes;
import dev.allotment.spi.Transaction;

/** The marks that operations leave in a client database, in the transaction that they make there. */
final class Marks {
    private Marks() {}

    static boolean has(Transaction tx, Operation operation) {
        return tx.records(RecordTypes.APPLIED_OPERATIONS).count(Filter.equal("operation", operation.uuid())) > 0;
    }

    static void put(Transaction tx, Operation operation) {
        tx.records(RecordTypes.APPLIED_OPERATIONS).insert(new AppliedOperation(0, operation.uuid()));
    }
}
