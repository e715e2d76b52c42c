// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Jdbis;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Router;
import dev.allotment.jdbc.Schema;
import dev.allotment.spi.DatabaseRef;
import java.sql.Connection;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/**
 * Opens connections to client databases. A connection stays with its database whatever that is called later, so it is enough
 * to ask whose it is when it is opened. Thread-safe.
 */
final class ClientConnections implements Router.Opener<DatabaseRef> {
    private static final String WHOSE = """
            SELECT o.rolname, o.rolconnlimit <> 0
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE d.datname = current_database()
            """;

    private record Whose(String role, boolean finished) {}

    private final ServerAccess access;
    private final Connections catalog;
    private final Installation installation;
    private final Migrator migrator;

    ClientConnections(ServerAccess access, Connections catalog, Installation installation, Schema schema) {
        this.access = access;
        this.catalog = catalog;
        this.installation = installation;
        this.migrator = new Migrator(PostgresDialect.INSTANCE, schema);
    }

    @Override
    public Connection open(DatabaseRef database) throws SQLException {
        try {
            return connect(database);
        } catch (SQLException e) {
            if (States.UNKNOWN_DATABASE.matches(e)
                    || States.NOT_CONNECTABLE.matches(e)
                    || States.NOT_PERMITTED.matches(e)) {
                makeConnectable(database);
                return connect(database);
            }
            throw e;
        }
    }

    private Connection connect(DatabaseRef database) throws SQLException {
        Identity identity = installation.scheme().of(database.uuid());
        Connection connection = access.connect(database.name());
        boolean fits = false;
        try {
            Handle handle = Jdbis.on(connection);
            boolean autoCommit = connection.getAutoCommit();
            // What only reads needs no transaction, which would be two round trips more.
            connection.setAutoCommit(true);
            check(handle, database, identity);
            if (!migrator.isCurrent(handle)) {
                connection.setAutoCommit(false);
                migrator.migrate(handle);
                connection.commit();
            }
            connection.setAutoCommit(autoCommit);
            fits = true;
            return connection;
        } finally {
            if (!fits) {
                connection.close();
            }
        }
    }

    private static void check(Handle handle, DatabaseRef database, Identity identity) {
        Whose whose;
        try (var query = handle.createQuery(WHOSE)) {
            whose = query.map((row, context) -> new Whose(row.getString(1), row.getBoolean(2)))
                    .one();
        }
        if (!whose.role().equals(identity.role())) {
            throw Situation.foreign(database.name());
        }
        if (!whose.finished()) {
            throw Situation.unknown(database.name());
        }
    }

    /**
     * Finds out why no connection can be had, and does something about it: a process that was killed while it copied or
     * renamed the database, or its owner, may have left it closed to everybody. Waits for whoever is working on it now.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code database.foreign}
     */
    private void makeConnectable(DatabaseRef database) {
        String what = "Connecting to database " + database.name();
        Identity identity = installation.scheme().of(database.uuid());
        try (ServerSession session = ServerSession.begin(catalog, what)) {
            session.lock(identity);
            Situation there = Situation.of(session, database.name(), identity).made();
            session.atomically(DatabaseSql.rights(
                            database.name(), identity, there.present().strangers())
                    .toArray(String[]::new));
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }
}
