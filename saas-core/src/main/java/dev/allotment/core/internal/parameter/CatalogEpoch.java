// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.parameter;

import dev.allotment.Parameter;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.Transaction;

/**
 * The epoch of the catalog. A catalog that was restored starts another one, so that its operations count as later than
 * those that the backup does not know. Thread-safe.
 */
public final class CatalogEpoch {
    private static final String KEY = "catalog.epoch";
    private static final String HANDLED = "catalog.epoch_handled";
    private static final long FIRST = 1;

    private final CoreContext context;
    /** 0: not read yet. An outdated epoch is harmless: a server refuses the changes of its operations. */
    private volatile long known;

    public CatalogEpoch(CoreContext context) {
        this.context = context;
    }

    /** Returns the epoch, as this process last read it. */
    public long get() {
        return known == 0 ? read() : known;
    }

    /** Reads the epoch, which another node may have started. */
    public long read() {
        known = context.catalog().transact(CatalogEpoch::of);
        return known;
    }

    public static long of(Transaction tx) {
        return value(tx, KEY);
    }

    /** The last epoch whose start stopped the catalog from trusting what the time before left. */
    public static long handled(Transaction tx) {
        return value(tx, HANDLED);
    }

    private static long value(Transaction tx, String key) {
        return ParameterRows.find(tx, key)
                .map(Parameter::value)
                .map(Long::parseLong)
                .orElse(FIRST);
    }

    /** Starts an epoch that is later than the present one and than another one, which a server has seen. */
    public static long startAfter(Transaction tx, long seen) {
        long next = Math.max(of(tx), seen) + 1;
        ParameterRows.set(tx, KEY, Long.toString(next), true);
        ParameterRows.set(tx, HANDLED, Long.toString(next), true);
        return next;
    }
}
