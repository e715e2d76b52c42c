// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseDirectory;
import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Router;
import dev.allotment.spi.backend.DatabaseRef;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Supplier;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Opens connections to tenant databases. Before it opens the first one to a database, it rolls back what a killed
 * process left unfinished, and migrates the database if its schema is older than this build. Thread-safe.
 */
final class DatabaseOpener implements Router.Opener<DatabaseRef> {
    private static final int STRIPES = 64;

    private final DatabaseDirectory directory;
    private final H2Engine engine;
    private final Migrator migrator;
    /** One lock for every few databases, held while a connection to one of them is opened. */
    private final List<Object> locks =
            Stream.generate(Object::new).limit(STRIPES).toList();
    /** The databases whose snapshot is in use, and must not be restored. */
    private final Set<DatabaseRef> changing = ConcurrentHashMap.newKeySet();

    DatabaseOpener(DatabaseDirectory directory, H2Engine engine, Migrator migrator) {
        this.directory = directory;
        this.engine = engine;
        this.migrator = migrator;
    }

    @Override
    public Connection open(DatabaseRef database) throws SQLException {
        synchronized (locks.get(Math.floorMod(database.hashCode(), STRIPES))) {
            DatabaseFiles files = directory.get(database);
            if (changing.contains(database)) {
                return engine.connect(files);
            }
            files.recover();
            Connection connection = engine.connect(files);
            boolean current = false;
            try {
                current = migrator.isCurrent(connection);
            } finally {
                if (!current) {
                    connection.close();
                }
            }
            return current ? connection : migrateAndConnect(files);
        }
    }

    @Override
    public void discard(Connection connection) {
        H2Engine.discard(connection);
    }

    private Connection migrateAndConnect(DatabaseFiles files) throws SQLException {
        files.change(() -> engine.migrate(files, migrator), () -> {});
        return engine.connect(files);
    }

    /**
     * Runs a change of a database completely or not at all, with a snapshot of its files. Requires that there are no
     * connections when it starts. Connections that this object opens meanwhile belong to the change.
     *
     * @param change must have forced its effects to the disk when it returns
     * @param disconnect closes all connections; called before the database is rolled back
     */
    <T extends @Nullable Object> T change(DatabaseRef database, Supplier<T> change, Runnable disconnect) {
        DatabaseFiles files = directory.get(database);
        changing.add(database);
        try {
            return files.change(change, disconnect);
        } finally {
            changing.remove(database);
        }
    }
}
