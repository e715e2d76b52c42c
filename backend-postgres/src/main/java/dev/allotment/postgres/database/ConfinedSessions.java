// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import dev.allotment.spi.backend.DatabaseRef;
import java.math.BigInteger;
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
import java.util.UUID;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.postgresql.util.PasswordUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Opens sessions in tenant databases that may run code of the tenant: scripts, and statements that read or change what
 * belongs to the tenant. Whatever such code defers, queues or raises runs with the rights of the user that the session
 * was signed in as. So each of these sessions is signed in as a role of its own. The role is a member of the tenant's
 * role and of no other, has a password that no other process knows, and is dropped after the session. Thread-safe.
 */
public final class ConfinedSessions {
    private static final Logger LOG = LoggerFactory.getLogger(ConfinedSessions.class);
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int SECRET_BYTES = 32;
    private static final int ROLE_DIGITS = 32;

    /** How long the password can be used. The session lasts longer. */
    private static final String UNTIL = "SELECT CAST(now() + INTERVAL '1 minute' AS text)";

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

    private static final String END_SESSIONS = """
            SELECT pg_terminate_backend(a.pid, 5000) FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
            WHERE r.rolname = :role
            """;

    private static final String TENANT = """
            SELECT d.datname, quote_ident(o.rolname)
            FROM pg_auth_members m JOIN pg_roles r ON r.oid = m.member JOIN pg_roles o ON o.oid = m.roleid
            JOIN pg_database d ON d.datdba = o.oid
            WHERE r.rolname = :role
            """;

    private final ServerAccess access;
    private final Connections server;
    private final Installation installation;
    private final ApplicationAccess application;
    private final ForcedChange changes;

    public ConfinedSessions(
            ServerAccess access, Connections server, Installation installation, ApplicationAccess application) {
        this.access = access;
        this.server = server;
        this.installation = installation;
        this.application = application;
        this.changes = new ForcedChange(access);
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
            String password = new BigInteger(1, random()).toString(Character.MAX_RADIX);
            String until =
                    session.query(UNTIL, query -> query.mapTo(String.class).one());
            changes.atomically(
                    session,
                    there,
                    DatabaseSql.createSessionRole(
                            role, PasswordUtil.encodeScramSha256(password.toCharArray()), until, tenant));
            boolean opened = false;
            try {
                Connection connection =
                        connect(session, there, () -> access.connectConfined(database.name(), role, password, most));
                restoreRights(connection);
                opened = true;
                return new ConfinedSession(connection, ticket, () -> drop(role));
            } finally {
                if (!opened) {
                    drop(session, role);
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
            drop(session, role);
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
            drop(session, role);
        }
    }

    private void drop(ServerSession session, String role) {
        try {
            dropRole(session, role);
        } catch (RuntimeException e) {
            if (!SqlStates.STILL_NEEDED.matches(e)) {
                throw e;
            }
            session.recover();
            // Code in the session has created objects as this role, or tenants have granted it something.
            dropNeeded(session, role);
        }
    }

    /** It may have sessions if its tenant has set another password for it. None can start any more. */
    private static void dropRole(ServerSession session, String role) {
        session.atomically(DatabaseSql.DO_NOT_WAIT_FOR_DISK, "ALTER ROLE " + Schema.quoted(role) + " NOLOGIN");
        endSessions(session, role);
        session.atomically(DatabaseSql.DO_NOT_WAIT_FOR_DISK, "DROP ROLE " + Schema.quoted(role));
    }

    private static void endSessions(ServerSession session, String role) {
        session.query(
                END_SESSIONS,
                query -> query.bind("role", role).mapTo(Boolean.class).list());
    }

    private void dropNeeded(ServerSession session, String role) {
        record Found(String database, String tenant) {}
        List<Found> found = session.query(
                TENANT,
                query -> query.bind("role", role)
                        .map((row, context) -> new Found(row.getString(1), row.getString(2)))
                        .list());
        for (Found each : found) {
            try (Connection connection = access.connect(each.database());
                    Statement statement = connection.createStatement()) {
                connection.setAutoCommit(true);
                statement.execute("REASSIGN OWNED BY " + Schema.quoted(role) + " TO " + each.tenant());
                statement.execute("DROP OWNED BY " + Schema.quoted(role));
            } catch (SQLException e) {
                throw new UnableToExecuteStatementException(e, null);
            }
        }
        // It belongs to no tenant, so this is only its name.
        Identity named = new Identity(new UUID(0, 0), role);
        try (GrantedPrivileges granted =
                new GrantedPrivileges(session, access, application, named, installation.scheme())) {
            granted.revoke();
        }
        dropRole(session, role);
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
