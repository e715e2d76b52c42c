// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import java.sql.Connection;
import java.sql.SQLException;

/** Makes the catalog and migrates it, as a whole or not at all, also when it is killed. */
final class CatalogMigration implements Runnable {
    private static final String FOLDER = "catalog";
    /** A file that is there while the catalog is being made. */
    private static final String UNFINISHED = "new-catalog";

    private final H2Storage storage;
    private final H2Engine engine;
    private final CatalogConnections connections;
    private final Migrator migrator;

    CatalogMigration(H2Storage storage, H2Engine engine, CatalogConnections connections, Schema schema) {
        this.storage = storage;
        this.engine = engine;
        this.connections = connections;
        this.migrator = new Migrator(H2Dialect.INSTANCE, schema);
    }

    /** The files of the catalog, whether or not they are there. */
    static DatabaseFiles files(H2Storage storage) {
        return new DatabaseFiles(storage, FOLDER, FOLDER);
    }

    /** Removes, or puts back, what a killed process has left. Nobody may have a connection. */
    static void recover(H2Storage storage) {
        if (storage.exists(UNFINISHED)) {
            storage.delete(FOLDER);
            storage.delete(UNFINISHED);
        }
        files(storage).recover();
    }

    @Override
    public synchronized void run() {
        connections.checkNotClosed();
        DatabaseFiles files = files(storage);
        if (!files.exist()) {
            make(files);
            return;
        }
        if (isCurrent()) {
            return;
        }
        files.changing(
                () -> {
                    engine.migrate(files, migrator);
                    return null;
                },
                () -> {});
    }

    /** Leaves the connection open where that is so: opening the first one, and with it the database, is what takes time. */
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

    private void make(DatabaseFiles files) {
        if (storage.exists(files.folder())) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_SCHEMA,
                    "The folder of the catalog is there, and lacks the catalog. Put the file back, or remove the folder.",
                    null);
        }
        storage.createFile(UNFINISHED);
        boolean done = false;
        try {
            storage.createFolder(files.folder());
            // It stays open: to close and to open it once more takes as long as a third of making it.
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
