// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.spare;

import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Spare;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;

/** Reads and writes the records of spares within one catalog transaction. */
public final class SpareRows {
    /** The input of an operation that builds or deletes a spare. */
    record Input(long spare) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private SpareRows() {}

    /** The spare that an operation works on. */
    static Spare lock(Transaction tx, StoredOperation operation) {
        long id = INPUT.read(operation).spare();
        return tx.records(RecordTypes.SPARES)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.SPARES, "Spare", id));
    }

    /** Names the database of an operation's spare for an operator. */
    static String describe(Transaction tx, StoredOperation operation) {
        Spare spare = lock(tx, operation);
        return OperationTargets.describe(tx, spare.serverId(), DatabaseRefs.of(spare));
    }

    static Spare withReady(Spare spare, boolean ready) {
        return new Spare(
                spare.id(), spare.uuid(), spare.name(), spare.templateId(), spare.serverId(), ready, spare.createdAt());
    }

    /** Removes the record of a spare, and frees its name. Its database stays. */
    public static boolean forget(Transaction tx, Spare spare) {
        ReservedNames.release(tx, spare.name(), spare.uuid(), null);
        return tx.records(RecordTypes.SPARES).delete(spare.id());
    }
}
