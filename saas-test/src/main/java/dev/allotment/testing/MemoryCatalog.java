// SPDX-License-Identifier: Apache-2.0
package dev.allotment.testing;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** The catalog. It has its schema from the start. */
final class MemoryCatalog implements Catalog {
    private final MemoryPlace place;
    private final Runnable checkOpen;

    MemoryCatalog(MemoryPlace place, Runnable checkOpen) {
        this.place = place;
        this.checkOpen = checkOpen;
    }

    @Override
    public void migrate() {
        checkOpen.run();
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        return place.transact(false, checkOpen, work);
    }
}
