// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import org.jdbi.v3.core.Handle;

/** Makes the catalog and migrates it, as a whole or not at all, also when it is killed. */
final class CatalogMigration implements Runnable {
    private static final String FOLDER = "catalog";
    private static final String UNFINISHED = "new-catalog";

    private final Storage storage;
    private final Engine engine;
    private final CatalogConnections connections;
    private final Migrator migrator;

    CatalogMigration(Storage storage, Engine engine, CatalogConnections connections, Schema schema) {
        this.storage = storage;
        this.engine = engine;
        this.connections = connections;
        this.migrator = new Migrator(H2Dialect.INSTANCE, schema);
    }

    /** The files of the catalog, whether or not they are there. */
    static DatabaseFiles files(Storage storage) {
        return new DatabaseFiles(storage, FOLDER, FOLDER);
    }

    @Override
    public synchronized void run() {
        connections.checkNotClosed();
        DatabaseFiles files = files(storage);
        if (!files.exist()) {
            make();
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
            Handle handle = connections.take();
            boolean current = false;
            try {
                current = migrator.isCurrent(handle);
                return current;
            } finally {
                connections.giveBack(handle, current);
            }
        } catch (RuntimeException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Opening the catalog", e);
        }
    }

    private void make() {
        storage.delete(UNFINISHED);
        storage.createFolder(UNFINISHED);
        DatabaseFiles unfinished = new DatabaseFiles(storage, UNFINISHED, FOLDER);
        engine.create(unfinished, migrator);
        if (!storage.moveFolder(UNFINISHED, FOLDER)) {
            throw SaasException.internal(
                    ErrorCodes.BACKEND_SCHEMA,
                    "The folder of the catalog is there, and lacks the catalog. Put the file back, or remove the folder.",
                    null);
        }
    }
}
