// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.spi.backend.Catalog;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows which threads are doing the maintenance of this node, so that all they do uses {@link Catalog#forMaintenance},
 * also in code that callers use. Thread-safe.
 */
public final class MaintenanceCalls {
    private final ThreadLocal<Boolean> present = ThreadLocal.withInitial(() -> false);

    /** Runs work of the maintenance on this thread. */
    public <T extends @Nullable Object> T call(Supplier<T> work) {
        boolean before = present.get();
        present.set(true);
        try {
            return work.get();
        } finally {
            if (!before) {
                present.remove();
            }
        }
    }

    /** Whether this thread is doing the maintenance. */
    boolean isPresent() {
        return present.get();
    }
}
