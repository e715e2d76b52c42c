// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.math.BigInteger;
import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.postgresql.util.PasswordUtil;

/**
 * Roles that are created for one purpose and dropped afterwards. Each is a member of the role of a tenant and of no
 * other, and has a random password. Only its verifier is sent, so that no log of the server contains the password.
 * Thread-safe.
 */
final class OneOffRoles {
    private static final SecureRandom RANDOM = new SecureRandom();
    private static final int PASSWORD_BITS = 256;

    /** Iterations make a password that a person has chosen slower to guess. A random one of this length needs none. */
    private static final int SCRAM_ITERATIONS = 1;

    private static final int SALT_BYTES = 16;

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
    private final Installation installation;
    private final ApplicationAccess application;
    private final ForcedChange changes;

    OneOffRoles(ServerAccess access, Installation installation, ApplicationAccess application) {
        this.access = access;
        this.installation = installation;
        this.application = application;
        this.changes = new ForcedChange(access);
    }

    /**
     * Creates a role. Does I/O.
     *
     * @param options of CREATE ROLE, such as {@code CONNECTION LIMIT 1}
     * @param rights statements that make it a member of the tenant's role, and give it its rights
     * @param validity how long the password can be used, as an interval
     * @return the password
     */
    String create(
            ServerSession session,
            DatabaseStatus there,
            String role,
            String options,
            String validity,
            List<String> rights) {
        String password = new BigInteger(PASSWORD_BITS, RANDOM).toString(Character.MAX_RADIX);
        byte[] salt = new byte[SALT_BYTES];
        RANDOM.nextBytes(salt);
        String until = session.query(
                "SELECT CAST(now() + CAST(:validity AS interval) AS text)",
                query -> query.bind("validity", validity).mapTo(String.class).one());
        changes.atomically(
                session,
                there,
                DatabaseSql.createOneOffRole(
                        role,
                        options + " VALID UNTIL '" + until + "' PASSWORD '"
                                + PasswordUtil.encodeScramSha256(password.toCharArray(), SCRAM_ITERATIONS, salt) + "'",
                        rights));
        return password;
    }

    /** Ends the sessions of a role, and drops it with what was created or granted in its name. */
    void drop(ServerSession session, String role) {
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

    static void endSessions(ServerSession session, String role) {
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
}
