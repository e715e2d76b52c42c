// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.catalog;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.h2.files.H2Storage;
import dev.allotment.jdbc.CatalogLifecycle;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Creates and migrates the catalog, completely or not at all, even if the process is killed. */
public final class CatalogMigration implements CatalogLifecycle {
    private static final String FOLDER = "catalog";
    /** A file that exists while the catalog is being created. */
    private static final String UNFINISHED = "new-catalog";

    private final H2Storage storage;
    private final H2Engine engine;
    private final CatalogConnections connections;
    private final Migrator migrator;

    /** A migration of the catalog to a schema. */
    public CatalogMigration(H2Storage storage, H2Engine engine, CatalogConnections connections, Schema schema) {
        this.storage = storage;
        this.engine = engine;
        this.connections = connections;
        this.migrator = new Migrator(H2Dialect.INSTANCE, schema);
    }

    /** The files of the catalog, whether or not they exist. */
    public static DatabaseFiles files(H2Storage storage) {
        return new DatabaseFiles(storage, FOLDER, FOLDER);
    }

    /** Rolls back what a killed process left unfinished. Requires that there are no connections. */
    public static void recover(H2Storage storage) {
        if (storage.exists(UNFINISHED)) {
            storage.delete(FOLDER);
            storage.delete(UNFINISHED);
        }
        files(storage).recover();
    }

    @Override
    public synchronized void migrate() {
        connections.checkNotClosed();
        DatabaseFiles files = files(storage);
        if (!files.exist()) {
            create(files);
            return;
        }
        if (isCurrent()) {
            return;
        }
        List<Migration> done = files.change(() -> engine.migrate(files, migrator), () -> {});
        System.getLogger("dev.allotment.schema")
                .log(Level.INFO, () -> "Migrated the schema of the catalog: " + Migrator.names(done));
    }

    @Override
    public @Nullable String place() {
        return storage.identity();
    }

    /** Unknown: no other process can take over while the files are open. */
    @Override
    public @Nullable String timeline() {
        return null;
    }

    /** Does nothing: the databases of a copy are in its own folder. */
    @Override
    public void separate() {}

    @Override
    public synchronized boolean isMigrated() {
        connections.checkNotClosed();
        return files(storage).exist() && isCurrent();
    }

    /**
     * Keeps the connection open if the schema is current, because opening the first one opens the database, which is
     * slow.
     */
    private boolean isCurrent() {
        try {
            Connection connection = connections.acquire();
            boolean current = false;
            try {
                current = migrator.isCurrent(connection);
                return current;
            } finally {
                connections.release(connection, current);
            }
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Opening the catalog", e);
        }
    }

    private void create(DatabaseFiles files) {
        if (storage.exists(files.folder())) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_SCHEMA,
                    "The folder of the catalog exists, but its database file is missing. Restore the file, or delete the folder.",
                    null);
        }
        storage.createFile(UNFINISHED);
        boolean done = false;
        try {
            storage.createFolder(files.folder());
            // One connection stays open: closing and reopening the database would add a third to the time.
            engine.create(files, migrator, connection -> connections.release(connections.acquire(), true));
            storage.delete(UNFINISHED);
            done = true;
        } finally {
            if (!done) {
                connections.closeIdle();
                recover(storage);
            }
        }
    }
}
