// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where records are: the catalog, or the database of one tenant. */
public interface UnitOfWork {
    int MAX_RACES = 20;

    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);

    /**
     * Work that looks whether somebody has done the same before, and does it else. Who loses a race for a unique key looks
     * again: then the key is found, a name is found to be taken, and a generated name gets the next number.
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

    /** Runs something once what was changed is stored: at once, unless what is changed here is part of a larger transaction. */
    default void whenStored(Runnable work) {
        work.run();
    }

    /**
     * One transaction for all that is done at the place that the work is given.
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

    /** What is done here is done in a transaction that somebody else ends. */
    record Joined(Transaction tx, List<Runnable> later) implements UnitOfWork {
        @Override
        public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
            return work.apply(tx);
        }

        /** A transaction in which a key was not unique is over, and it is not ours to begin the next. */
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
