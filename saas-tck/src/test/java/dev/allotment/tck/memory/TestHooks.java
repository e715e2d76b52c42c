// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck.memory;

import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.PoolUse;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.testing.MemoryBackend;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** The methods that a broken variant overrides to change a memory backend. By default they change nothing. */
class TestHooks {
    /** A transaction of the backend that has not started. */
    interface Begin {
        <T> T run(Function<? super DatabaseTransaction, ? extends T> work);
    }

    MemoryBackend newBackend() {
        return MemoryBackend.create();
    }

    <T> T transact(Begin begin, Function<? super DatabaseTransaction, ? extends T> work) {
        return begin.run(work);
    }

    <R extends Record> Records<R> records(Transaction transaction, RecordType<R> type) {
        return transaction.records(type);
    }

    long next(Transaction transaction, String sequence) {
        return transaction.next(sequence);
    }

    void migrate(Catalog catalog) {
        catalog.migrate();
    }

    Databases databases(Databases sound) {
        return sound;
    }

    Set<Capability> capabilities(Set<Capability> sound) {
        return sound;
    }

    List<PoolUse> pools() {
        return List.of();
    }

    void close(MemoryBackend backend) {
        backend.close();
    }
}
