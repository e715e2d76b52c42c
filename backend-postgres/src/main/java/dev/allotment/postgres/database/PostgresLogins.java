// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.Collections;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The passwords of the roles that the applications of tenants use, and the removal of these roles. Thread-safe. */
public final class PostgresLogins {
    private static final Logger LOG = LoggerFactory.getLogger(PostgresLogins.class);

    /** The databases in which a role owns objects or has privileges. Null stands for those outside of a database. */
    private static final String DEPENDENT_DATABASES = """
            SELECT DISTINCT d.datname
            FROM pg_shdepend s
            JOIN pg_roles r ON r.oid = s.refobjid
            LEFT JOIN pg_database d ON d.oid = s.dbid
            WHERE s.refclassid = CAST('pg_authid' AS regclass) AND r.rolname = :role AND (s.dbid = 0 OR d.datname IS NOT NULL)
            """;

    /** The databases on which a role has privileges, with their owners. */
    private static final String SHARED_DATABASES = """
            SELECT d.datname, o.rolname
            FROM pg_shdepend s
            JOIN pg_roles r ON r.oid = s.refobjid
            JOIN pg_database d ON d.oid = s.objid
            JOIN pg_roles o ON o.oid = d.datdba
            WHERE s.refclassid = CAST('pg_authid' AS regclass) AND r.rolname = :role
              AND s.classid = CAST('pg_database' AS regclass) AND s.dbid = 0
            """;

    private static final String OWNER =
            "SELECT o.rolname FROM pg_database d JOIN pg_roles o ON o.oid = d.datdba WHERE d.datname = :database";

    /** How often owners of other databases may grant new privileges before the removal fails. */
    private static final int ATTEMPTS = 10;

    private static final int MAX_KNOWN = 10_000;
    private static final int VALIDATION_SECONDS = 5;

    /** A password that this process set. */
    private record Known(long role, String hash) {}

    private final ServerAccess access;
    private final TenantConnections tenantConnections;
    private final ForcedChange changes;
    private final Map<UUID, Known> known = Collections.synchronizedMap(new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<UUID, Known> eldest) {
            return size() > MAX_KNOWN;
        }
    });

    public PostgresLogins(ServerAccess access, TenantConnections tenantConnections) {
        this.access = access;
        this.tenantConnections = tenantConnections;
        this.changes = new ForcedChange(access);
    }

    /**
     * Makes a password the only one of a role. Changes nothing if this process has set it, and the server still accepts
     * it: each change is a write that all sessions of the server notice.
     */
    public void setPassword(ServerSession session, DatabaseStatus there, String password) {
        Known wanted = new Known(there.role(), hash(password));
        UUID uuid = there.identity().uuid();
        if (wanted.equals(known.get(uuid)) && isAccepted(there, password)) {
            return;
        }
        known.remove(uuid);
        changes.run(session, there, () -> setPassword(session, there.identity(), password));
        known.put(uuid, wanted);
    }

    private static String hash(String password) {
        try {
            return HexFormat.of()
                    .formatHex(MessageDigest.getInstance("SHA-256").digest(password.getBytes(StandardCharsets.UTF_8)));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    private boolean isAccepted(DatabaseStatus there, String password) {
        try (Connection connection =
                access.connect(there.name(), there.identity().role(), password)) {
            return connection.isValid(VALIDATION_SECONDS);
        } catch (SQLException e) {
            LOG.atDebug()
                    .setCause(e)
                    .addKeyValue("database", there.name())
                    .log("The password of a role is set again, since the server did not accept it");
            return false;
        }
    }

    /** Sets the password of a role. Only a verifier is sent, so that no log of the server contains the password. */
    void setPassword(ServerSession session, Identity identity, String password) {
        try {
            session.connection()
                    .unwrap(PGConnection.class)
                    .alterUserPassword(identity.role(), password.toCharArray(), "scram-sha-256");
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    /**
     * Drops the role of an identity that no longer has a database. Revokes privileges that owners of other databases
     * granted to it: PostgreSQL does not drop a role that has any.
     */
    public void drop(ServerSession session, DatabaseStatus there, Identity.Scheme scheme) {
        known.remove(there.identity().uuid());
        ActiveSessions.endApplication(session, there);
        for (int attempt = 1; ; attempt++) {
            try {
                changes.run(session, there, () -> session.execute(DatabaseSql.dropRole(there.identity())));
                return;
            } catch (RuntimeException e) {
                if (attempt == ATTEMPTS || !SqlStates.STILL_NEEDED.matches(e)) {
                    throw e;
                }
                session.recover();
                revokeAll(session, there.identity(), scheme, attempt > 1);
            }
        }
    }

    /** @param again whether privileges were granted again, so that the sessions that did it are ended first */
    private void revokeAll(ServerSession session, Identity identity, Identity.Scheme scheme, boolean again) {
        String dropOwned = "DROP OWNED BY " + Schema.quoted(identity.role());
        List<String> databases = session.query(
                DEPENDENT_DATABASES,
                query -> query.bind("role", identity.role()).mapTo(String.class).list());
        for (String database : databases) {
            if (database == null) {
                List<DatabaseStatus> shared = shared(session, identity, scheme);
                ForcedChange.run(
                        session,
                        () -> session.execute(dropOwned),
                        () -> shared.forEach(each -> changes.removeObstacles(session, each)));
                continue;
            }
            DatabaseStatus other = owner(session, database)
                    .map(role -> status(session, scheme, database, role))
                    .orElse(null);
            if (other == null) {
                inForeignDatabase(database, dropOwned);
            } else {
                if (again) {
                    ActiveSessions.endApplication(session, other);
                }
                tenantConnections.execute(session, other, dropOwned);
            }
        }
    }

    private static List<DatabaseStatus> shared(ServerSession session, Identity identity, Identity.Scheme scheme) {
        return session
                .query(
                        SHARED_DATABASES,
                        query -> query.bind("role", identity.role())
                                .map((row, context) -> List.of(row.getString(1), row.getString(2)))
                                .list())
                .stream()
                .map(each -> status(session, scheme, each.get(0), each.get(1)))
                .filter(Objects::nonNull)
                .toList();
    }

    private static Optional<String> owner(ServerSession session, String database) {
        return session.query(
                OWNER,
                query -> query.bind("database", database).mapTo(String.class).findOne());
    }

    /** Returns the status of a database of another tenant, or null if it belongs to none. */
    private static @Nullable DatabaseStatus status(
            ServerSession session, Identity.Scheme scheme, String database, String role) {
        UUID uuid = scheme.uuid(role);
        return uuid == null ? null : DatabaseStatus.of(session, database, scheme.of(uuid));
    }

    private void inForeignDatabase(String database, String sql) {
        try (Connection connection = access.connect(database);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute(sql);
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }
}
