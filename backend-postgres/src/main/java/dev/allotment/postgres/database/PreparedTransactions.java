// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * The transactions that a tenant's application prepared for a two-phase commit. They keep their locks after the session
 * has ended, and PostgreSQL neither copies, renames nor drops a database that has any. Thread-safe.
 */
final class PreparedTransactions {
    private static final String FIND = """
            SELECT quote_literal(gid), database, quote_ident(owner) FROM pg_prepared_xacts
            WHERE starts_with(owner, 'allotment_') AND pg_has_role(owner, 'USAGE') AND (owner = :role %s)
            """;

    private static final String OF_APPLICATION = FIND.formatted("AND database = :database");

    /** As {@link ActiveSessions}. The locks of a prepared transaction have no process. */
    private static final String OBSTACLES =
            "WITH held AS (SELECT * FROM pg_locks WHERE pid IS NULL) " + FIND.formatted("""
            OR transaction IN (
                SELECT own.transactionid FROM held h
                JOIN held own ON own.virtualtransaction = h.virtualtransaction AND own.locktype = 'transactionid'
                WHERE h.locktype = 'object' AND h.database = 0
                  AND ((h.classid = CAST('pg_authid' AS regclass) AND h.objid = CAST(:roleOid AS oid))
                       OR (h.classid = CAST('pg_database' AS regclass) AND h.objid = CAST(:databaseOid AS oid))))
            """);

    private record Prepared(String quotedId, String database, String quotedOwner) {}

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    private final ServerAccess access;

    PreparedTransactions(ServerAccess access) {
        this.access = access;
    }

    /** Rolls back those of the role of an identity in its database. The database must accept connections. */
    void rollBack(ServerSession session, DatabaseStatus there) {
        rollBackAll(session, find(session, there));
    }

    boolean exist(ServerSession session, DatabaseStatus there) {
        return !find(session, there).isEmpty();
    }

    private static List<Prepared> find(ServerSession session, DatabaseStatus there) {
        return session.query(
                OF_APPLICATION,
                query -> query.bind("database", there.name())
                        .bind("role", there.identity().role())
                        .map((row, context) -> prepared(row))
                        .list());
    }

    private static Prepared prepared(ResultSet row) throws SQLException {
        return new Prepared(row.getString(1), row.getString(2), row.getString(3));
    }

    /** Rolls back those of tenants that may block a change of a database or of its role. */
    void rollBackObstacles(ServerSession session, DatabaseStatus there) {
        rollBackAll(
                session,
                session.query(
                        OBSTACLES,
                        query -> query.bind("role", there.identity().role())
                                .bind("roleOid", there.role())
                                .bind("databaseOid", there.database())
                                .map((row, context) -> prepared(row))
                                .list()));
    }

    /** Whether the server allows prepared transactions, which it does not by default. */
    static boolean areAllowed(ServerSession session) {
        return !session.query(
                        "SELECT current_setting('max_prepared_transactions')",
                        query -> query.mapTo(String.class).one())
                .equals("0");
    }

    /**
     * Opens a connection to a database that will refuse new ones, for {@link #rollBack(ServerSession, DatabaseStatus,
     * Connection)}.
     */
    Connection connect(String database) throws SQLException {
        Connection connection = access.connect(database, LOCK_TIMEOUT);
        connection.setAutoCommit(true);
        return connection;
    }

    /** Ends the sessions of applications in a database if they keep a new one from starting. */
    private Connection connect(ServerSession session, String database) throws SQLException {
        try {
            return connect(database);
        } catch (SQLException e) {
            if (!SqlStates.isSilent(e)) {
                throw e;
            }
            ActiveSessions.end(session, database, ActiveSessions.Which.APPLICATION);
            return connect(database);
        }
    }

    /** Like {@link #rollBack(ServerSession, DatabaseStatus)}, over a connection to the database. */
    static void rollBack(ServerSession session, DatabaseStatus there, Connection connection) {
        find(session, there).forEach(each -> rollBack(each, connection));
    }

    private void rollBackAll(ServerSession session, List<Prepared> found) {
        for (Prepared each : found) {
            try (Connection connection = connect(session, each.database())) {
                rollBack(each, connection);
            } catch (SQLException e) {
                throw new UnableToExecuteStatementException(e, null);
            }
        }
    }

    private static void rollBack(Prepared each, Connection connection) {
        try (Statement statement = connection.createStatement()) {
            // Only the role that prepared a transaction, or a superuser, may finish it.
            statement.execute("SET ROLE " + each.quotedOwner());
            rollBack(statement, each.quotedId());
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    private static void rollBack(Statement statement, String quotedTransaction) throws SQLException {
        try {
            statement.execute("ROLLBACK PREPARED " + quotedTransaction);
        } catch (SQLException e) {
            // Another session finished it, or is finishing it.
            if (!SqlStates.UNKNOWN_OBJECT.matches(e) && !SqlStates.NOT_CONNECTABLE.matches(e)) {
                throw e;
            }
        }
    }
}
