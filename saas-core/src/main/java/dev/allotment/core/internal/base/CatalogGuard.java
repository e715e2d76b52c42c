// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.Optional;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Knows whether the catalog is a copy: whether the place that it records is another than the one where it is. Nothing
 * is changed with a copy. Thread-safe.
 */
public final class CatalogGuard {
    /** Where the catalog was when an administrator, or the first start, decided that it is the original. */
    public static final String PLACE = "allotment.catalog_place";

    /** How often an administrator decided that this catalog is the original; missing: once, by the first start. */
    public static final String EPOCH = "catalog.epoch";

    private static final Logger LOG = System.getLogger("dev.allotment");
    private static final long CHECK_AFTER = 2_000_000_000L;

    /** After this time, the servers are asked again. */
    private static final long SUPERSEDED_FOR = 60_000_000_000L;

    private final Catalog catalog;
    private final boolean sharesDatabases;
    private final LongSupplier ticker;
    private final CatalogTimeline timeline;
    private volatile @Nullable String place;
    private volatile boolean copy;
    private volatile @Nullable Long supersededAt;
    private volatile long checkedAt;

    /**
     * A guard of a catalog, which is not read before {@link #start}.
     *
     * @param sharesDatabases whether the databases of its backend are not copied with it
     */
    public CatalogGuard(Catalog catalog, boolean sharesDatabases, LongSupplier ticker) {
        this.catalog = catalog;
        this.sharesDatabases = sharesDatabases;
        this.ticker = ticker;
        this.timeline = new CatalogTimeline(catalog);
    }

    /**
     * Decides whether the catalog is a copy. One without a recorded place gets the present one.
     *
     * @param mayRecord whether it is a node that starts, rather than a task that must change nothing
     */
    public void start(boolean mayRecord) {
        place = catalog.place();
        if (place == null) {
            return;
        }
        Optional<String> recorded = catalog.transact(tx -> value(tx, PLACE));
        if (recorded.isEmpty() && mayRecord) {
            recorded = Optional.of(catalog.transact(tx -> recordFirst(tx, String.valueOf(place))));
        }
        copy = recorded.isPresent() && !recorded.get().equals(place) && canDoHarm();
        checkedAt = ticker.getAsLong();
    }

    /** Whether it knows databases that were not copied with it. */
    private boolean canDoHarm() {
        return sharesDatabases
                || catalog.transact(tx -> tx.records(RecordTypes.SERVERS).list(Query.all())).stream()
                        .anyMatch(server -> server.backend() != null && server.state() == Server.State.IN_USE);
    }

    private static String recordFirst(Transaction tx, String present) {
        Optional<String> there = value(tx, PLACE);
        if (there.isEmpty()) {
            tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, PLACE, present, true));
        }
        return there.orElse(present);
    }

    private static Optional<String> value(Transaction tx, String key) {
        return tx.records(RecordTypes.PARAMETERS).list(Query.where(Filter.equal(Parameter.KEY, key))).stream()
                .map(Parameter::value)
                .findFirst();
    }

    /** The catalog itself, which accepts changes of a copy. Only what decides about copies uses it. */
    public Catalog catalog() {
        return catalog;
    }

    /** Notices that the catalog may have lost its last transactions. */
    public CatalogTimeline timeline() {
        return timeline;
    }

    /** Where the catalog is; null if that is unknown, and there is no protection. */
    public @Nullable String place() {
        return place;
    }

    /** Whether it is a copy. While it is, the decision of an administrator is looked for every few seconds. */
    public boolean isCopy() {
        if (isSuperseded()) {
            return true;
        }
        if (copy && ticker.getAsLong() - checkedAt > CHECK_AFTER) {
            start(false);
        }
        return copy;
    }

    /** Looks for the decision of an administrator now. */
    public void decided() {
        supersededAt = null;
        start(false);
    }

    /** A server has the mark of another place: another copy of this catalog is in use. */
    public void supersede() {
        if (supersededAt == null) {
            LOG.log(
                    Level.WARNING,
                    "A database server has the mark of another copy of this catalog, which an operator confirmed as the"
                            + " catalog. This one changes nothing any more. \"saas catalog --moved\" makes it the catalog"
                            + " again");
        }
        supersededAt = ticker.getAsLong();
    }

    private boolean isSuperseded() {
        Long at = supersededAt;
        return at != null && ticker.getAsLong() - at < SUPERSEDED_FOR;
    }

    /** What the servers store, if this catalog is the original; null if there is no protection. */
    public @Nullable CatalogMark mark() {
        String present = place;
        return present == null ? null : new CatalogMark(catalog.transact(CatalogGuard::epoch), present);
    }

    /** The present epoch. */
    public static long epoch(Transaction tx) {
        return value(tx, EPOCH).map(Long::parseLong).orElse(1L);
    }

    /**
     * Refuses a change with a copy.
     *
     * @throws SaasException {@code catalog.clone}
     */
    public void requireOriginal() {
        if (isCopy()) {
            throw SaasException.conflict(
                    ErrorCodes.CATALOG_CLONE,
                    (isSuperseded()
                                    ? "Another copy of this catalog is in use."
                                    : "This catalog is a copy: it was made for another place than the one where it is.")
                            + " It can be read, and nothing can be changed. An operator decides what it is with"
                            + " \"saas catalog\".");
        }
    }
}
