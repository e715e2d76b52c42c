// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlResource;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The roles that can only read a tenant database. Such a role has the privilege to read each table, and no rights of
 * the tenant: its membership in the tenant's role neither inherits them nor lets it act as that role, and only says
 * whom it belongs to. Closing a database takes the right to connect from it, as from all roles but the owner. So it can
 * never be used there again. Thread-safe.
 */
public final class ReaderRoles {
    private static final Logger LOG = LoggerFactory.getLogger(ReaderRoles.class);

    private static final String GRANTS = SqlResource.read(ReaderRoles.class, "reading.sql");

    private static final String OF_DATABASE = """
            SELECT r.rolname FROM pg_roles r
            JOIN pg_auth_members m ON m.member = r.oid JOIN pg_roles o ON o.oid = m.roleid
            WHERE starts_with(r.rolname, :prefix) AND o.rolname = :tenant
            """;

    private static final String EXPIRED = """
            SELECT r.rolname, (SELECT min(CAST(d.datname AS text)) FROM pg_auth_members m
                               JOIN pg_database d ON d.datdba = m.roleid WHERE m.member = r.oid)
            FROM pg_roles r WHERE starts_with(r.rolname, :prefix) AND r.rolvaliduntil < now()
            """;

    private final ServerAccess access;
    private final Installation installation;
    private final OneOffRoles roles;

    ReaderRoles(ServerAccess access, Installation installation, OneOffRoles roles) {
        this.access = access;
        this.installation = installation;
        this.roles = roles;
    }

    /** A role, and its password. */
    public record Created(String role, String password) {}

    /**
     * Creates a role that may connect to a database, and cannot read yet, see {@link #admit}. The session has the lock
     * of the database.
     *
     * @throws SaasException {@code tenant.state} if the database is closed
     */
    public Created create(ServerSession session, DatabaseStatus there, Duration validity) {
        if (!there.isOpen()) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TENANT_STATE,
                    "Database " + there.name() + " is closed, so no login can read it. Open it first.",
                    Map.of("name", there.name(), "state", "closed"),
                    false,
                    null);
        }
        String role = prefix() + UUID.randomUUID().toString().replace("-", "");
        String password = roles.create(
                session,
                there,
                role,
                "LOGIN NOINHERIT CONNECTION LIMIT 5",
                validity.toMillis() + " milliseconds",
                DatabaseSql.admitReader(there.name(), there.identity(), role));
        return new Created(role, password);
    }

    /**
     * Lets a role read what belongs to the tenant, and what it will create.
     *
     * @param inside a connection of the control plane to the database, in a transaction
     */
    public void admit(Connection inside, String role) throws SQLException {
        List<String> grants = new ArrayList<>();
        try (PreparedStatement query = inside.prepareStatement(GRANTS)) {
            query.setString(1, installation.scheme().quotaOwner());
            for (int parameter = 2; parameter <= 4; parameter++) {
                query.setString(parameter, role);
            }
            try (ResultSet rows = query.executeQuery()) {
                while (rows.next()) {
                    grants.add(rows.getString(1));
                }
            }
        }
        try (Statement statement = inside.createStatement()) {
            for (String grant : grants) {
                statement.execute(grant);
            }
        }
    }

    /** Ends the sessions of a role of a database, and drops it, if the database has it. */
    public void revoke(ServerSession session, DatabaseStatus there, String role) {
        if (!of(session, there).contains(role)) {
            return;
        }
        end(session, there.name(), role);
    }

    /** One that cannot be dropped keeps no other from it. */
    private void end(ServerSession session, @Nullable String database, String role) {
        lockOut(session, role);
        try {
            drop(session, database, role);
        } catch (RuntimeException e) {
            LOG.atWarn()
                    .setCause(e)
                    .addKeyValue("role", role)
                    .log("A role that was locked out could not be dropped; the maintenance tries again");
            session.recover();
        }
    }

    /** Drops the roles of a database that is gone. */
    public void dropAll(ServerSession session, DatabaseStatus there) {
        for (String role : of(session, there)) {
            lockOut(session, role);
            roles.drop(session, role);
        }
    }

    /** Drops the roles whose time has passed. */
    public void tidy(ServerSession session) {
        record Found(String role, @Nullable String database) {}
        List<Found> expired = session.query(
                EXPIRED,
                query -> query.bind("prefix", prefix())
                        .map((row, context) -> new Found(row.getString(1), row.getString(2)))
                        .list());
        for (Found each : expired) {
            end(session, each.database(), each.role());
        }
    }

    private String prefix() {
        return installation.scheme().readerPrefix();
    }

    private List<String> of(ServerSession session, DatabaseStatus there) {
        return session.query(
                OF_DATABASE,
                query -> query.bind("prefix", prefix())
                        .bind("tenant", there.identity().role())
                        .mapTo(String.class)
                        .list());
    }

    /** Its sessions may have locks on the role, since each role may change its own password. */
    private static void lockOut(ServerSession session, String role) {
        OneOffRoles.endSessions(session, role);
        ForcedChange.atomically(
                session,
                List.of("ALTER ROLE " + Schema.quoted(role) + " NOLOGIN"),
                () -> OneOffRoles.endSessions(session, role));
        ActiveSessions.awaitSignIns(session);
        OneOffRoles.endSessions(session, role);
    }

    /** What it was granted and has created, such as large objects, which each role may create, goes with it. */
    private void drop(ServerSession session, @Nullable String database, String role) {
        if (database != null) {
            try (Connection inside = access.connect(database);
                    Statement statement = inside.createStatement()) {
                inside.setAutoCommit(true);
                statement.execute("DROP OWNED BY " + Schema.quoted(role));
            } catch (SQLException e) {
                LOG.atDebug()
                        .setCause(e)
                        .addKeyValue("database", database)
                        .log("The application of a database keeps privileges from being revoked");
            }
        }
        roles.drop(session, role);
    }
}
