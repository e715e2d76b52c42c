// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Stream;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What the owners of other databases granted to a role. PostgreSQL drops no role that has privileges, and revokes those
 * on an object only from within its database. Not thread-safe.
 */
final class GrantedPrivileges implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(GrantedPrivileges.class);

    private static final String DEPENDENCIES = """
            SELECT DISTINCT d.datname, o.rolname
            FROM pg_shdepend s
            JOIN pg_roles r ON r.oid = s.refobjid
            JOIN pg_database d ON %s
            JOIN pg_roles o ON o.oid = d.datdba
            WHERE s.refclassid = CAST('pg_authid' AS regclass) AND r.rolname = :role
            ORDER BY d.datname
            """;

    private static final String IN_DATABASES = DEPENDENCIES.formatted("d.oid = s.dbid");

    private static final String ON_DATABASES =
            DEPENDENCIES.formatted("d.oid = s.objid AND s.dbid = 0 AND s.classid = CAST('pg_database' AS regclass)");

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    private record Found(String database, String owner) {}

    private final ServerAccess access;
    private final ApplicationAccess application;
    private final ForcedChange changes;
    private final Identity identity;
    private final Identity.Scheme scheme;
    private final ServerSession session;
    private final String dropOwned;
    private final Set<UUID> seen = new HashSet<>();
    private final List<DatabaseStatus> shutOut = new ArrayList<>();

    GrantedPrivileges(
            ServerSession session,
            ServerAccess access,
            ApplicationAccess application,
            Identity identity,
            Identity.Scheme scheme) {
        this.session = session;
        this.access = access;
        this.application = application;
        this.changes = new ForcedChange(access);
        this.identity = identity;
        this.scheme = scheme;
        this.dropOwned = "DROP OWNED BY " + Schema.quoted(identity.role());
    }

    /** Revokes all, except in databases whose applications are in the way. */
    void revoke() {
        revokeOutside();
        for (Found each : find(IN_DATABASES)) {
            try {
                revokeInside(each);
            } catch (RuntimeException e) {
                if (!SqlStates.isObstructed(e) && !SqlStates.isClosed(e) && !SqlStates.isSilent(e)) {
                    throw e;
                }
                LOG.atDebug()
                        .setCause(e)
                        .addKeyValue("database", each.database())
                        .log("The application of a database keeps privileges from being revoked");
            }
        }
    }

    /**
     * Keeps the applications of owners who granted privileges out until this object is closed. Waits for other
     * operations on their databases, and keeps the locks of these until the session is closed.
     */
    void shutGrantorsOut() {
        Stream.of(IN_DATABASES, ON_DATABASES).flatMap(sql -> find(sql).stream()).forEach(this::shutOut);
    }

    private void shutOut(Found found) {
        UUID uuid = scheme.uuid(found.owner());
        if (uuid == null || seen.contains(uuid)) {
            return;
        }
        session.lock(scheme.of(uuid).lockKey());
        // It may have been renamed or dropped before the lock was free.
        DatabaseStatus grantor = DatabaseStatus.of(session, found.database(), scheme.of(uuid));
        if (grantor.database() == 0 || grantor.present().broken()) {
            return;
        }
        seen.add(uuid);
        if (application.shutOut(session, grantor)) {
            shutOut.add(grantor);
        }
    }

    /** Lets the applications in again: each of them, even if one fails. */
    @Override
    public void close() {
        RuntimeException failure = null;
        for (DatabaseStatus each : shutOut) {
            try {
                application.letIn(session, each);
            } catch (RuntimeException e) {
                if (failure == null) {
                    failure = e;
                } else {
                    failure.addSuppressed(e);
                }
            }
        }
        if (failure != null) {
            throw failure;
        }
    }

    /** Revokes the privileges on databases, which are stored for the whole server. */
    private void revokeOutside() {
        List<DatabaseStatus> databases = find(ON_DATABASES).stream()
                .map(this::status)
                .filter(Objects::nonNull)
                .toList();
        ForcedChange.run(
                session,
                () -> session.execute(dropOwned),
                () -> databases.forEach(each -> changes.removeObstacles(session, each)));
    }

    private void revokeInside(Found found) {
        DatabaseStatus there = status(found);
        if (there != null && there.database() != 0 && there.present().broken()) {
            // A DROP DATABASE was interrupted. The database can only be dropped again.
            changes.run(session, there, () -> session.executeLong(DatabaseSql.dropUnused(there.name())));
            return;
        }
        try (Connection connection = access.connect(found.database(), LOCK_TIMEOUT);
                Statement statement = connection.createStatement()) {
            connection.setAutoCommit(true);
            statement.execute(dropOwned);
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    private List<Found> find(String sql) {
        return session.query(
                sql,
                query -> query.bind("role", identity.role())
                        .map((row, context) -> new Found(row.getString(1), row.getString(2)))
                        .list());
    }

    /** Returns the status of a database of another tenant, or null if it belongs to none. */
    private @Nullable DatabaseStatus status(Found found) {
        UUID uuid = scheme.uuid(found.owner());
        return uuid == null ? null : DatabaseStatus.of(session, found.database(), scheme.of(uuid));
    }
}
