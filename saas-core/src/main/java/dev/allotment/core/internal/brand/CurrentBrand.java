// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.brand;

import dev.allotment.ErrorCategory;
import dev.allotment.SaasException;
import dev.allotment.brand.Brand;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.spi.backend.StoredBrand;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;

/**
 * The brand that counts, as this node last read it. Every page needs it, so it is read at most once in five seconds.
 * Thread-safe.
 */
final class CurrentBrand {
    private static final Logger LOG = System.getLogger("dev.allotment");
    private static final long TTL_NANOS = Duration.ofSeconds(5).toNanos();

    private final CoreContext context;
    private final Brand given;
    private final AtomicReference<Known> known = new AtomicReference<>();

    /**
     * What was read.
     *
     * @param version of the row, see {@link BrandRows#version}
     * @param readAt as {@link CoreContext#tick} says it
     */
    private record Known(Brand brand, String version, long readAt) {}

    /** @param given counts as long as none is applied */
    CurrentBrand(CoreContext context, Brand given) {
        this.context = context;
        this.given = given;
    }

    Brand get() {
        Known last = known.get();
        long now = context.tick();
        if (last != null && now - last.readAt() < TTL_NANOS) {
            return last.brand();
        }
        // Other threads use the last one while this one reads.
        if (last != null && !known.compareAndSet(last, new Known(last.brand(), last.version(), now))) {
            return last.brand();
        }
        try {
            return read();
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.UNAVAILABLE) {
                LOG.log(
                        Level.WARNING,
                        "The brand that was applied cannot be read. Pages show another one. Apply it again. node="
                                + context.node(),
                        e);
            }
            // A page that says that the catalog is unavailable needs a brand, too.
            return last == null ? given : last.brand();
        }
    }

    /** Reads it now. */
    Brand read() {
        Known last = known.get();
        long now = context.tick();
        Known next = context.catalog().transact(tx -> read(tx, last, now));
        known.set(next);
        return next.brand();
    }

    private Known read(Transaction tx, @Nullable Known last, long now) {
        Optional<StoredBrand> row = BrandRows.find(tx, BrandRows.INSTALLATION);
        String version = BrandRows.version(row);
        if (last != null && last.version().equals(version)) {
            return new Known(last.brand(), version, now);
        }
        return new Known(row.map(each -> BrandRows.brand(tx, each)).orElse(given), version, now);
    }
}
