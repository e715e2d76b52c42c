// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.Objects;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Notices that the catalog may have lost its last transactions, because its server failed over or was restored. Then no
 * transaction starts until the catalog has been compared with the database servers. Thread-safe.
 */
public final class CatalogTimeline {
    /** A catalog that changes its timeline again and again is on two servers that both accept changes. */
    private static final int ATTEMPTS = 3;

    private final Catalog catalog;
    private final ReentrantLock comparing = new ReentrantLock();
    private volatile @Nullable Runnable comparison;
    private volatile @Nullable String compared;

    CatalogTimeline(Catalog catalog) {
        this.catalog = catalog;
    }

    /** The timeline that the catalog has now; null if that is unknown. */
    public @Nullable String present() {
        return catalog.timeline();
    }

    /**
     * From now on, compares before the first transaction of another timeline.
     *
     * @param already the timeline that was compared; null: none
     * @param how compares the catalog with the servers. The thread may use the catalog meanwhile
     */
    public void watch(@Nullable String already, Runnable how) {
        compared = already;
        comparison = how;
    }

    /**
     * Runs work in a transaction of the catalog, after a comparison if one is due.
     *
     * @param connections the catalog, or its view for the maintenance
     */
    <T extends @Nullable Object> T transact(Catalog connections, Function<? super Transaction, ? extends T> work) {
        for (int attempt = 0; attempt < ATTEMPTS; attempt++) {
            try {
                return connections.<T>transact(tx -> {
                    if (isDue()) {
                        throw new Due();
                    }
                    return work.apply(tx);
                });
            } catch (Due e) {
                compare();
            }
        }
        throw SaasException.unavailable(
                ErrorCodes.BACKEND_UNAVAILABLE,
                "The server of the catalog changes again and again. Check that only one server accepts changes.",
                null);
    }

    /** The transaction has opened its connection before this, so the timeline is that of the connection, or newer. */
    private boolean isDue() {
        return comparison != null
                && !Objects.equals(catalog.timeline(), compared)
                && !comparing.isHeldByCurrentThread();
    }

    private void compare() {
        comparing.lock();
        try {
            String present = catalog.timeline();
            Runnable how = comparison;
            if (how != null && !Objects.equals(present, compared)) {
                how.run();
                compared = present;
            }
        } finally {
            comparing.unlock();
        }
    }

    /** Ends a transaction that must not start yet. */
    private static final class Due extends RuntimeException {
        private static final long serialVersionUID = 1L;

        Due() {
            super("The catalog must be compared with the servers first", null, false, false);
        }
    }
}
