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
    private final CatalogLifecycle lifecycle;

    /** Creates a catalog. */
    public JdbcCatalog(Transactions transactions, Connections connections, CatalogLifecycle lifecycle) {
        this.transactions = transactions;
        this.connections = connections;
        this.lifecycle = lifecycle;
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
    public void separate() {
        lifecycle.separate();
    }

    @Override
    public <T extends @Nullable Object> T transact(Function<? super Transaction, ? extends T> work) {
        return transactions.run(connections, ScriptRunner.REFUSED, work);
    }
}
