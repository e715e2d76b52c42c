// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.Transaction;
import java.util.function.BooleanSupplier;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** A catalog in one database: binds transactions to the connections of that database. */
public final class JdbcCatalog implements Catalog {
    private final Transactions transactions;
    private final Connections connections;
    private final Runnable migration;
    private final BooleanSupplier migrated;
    private final int schemaVersion;

    /**
     * Creates a catalog.
     *
     * @param migration brings its schema up to date
     * @param migrated says whether that is so
     * @param schemaVersion the version of the schema that this build knows
     */
    public JdbcCatalog(
            Transactions transactions,
            Connections connections,
            Runnable migration,
            BooleanSupplier migrated,
            int schemaVersion) {
        this.transactions = transactions;
        this.connections = connections;
        this.migration = migration;
        this.migrated = migrated;
        this.schemaVersion = schemaVersion;
    }

    @Override
    public int schemaVersion() {
        return schemaVersion;
    }

    @Override
    public void migrate() {
        migration.run();
    }

    @Override
    public boolean isMigrated() {
        return migrated.getAsBoolean();
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        return transactions.run(connections, ScriptRunner.REFUSED, work);
    }
}
