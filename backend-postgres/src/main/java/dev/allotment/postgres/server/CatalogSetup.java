// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.CatalogLifecycle;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Migrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares the database of the catalog: checks the server, migrates the schema, and locks tenants out. */
public final class CatalogSetup implements CatalogLifecycle {
    private static final Logger LOG = LoggerFactory.getLogger(CatalogSetup.class);
    private static final String WHAT = "Setting up the catalog";

    /** The server may forbid to read its identifier. */
    private static final String PLACE = """
            SELECT concat_ws(' ', 'postgres',
                             CASE WHEN has_function_privilege('pg_control_system()', 'EXECUTE')
                                  THEN (SELECT system_identifier FROM pg_control_system()) END,
                             d.oid)
            FROM pg_database d WHERE d.datname = current_database()
            """;

    /**
     * The replicas that no commit waits for. Backups and moves of tenants stream the log, too. A role that may not read
     * statistics sees only the process of each stream.
     */
    private static final String ASYNCHRONOUS_REPLICAS = """
            SELECT count(*) FROM pg_stat_replication r
            WHERE current_setting('synchronous_standby_names') = ''
              AND (r.state IS NULL OR r.state = 'streaming')
              AND (r.application_name IS NULL OR r.application_name NOT IN ('pg_basebackup', 'pg_receivewal'))
              AND NOT EXISTS (SELECT FROM pg_replication_slots s WHERE s.active_pid = r.pid AND s.slot_type = 'logical')
            """;

    private static final String SEPARATE = "UPDATE allotment.installation SET id = gen_random_uuid()";

    private final ServerAccess access;
    private final Connections connections;
    private final Migrator migrator;

    /** @param connections to the database of the catalog, over which statements may take long */
    public CatalogSetup(ServerAccess access, Connections connections, Migrator migrator) {
        this.access = access;
        this.connections = connections;
        this.migrator = migrator;
    }

    @Override
    public boolean isMigrated() {
        access.checkPooler();
        return migrator.isCurrent(connections);
    }

    /** A standby has the same identifier, and a database that was dumped and restored has another oid. */
    @Override
    public String place() {
        return onServer(
                "Reading where the catalog is",
                session ->
                        session.query(PLACE, query -> query.mapTo(String.class).one()));
    }

    @Override
    public @Nullable String timeline() {
        return access.timeline();
    }

    @Override
    public void separate() {
        onServer(connections, "Separating the catalog", session -> session.execute(SEPARATE));
    }

    private <T> T onServer(String what, Function<ServerSession, T> step) {
        try (ServerSession session = ServerSession.open(connections, what)) {
            return step.apply(session);
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }

    @Override
    public void migrate() {
        access.checkPooler();
        onServer(connections, WHAT, this::check);
        migrator.migrate(unhurried());
        onServer(connections, WHAT, session -> PrivilegeLock.close(session, access.hosts()));
    }

    private Connections unhurried() {
        return new Connections() {
            @Override
            public Connection acquire() throws SQLException {
                Connection connection = connections.acquire();
                connection.setNetworkTimeout(Runnable::run, Math.toIntExact(Timeouts.MIGRATION.toMillis()));
                return connection;
            }

            @Override
            public void release(Connection connection, boolean reusable) {
                connections.release(connection, reusable);
            }
        };
    }

    /** Prepares a server that only has tenant databases. Nothing is stored in the database that the URL names. */
    public static void prepare(ServerAccess access, Connections connections) {
        access.checkPooler();
        onServer(connections, "Setting up a database server", session -> {
            checkVersion(session, access.hosts());
            checkSettings(session);
            warnOfPreparedTransactions(session, access.hosts());
            PrivilegeLock.close(session, access.hosts());
        });
    }

    private static void onServer(Connections connections, String what, Consumer<ServerSession> step) {
        try (ServerSession session = ServerSession.open(connections, what)) {
            step.accept(session);
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }

    /**
     * Refuses a connection without the settings that it was opened with. A connection pooler may ignore them. Then
     * unqualified names could mean other objects, and nothing would limit how long a process keeps locks.
     */
    private static void checkSettings(ServerSession session) {
        String found = setting(session, "search_path");
        if (!found.replace(" ", "").equals(ServerAccess.SEARCH_PATH)
                || setting(session, "idle_in_transaction_session_timeout").equals("0")) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The connections to the database server lack the settings that they were opened with: search_path is "
                            + found + " and not " + ServerAccess.SEARCH_PATH
                            + ". A connection pooler such as PgBouncer may have dropped them. Connect to PostgreSQL directly.");
        }
    }

    private static void checkVersion(ServerSession session, String server) {
        PostgresVersion version = session.version();
        version.checkSupported();
        if (!version.isTested()) {
            LOG.warn(
                    "The database server {} runs PostgreSQL {}, and this version of Allotment was tested with PostgreSQL {}."
                            + " Copies to and from this server are refused.",
                    server,
                    version.text(),
                    PostgresVersion.tested());
        }
    }

    private static void warnOfPreparedTransactions(ServerSession session, String server) {
        String most = setting(session, "max_prepared_transactions");
        if (!most.equals("0")) {
            LOG.warn(
                    "max_prepared_transactions of the database server {} is {}. The application of a tenant can keep locks in a"
                            + " prepared transaction after its session has ended, even all locks of the server. Set it to 0"
                            + " unless all tenants are trusted.",
                    server,
                    most);
        }
    }

    private static void warnOfAsynchronousReplicas(ServerSession session) {
        long replicas = session.query(
                ASYNCHRONOUS_REPLICAS, query -> query.mapTo(Long.class).one());
        if (replicas > 0) {
            LOG.warn(
                    "The database server of the catalog has {} asynchronous replica(s): synchronous_standby_names is empty."
                            + " If one of them takes over, the last changes of the catalog are lost, although their callers"
                            + " have the results. Use synchronous replication for the catalog.",
                    replicas);
        }
    }

    private void check(ServerSession session) {
        checkVersion(session, access.hosts());
        checkSettings(session);
        warnOfPreparedTransactions(session, access.hosts());
        warnOfAsynchronousReplicas(session);
        String encoding = setting(session, "server_encoding");
        if (!encoding.equals("UTF8")) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "The database of the catalog has encoding " + encoding
                            + " and needs UTF8. Create it with ENCODING 'UTF8'.");
        }
    }

    private static String setting(ServerSession session, String name) {
        return session.query(
                "SELECT current_setting(:name)",
                query -> query.bind("name", name).mapTo(String.class).one());
    }
}
