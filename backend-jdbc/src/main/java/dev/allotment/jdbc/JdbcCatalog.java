// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A catalog in one database: binds transactions to the connections of that database. */
public final class JdbcCatalog implements Catalog {
    private final Transactions transactions;
    private final Connections connections;
    private final Connections maintenance;
    private final CatalogLifecycle lifecycle;
    private final int schemaVersion;

    /**
     * Creates a catalog.
     *
     * @param maintenance connections for {@link #forMaintenance}
     * @param schemaVersion the version of the schema that this build knows
     */
    public JdbcCatalog(
            Transactions transactions,
            Connections connections,
            Connections maintenance,
            CatalogLifecycle lifecycle,
            int schemaVersion) {
        this.transactions = transactions;
        this.connections = connections;
        this.maintenance = maintenance;
        this.lifecycle = lifecycle;
        this.schemaVersion = schemaVersion;
    }

    @Override
    public int schemaVersion() {
        return schemaVersion;
    }

    @Override
    public void migrate() {
        lifecycle.migrate();
    }

    @Override
    public boolean isMigrated() {
        return lifecycle.isMigrated();
    }

    @Override
    public @Nullable String place() {
        return lifecycle.place();
    }

    @Override
    public @Nullable String timeline() {
        return lifecycle.timeline();
    }

    @Override
    public void separate() {
        lifecycle.separate();
    }

    @Override
    public Catalog forMaintenance() {
        return new JdbcCatalog(transactions, maintenance, maintenance, lifecycle, schemaVersion);
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        return transactions.run(connections, ScriptRunner.REFUSED, work);
    }
}
