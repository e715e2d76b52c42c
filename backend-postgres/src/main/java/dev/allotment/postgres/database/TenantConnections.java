// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Router;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.spi.backend.DatabaseRef;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/**
 * Opens connections to client databases. A connection stays with its database whatever that is called later, so it is enough
 * to ask whose it is when it is opened. Thread-safe.
 */
public final class TenantConnections implements Router.Opener<DatabaseRef> {
    /** For a database that is known: which it is, and whose, beside each migration that it has had. */
    private static final String WHICH_AND_MIGRATIONS = """
            SELECT d.oid, d.datdba, v.version, v.checksum
            FROM pg_database d CROSS JOIN allotment.schema_version v
            WHERE d.datname = current_database()
            ORDER BY v.version
            """;

    private static final String WHOSE = """
            SELECT o.rolname, o.rolconnlimit <> 0 AND COALESCE(o.rolvaliduntil, 'infinity') = 'infinity', d.oid, d.datdba
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE d.datname = current_database()
            """;

    private static final Set<SqlStates> MENDABLE = EnumSet.of(
            SqlStates.UNKNOWN_DATABASE,
            SqlStates.NOT_CONNECTABLE,
            SqlStates.NOT_PERMITTED,
            SqlStates.TOO_MANY_CONNECTIONS);

    private static final int MENDED_AT_MOST = 2;
    private static final int MOST_KNOWN = 10_000;

    private record Whose(String role, boolean finished, Numbers numbers) {}

    /** What the server calls a database and its owner, whatever their names are: neither number is given twice. */
    record Numbers(long database, long owner) {}

    private final ServerAccess access;
    private final Connections server;
    private final Installation installation;
    private final Migrator migrator;

    /**
     * The databases that are known to be made to the end, which they stay as long as they have their owner. A new session has
     * yet to find out about each table of the system that it looks into, so for these it looks into few.
     */
    private final Map<UUID, Numbers> made = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Numbers> eldest) {
            return size() > MOST_KNOWN;
        }
    });

    public TenantConnections(ServerAccess access, Connections server, Installation installation, Schema schema) {
        this.access = access;
        this.server = server;
        this.installation = installation;
        this.migrator = new Migrator(PostgresDialect.INSTANCE, schema);
    }

    @Override
    public Connection open(DatabaseRef database) throws SQLException {
        for (int mended = 0; ; mended++) {
            try {
                return connect(database);
            } catch (SQLException e) {
                if (mended == MENDED_AT_MOST || !makeConnectable(database, e, mended > 0)) {
                    throw e;
                }
            }
        }
    }

    private Connection connect(DatabaseRef database) throws SQLException {
        Identity identity = installation.scheme().of(database.uuid());
        Connection connection = access.connect(database.name());
        boolean fits = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            // What only reads needs no transaction, which would be two round trips more.
            connection.setAutoCommit(true);
            if (!isKnownAndCurrent(connection, database)) {
                Numbers numbers = check(connection, database, identity);
                if (!migrator.isCurrent(connection)) {
                    connection.setAutoCommit(false);
                    migrator.migrate(connection);
                    connection.commit();
                    connection.setAutoCommit(true);
                }
                made.put(database.uuid(), numbers);
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

    /** Takes note of a database that its owner was seen to have, made to the end. */
    public void seen(DatabaseStatus there) {
        if (there.isMade() && there.owner() != null) {
            made.put(
                    there.identity().uuid(),
                    new Numbers(there.present().oid(), there.owner().oid()));
        }
    }

    private boolean isKnownAndCurrent(Connection connection, DatabaseRef database) {
        Numbers known = made.get(database.uuid());
        if (known == null) {
            return false;
        }
        List<String> checksums = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(WHICH_AND_MIGRATIONS)) {
            while (row.next()) {
                if (known.equals(new Numbers(row.getLong(1), row.getLong(2)))) {
                    checksums.add(row.getString(4));
                }
            }
        } catch (SQLException e) {
            // Another database, in which there is no such table.
            return false;
        }
        return migrator.isCurrent(checksums);
    }

    private static Numbers check(Connection connection, DatabaseRef database, Identity identity) throws SQLException {
        Whose whose;
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(WHOSE)) {
            row.next();
            whose = new Whose(row.getString(1), row.getBoolean(2), new Numbers(row.getLong(3), row.getLong(4)));
        }
        if (!whose.role().equals(identity.role())) {
            throw DatabaseStatus.foreign(database.name());
        }
        if (!whose.finished()) {
            throw DatabaseStatus.unknown(database.name());
        }
        return whose.numbers();
    }

    /**
     * Finds out why no connection can be had, and does something about it: a process that was killed while it copied or
     * renamed the database, or its owner, may have left it closed to everybody. Waits for whoever is working on it now.
     *
     * @param again it was done before, and did not help: the owner undoes it, so its sessions are ended
     * @return false: there is nothing that could be done
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code database.foreign}
     */
    private boolean makeConnectable(DatabaseRef database, SQLException why, boolean again) {
        if (MENDABLE.stream().noneMatch(state -> state.matches(why))) {
            return false;
        }
        String what = "Connecting to database " + database.name();
        Identity identity = installation.scheme().of(database.uuid());
        try (ServerSession session = ServerSession.open(server, what)) {
            session.lock(identity.lockKey());
            DatabaseStatus.Database there =
                    DatabaseStatus.of(session, database.name(), identity).made().present();
            if (SqlStates.TOO_MANY_CONNECTIONS.matches(why) && !there.limited()) {
                // As many as the server has room for.
                return false;
            }
            session.atomically(DatabaseSql.rights(database.name(), identity, there.strangers())
                    .toArray(String[]::new));
            if (again) {
                ActiveSessions.end(session, there.oid(), ActiveSessions.Which.APPLICATION);
            }
            return true;
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }
}
