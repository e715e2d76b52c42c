// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migration;
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
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens connections to tenant databases. A connection stays with its database even if that is renamed, so the owner is
 * only checked when a connection is opened. Thread-safe.
 */
public final class TenantConnections implements Router.Opener<DatabaseRef> {
    private static final Logger LOG = LoggerFactory.getLogger(TenantConnections.class);

    /** For a known database: the oid of the database and of its owner, with each migration that it has. */
    private static final String OIDS_AND_MIGRATIONS = """
            SELECT d.oid, d.datdba, v.version, v.checksum
            FROM pg_database d CROSS JOIN allotment.schema_version v
            WHERE d.datname = current_database()
            ORDER BY v.version
            """;

    private static final String OWNER = """
            SELECT o.rolname, %s, d.oid, d.datdba
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE d.datname = current_database()
            """.formatted(DatabaseSql.isFinished("o"));

    private static final int MAX_KNOWN = 10_000;

    private record Owner(String role, boolean finished, Oids oids) {}

    /** The oids of a database and its owner. Unlike names, they never change and are not reused. */
    record Oids(long database, long owner) {}

    private final ServerAccess access;
    private final Connections server;
    private final Installation installation;
    private final Migrator migrator;
    private final ApplicationAccess application;
    private final ConfinedSessions confined;
    private final MoverRoles movers;
    private final ReaderRoles readers;

