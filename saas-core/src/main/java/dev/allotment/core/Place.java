// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.spi.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Where records are: the catalog, or the database of one tenant. */
interface Place {
    <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work);

    /** Runs something once what was changed is stored: at once, unless what is changed here is part of a larger transaction. */
    default void whenStored(Runnable work) {
        work.run();
    }

    /**
     * One transaction for all that is done at the place that the work is given.
     *
     * @param work may be called more than once
     */
    default <T extends @Nullable Object> T together(Function<? super Place, ? extends T> work) {
        List<Runnable> later = new ArrayList<>();
        T result = this.<T>transact(tx -> {
            later.clear();
            return work.apply(new Joined(tx, later));
        });
        later.forEach(Runnable::run);
        return result;
    }

    /** What is done here is done in a transaction that somebody else ends. */
    record Joined(Transaction tx, List<Runnable> later) implements Place {
        @Override
        public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
            return work.apply(tx);
        }

        @Override
        public void whenStored(Runnable work) {
            later.add(work);
        }
    }
}
