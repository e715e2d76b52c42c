// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.spi.backend.DatabaseRef;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions in tenant databases that may run code of the tenant: scripts, and statements that read or change what
 * belongs to the tenant. All that such code defers, queues or raises runs with the rights of the user that the session
 * was signed in as. So each of these sessions has its own role. The role is a member of the tenant's
 * role and of no other, has a password that no other process knows, and is dropped after the session. Thread-safe.
 */
public final class ConfinedSessions {
    private static final Logger LOG = LoggerFactory.getLogger(ConfinedSessions.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;
    private static final int ROLE_DIGITS = 32;

    /** The rights that scripts and reading need. The owner of a database can revoke them from itself. */
    private static final String RESTORE_RIGHTS = """
            SELECT format('GRANT CREATE, TEMPORARY ON DATABASE %I TO pg_database_owner, %I', d.datname, o.rolname)
            FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba
            WHERE d.datname = current_database() AND EXISTS (
                SELECT FROM (VALUES ('pg_database_owner'), (o.rolname)) roles (role), (VALUES ('CREATE'), ('TEMPORARY')) r (wanted)
                WHERE NOT has_database_privilege(role, d.oid, wanted))
            """;

    /** Roles whose session has ended, or has lasted longer than any operation may. */
    private static final String LEFT = """
            SELECT r.rolname FROM pg_roles r
            WHERE starts_with(r.rolname, :prefix) AND r.rolvaliduntil < now()
              AND NOT EXISTS (SELECT FROM pg_stat_activity a
                              WHERE a.usesysid = r.oid AND a.backend_start > now() - INTERVAL '1 day')
            """;

    private final ServerAccess access;
    private final Connections server;
    private final Installation installation;
    private final ApplicationAccess application;
    private final OneOffRoles roles;

    ConfinedSessions(
            ServerAccess access,
            Connections server,
            Installation installation,
            ApplicationAccess application,
            OneOffRoles roles) {
        this.access = access;
        this.server = server;
        this.installation = installation;
        this.application = application;
        this.roles = roles;
    }

    /**
     * Opens a session. Does I/O. The caller closes it.
     *
     * @param most how long a statement takes
     * @throws dev.allotment.SaasException {@code database.unknown}, {@code database.foreign}, {@code
     *     backend.unavailable}
     */
    public ConfinedSession open(DatabaseRef database, Duration most) {
        String what = "Connecting to database " + database.name() + " with the rights of its tenant";
        try (ServerSession session = ServerSession.open(server, what)) {
            Identity.Scheme scheme = installation.scheme();
            Identity tenant = scheme.of(database.uuid());
            DatabaseStatus there =
                    DatabaseStatus.of(session, database.name(), tenant).requireFinished();
            byte[] ticket = random();
            String role = scheme.sessionPrefix() + hash(ticket).substring(0, ROLE_DIGITS);
            // The session lasts longer than its password can be used.
            String password = roles.create(
                    session,
                    there,
                    role,
                    "LOGIN CONNECTION LIMIT 1",
                    "1 minute",
                    List.of(DatabaseSql.grantRights(tenant, role)));
            boolean opened = false;
            try {
                Connection connection =
                        connect(session, there, () -> access.connectConfined(database.name(), role, password, most));
                restoreRights(connection);
                opened = true;
                return new ConfinedSession(connection, ticket, () -> drop(role));
            } finally {
                if (!opened) {
                    roles.drop(session, role);
                }
            }
        } catch (SQLException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, what, e);
        } catch (RuntimeException e) {
            throw ServerSession.failure(what, e);
        }
    }

    /** If the database refuses the session, its owner may have closed it. */
    private Connection connect(ServerSession session, DatabaseStatus there, ApplicationAccess.Opener opener)
            throws SQLException {
        try {
            return opener.open();
        } catch (SQLException e) {
            if (!SqlStates.isClosed(e) && !SqlStates.POOLER_FAILED.matches(e)) {
                throw e;
            }
            session.lock(there.identity().lockKey());
            return application.connectInside(session, there, opener);
        }
    }

    private static void restoreRights(Connection connection) throws SQLException {
        boolean autoCommit = connection.getAutoCommit();
        boolean done = false;
        try (Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            List<String> grants = new ArrayList<>();
            try (ResultSet rows = statement.executeQuery(RESTORE_RIGHTS)) {
                while (rows.next()) {
                    grants.add(rows.getString(1));
                }
            }
            for (String grant : grants) {
                statement.execute(grant);
            }
            connection.setAutoCommit(autoCommit);
            done = true;
        } finally {
            if (!done) {
                Connections.close(connection);
            }
        }
    }

    private void drop(String role) {
        String what = "Dropping the role of a session";
        try (ServerSession session = ServerSession.open(server, what)) {
            roles.drop(session, role);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("role", role)
                    .log("The role of a session could not be dropped; the maintenance tries again");
        }
    }

    /** Drops the roles of sessions whose nodes were killed. */
    public void tidy(ServerSession session) {
        String prefix = installation.scheme().sessionPrefix();
        List<String> left = session.query(
                LEFT, query -> query.bind("prefix", prefix).mapTo(String.class).list());
        for (String role : left) {
            roles.drop(session, role);
        }
    }

    private static byte[] random() {
        byte[] bytes = new byte[SECRET_BYTES];
        RANDOM.nextBytes(bytes);
        return bytes;
    }

    private static String hash(byte[] ticket) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(ticket));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