    /**
     * Databases that are known to be finished, which does not change as long as they have the same owner. A new session
     * is slow for each system table that it reads, so these databases are checked with fewer of them.
     */
    private final Map<UUID, Oids> finished = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Oids> eldest) {
            return size() > MAX_KNOWN;
        }
    });

    public TenantConnections(
            ServerAccess access,
            Connections server,
            Installation installation,
            ApplicationAccess application,
            Schema schema) {
        this.access = access;
        this.server = server;
        this.installation = installation;
        this.migrator = new Migrator(PostgresDialect.INSTANCE, schema);
        this.application = application;
        OneOffRoles roles = new OneOffRoles(access, installation, application);
        this.confined = new ConfinedSessions(access, server, installation, application, roles);
        this.movers = new MoverRoles(access, installation, roles);
        this.readers = new ReaderRoles(access, installation, roles);
    }

    @Override
    public Connection open(DatabaseRef database) throws SQLException {
        Identity identity = installation.scheme().of(database.uuid());
        return checked(connect(database, identity), database, identity);
    }

    /**
     * Checks a connection to a database that was just created as if it were opened now.
     *
     * @param connection as {@link ServerAccess#connect(String)} opens it; closed if it does not fit
     * @throws dev.allotment.SaasException {@code backend.unavailable}, and as {@link #open}
     */
    public Connection checked(Connection connection, DatabaseRef database) {
        try {
            return checked(connection, database, installation.scheme().of(database.uuid()));
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Checking database " + database.name(), e);
        }
    }

    private Connection checked(Connection connection, DatabaseRef database, Identity identity) throws SQLException {
        boolean fits = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            // Reading needs no transaction, which would take two more round trips.
            connection.setAutoCommit(true);
            if (!isKnownAndCurrent(connection, database)) {
                Oids oids = check(connection, database, identity);
                if (!migrator.isCurrent(connection)) {
                    connection.setAutoCommit(false);
                    List<Migration> done = migrator.migrate(connection);
                    connection.commit();
                    connection.setAutoCommit(true);
                    if (!done.isEmpty()) {
                        LOG.atInfo()
                                .addKeyValue("database", database.name())
                                .log("Migrated a tenant database: {}", Migrator.names(done));
                    }
                }
                finished.put(database.uuid(), oids);
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

    /** Returns what opens sessions that have the rights of a tenant and no others. */
    public ConfinedSessions confined() {
        return confined;
    }

    /** Opens a connection that can create a replication slot in a database. */
    public Connection openForReplication(DatabaseRef database) throws SQLException {
        return access.connectForReplication(database.name());
    }

    /** Opens a connection to a database of this identity, finished or not, or to one of another identity. */
    public Connection openUnchecked(String database) throws SQLException {
        Connection connection = access.connect(database);
        connection.setAutoCommit(true);
        return connection;
    }

    /** Returns the roles that other servers follow a database with. */
    public MoverRoles movers() {
        return movers;
    }

    /** Returns the roles that can only read. */
    public ReaderRoles readers() {
        return readers;
    }

    /**
     * Opens a connection for a thread that has no other one. It may wait for a connection of the pool: a session that
     * has been open for long reads the owner of a database several times faster than a new one.
     */
    public Connection openPatiently(DatabaseRef database) throws SQLException {
        if (!finished.containsKey(database.uuid())) {
            String what = "Looking for database " + database.name();
            try (ServerSession session = ServerSession.open(server, what)) {
                Identity identity = installation.scheme().of(database.uuid());
                seen(DatabaseStatus.of(session, database.name(), identity));
            }
        }
        return open(database);
    }

    /** Remembers a database, if it was seen to be finished and to have its owner. */
    public void seen(DatabaseStatus there) {
        if (there.isFinished() && there.owner() != null) {
            finished.put(
                    there.identity().uuid(),
                    new Oids(there.present().oid(), there.owner().oid()));
        }
    }

    private boolean isKnownAndCurrent(Connection connection, DatabaseRef database) {
        Oids known = finished.get(database.uuid());
        if (known == null) {
            return false;
        }
        List<String> checksums = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(OIDS_AND_MIGRATIONS)) {
            while (row.next()) {
                if (known.equals(new Oids(row.getLong(1), row.getLong(2)))) {
                    checksums.add(row.getString(4));
                }
            }
        } catch (SQLException e) {
            // Another database has this name now, and has no such table.
            LOG.atDebug()
                    .setCause(e)
                    .addKeyValue("database", database.name())
                    .log("Reading the migrations of a known database failed; checking it again");
            return false;
        }
        return migrator.isCurrent(checksums);
    }

    private static Oids check(Connection connection, DatabaseRef database, Identity identity) throws SQLException {
        Owner owner;
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery(OWNER)) {
            row.next();
            owner = new Owner(row.getString(1), row.getBoolean(2), new Oids(row.getLong(3), row.getLong(4)));
        }
        if (!owner.role().equals(identity.role())) {
            throw DatabaseStatus.foreign(database.name(), null);
        }
        if (!owner.finished()) {
            throw DatabaseStatus.unknown(database.name(), null);
        }
        return owner.oids();
    }

    /**
     * Repairs a database that refuses connections. Its owner may have closed it, or a process that was killed while it
     * copied or renamed the database. Waits for operations on the database that are running.
     *
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code database.foreign}
     */
    private Connection connect(DatabaseRef database, Identity identity) throws SQLException {
        try {
            return access.connect(database.name());
        } catch (SQLException e) {
            if (!SqlStates.isClosed(e) && !SqlStates.POOLER_FAILED.matches(e)) {
                throw e;
            }
            LOG.atInfo()
                    .setCause(e)
                    .addKeyValue("database", database.name())
                    .log("Reopening a database that refused connections");
            return reconnect(database, identity, e);
        }
    }

    private Connection reconnect(DatabaseRef database, Identity identity, SQLException why) throws SQLException {
        String what = "Connecting to database " + database.name();
        try (ServerSession session = ServerSession.open(server, what)) {
            session.lock(identity.lockKey());
            DatabaseStatus found =
                    DatabaseStatus.of(session, database.name(), identity).requireFinished();
            if (SqlStates.TOO_MANY_CONNECTIONS.matches(why) && !found.present().limited()) {
                // The limit of the server is reached, which is not the limit of this database.
                throw why;
            }
            return application.connectInside(session, found, () -> access.connect(database.name()));
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }
}
