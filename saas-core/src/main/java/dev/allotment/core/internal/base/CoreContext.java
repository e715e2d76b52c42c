// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.base;

import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.core.SaasSettings;
import java.time.Clock;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * What every part of the core may use: the catalog, the audit log, the time, secrets and identities, and the name of
 * this node. It knows no feature; everything else a class needs is passed to its constructor.
 */
public final class CoreContext {
    private final Catalog catalog;
    private final UnitOfWork work;
    private final MaintenanceCalls maintenance;
    private final Clock clock;
    private final LongSupplier ticker;
    private final Secrets secrets;
    private final String node;
    private final String mainDatabase;
    private final EventLog events;

    private CoreContext(
            Catalog catalog,
            MaintenanceCalls maintenance,
            Clock clock,
            LongSupplier ticker,
            Secrets secrets,
            String node,
            String mainDatabase,
            List<SaasListener> listeners) {
        this.catalog = catalog;
        this.maintenance = maintenance;
        this.work = new CatalogWork(catalog);
        this.clock = clock;
        this.ticker = ticker;
        this.secrets = secrets;
        this.node = node;
        this.mainDatabase = mainDatabase;
        this.events = new EventLog(this::now, secrets, listeners);
    }

    /** The context of a node with these settings. Its catalog refuses changes while it is a copy. */
    public static CoreContext of(CatalogGuard guard, SaasSettings settings, List<SaasListener> listeners) {
        SaasSettings.Node node = settings.node();
        Secrets secrets = new Secrets(node.random());
        MaintenanceCalls maintenance = new MaintenanceCalls();
        return new CoreContext(
                new GuardedCatalog(guard, maintenance),
                maintenance,
                node.clock(),
                node.ticker(),
                secrets,
                node.name() == null ? secrets.uuid().toString() : node.name(),
                settings.installation().mainDatabase(),
                List.copyOf(listeners));
    }

    public Catalog catalog() {
        return catalog;
    }

    /** The catalog as a unit of work; each call is a transaction. */
    public UnitOfWork work() {
        return work;
    }

    /** The threads that are doing the maintenance of this node. */
    public MaintenanceCalls maintenance() {
        return maintenance;
    }

    /** The current time, to the microsecond, which every database can store. */
    public Instant now() {
        return clock.instant().truncatedTo(ChronoUnit.MICROS);
    }

    /** Nanoseconds of a clock that is never set; only differences have a meaning. */
    public long tick() {
        return ticker.getAsLong();
    }

    public Secrets secrets() {
        return secrets;
    }

    /** The name of this node, under which its operations are stored. */
    public String node() {
        return node;
    }

    public String mainDatabase() {
        return mainDatabase;
    }

    /** The audit log, to which every change that matters to an operator is added. */
    public EventLog events() {
        return events;
    }

    private record CatalogWork(Catalog catalog) implements UnitOfWork {
        @Override
        public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
            return catalog.transact(work);
        }
    }
}
