// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Runs transactions in one place: in the catalog, or in the database of one tenant. Use cases write through it, so that
 * the caller decides whether each call is one transaction or part of a larger one.
 */
public interface UnitOfWork {
    /** How often {@link #orAgain} runs the work at most. */
    int MAX_RACES = 20;

    /** Runs the work in a transaction, or in the larger one that this is part of. */
    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);

    /**
     * Runs work that looks for an earlier result and otherwise creates it. If it loses a race for a unique key, it runs
     * again: then it finds the key, reports the name as taken, or generates the next number.
     */
    default <T> T orAgain(Function<? super Transaction, ? extends T> work) {
        for (int attempt = 1; ; attempt++) {
            try {
                return this.<T>transact(work);
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE) || attempt == MAX_RACES) {
                    throw e;
                }
            }
        }
    }

    /** Runs an action once the changes are committed: at once, unless they are part of a larger transaction. */
    default void whenStored(Runnable work) {
        work.run();
    }

    /**
     * Runs the work in one transaction.
     *
     * @param work may be called more than once
     */
    default <T extends @Nullable Object> T inTransaction(Function<? super UnitOfWork, ? extends T> work) {
        List<Runnable> later = new ArrayList<>();
        T result = this.<T>transact(tx -> {
            later.clear();
            return work.apply(new Joined(tx, later));
        });
        later.forEach(Runnable::run);
        return result;
    }

    /** Runs everything in a transaction that the caller commits. */
    record Joined(Transaction tx, List<Runnable> later) implements UnitOfWork {
        @Override
        public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
            return work.apply(tx);
        }

        /**
         * Runs the work once: after a duplicate key the transaction has failed, and only the caller can start another.
         */
        @Override
        public <T> T orAgain(Function<? super Transaction, ? extends T> work) {
            return this.<T>transact(work);
        }

        @Override
        public void whenStored(Runnable work) {
            later.add(work);
        }
    }
}
