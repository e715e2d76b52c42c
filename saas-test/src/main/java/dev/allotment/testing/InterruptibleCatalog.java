// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** See {@link InterruptibleBackend}. */
final class InterruptibleCatalog implements Catalog {
    private final Catalog storage;
    private final Lifeline lifeline;

    InterruptibleCatalog(Catalog storage, Lifeline lifeline) {
        this.storage = storage;
        this.lifeline = lifeline;
    }

    @Override
    public void migrate() {
        lifeline.pass();
        storage.migrate();
        lifeline.pass();
    }

    @Override
    public Catalog forUpkeep() {
        return new InterruptibleCatalog(storage.forUpkeep(), lifeline);
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        lifeline.checkAlive();
        T result = storage.transact(transaction -> {
            T value = work.apply(transaction);
            lifeline.pass();
            return value;
        });
        lifeline.pass();
        return result;
    }
}
