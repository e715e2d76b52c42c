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
    /** No row has this version. */
    private static final String UNREAD = "unread";

    private static final long TTL_NANOS = Duration.ofSeconds(5).toNanos();

    private final CoreContext context;
    private final Brand given;
    private final AtomicReference<Known> known = new AtomicReference<>();

    /**
     * What was read.
     *
     * @param version of the row, see {@link BrandRows#version}
     * @param readAt as {@link CoreContext#tick} says it, also if reading failed
     * @param reported whether the log says that the present row cannot be read
     */
    private record Known(Brand brand, String version, long readAt, boolean reported) {
        Known triedAt(long tick, boolean isReported) {
            return new Known(brand, version, tick, isReported);
        }
    }

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
        Known tried = last == null ? new Known(given, UNREAD, now, false) : last.triedAt(now, last.reported());
        // Other threads use the last one while this one reads.
        if (last != null && !known.compareAndSet(last, tried)) {
            return last.brand();
        }
        try {
            return read();
        } catch (SaasException e) {
            boolean wrong = e.category() != ErrorCategory.UNAVAILABLE;
            // The next page reads it again after a while, and the log says once what is wrong with it.
            boolean first =
                    known.compareAndSet(last == null ? null : tried, tried.triedAt(now, tried.reported() || wrong));
            if (wrong && first && !tried.reported()) {
                LOG.log(
                        Level.WARNING,
                        "The brand that was applied cannot be read. Pages show another one. Apply it again. node="
                                + context.node(),
                        e);
            }
            // A page that says that the catalog is unavailable needs a brand, too.
            return tried.brand();
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
            return last.triedAt(now, false);
        }
        return new Known(row.map(each -> BrandRows.brand(tx, each)).orElse(given), version, now, false);
    }
}
