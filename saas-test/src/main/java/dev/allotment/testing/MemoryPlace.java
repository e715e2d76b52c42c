// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.RecordType;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The catalog or one database: a state that one transaction at a time replaces with another. */
final class MemoryPlace {
    private final Map<String, RecordType<?>> types;
    private final List<String> sequences;
    private final ReentrantLock lock;
    private volatile MemoryState committed;

    MemoryPlace(List<RecordType<?>> types, List<String> sequences, ReentrantLock lock) {
        this(types, sequences, lock, MemoryState.empty(byName(types).keySet()));
    }

    /** Creates a place that starts with the committed content of another one. */
    MemoryPlace(List<RecordType<?>> types, List<String> sequences, ReentrantLock lock, MemoryState committed) {
        this(byName(types), sequences, lock, committed);
    }

    private MemoryPlace(
            Map<String, RecordType<?>> types, List<String> sequences, ReentrantLock lock, MemoryState committed) {
        this.types = types;
        this.sequences = List.copyOf(sequences);
        this.lock = lock;
        this.committed = committed;
    }

    /** Returns another place that starts with the same committed content. */
    MemoryPlace copy(ReentrantLock itsLock) {
        return new MemoryPlace(types, sequences, itsLock, committed);
    }

    MemoryState committed() {
        return committed;
    }

    /** Replaces the content by that of an earlier moment. */
    void restore(MemoryState earlier) {
        exclusively(() -> committed = earlier);
    }

    /** Runs an action while no transaction is open here. Refuses a thread that has one open. */
    void exclusively(Runnable action) {
        refuseNested();
        lock.lock();
        try {
            action.run();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Runs work in one transaction.
     *
     * @param present called when it is this transaction's turn, and before it is stored; throws if the place no longer
     *     exists
     */
    <T extends @Nullable Object> T transact(
            boolean scripts, Runnable present, Function<? super DatabaseTransaction, ? extends T> work) {
        refuseNested();
        lock.lock();
        try {
            present.run();
            MemoryTransaction transaction = new MemoryTransaction(types, sequences, committed, scripts);
            try {
                T result = work.apply(transaction);
                // The backend may have been closed meanwhile.
                present.run();
                committed = transaction.result();
                return result;
            } finally {
                transaction.end();
            }
        } finally {
            lock.unlock();
        }
    }

    private void refuseNested() {
        if (lock.isHeldByCurrentThread()) {
            throw MemoryProblems.misused(
                    "A transaction was started inside another one of the same place, which would wait for"
                            + " itself; use the outer transaction.");
        }
    }

    private static Map<String, RecordType<?>> byName(List<RecordType<?>> types) {
        Map<String, RecordType<?>> byName = new LinkedHashMap<>();
        types.forEach(type -> byName.put(type.name(), type));
        return byName;
    }
}
