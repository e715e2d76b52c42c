// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** See {@link WatchedBackend}. */
record WatchedCatalog(Catalog storage, Consumer<String> steps) implements Catalog {
    @Override
    public void migrate() {
        storage.migrate();
    }

    @Override
    public Catalog forUpkeep() {
        return new WatchedCatalog(storage.forUpkeep(), steps);
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        steps.accept("before catalog");
        T result = storage.transact(transaction -> {
            T value = work.apply(transaction);
            steps.accept("in catalog");
            return value;
        });
        steps.accept("after catalog");
        return result;
    }
}
