// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.jdbc.Schema;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.spi.backend.RecordType.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.postgresql.util.PSQLException;
import org.postgresql.util.ServerErrorMessage;

/** The SQL dialect of PostgreSQL. Text columns have the collation "C", so they compare by code point. */
public final class PostgresDialect implements SqlDialect {
    public static final PostgresDialect INSTANCE = new PostgresDialect();

    /** A row or an index entry that is larger than a page allows. */
    private static final String TOO_LARGE = "54000";

    /**
     * The function that checks whether a database accepts a connection: its own limit, the right to connect, and
     * whether it accepts any. Other failures have the same SQLSTATEs, such as too many connections to the server.
     */
    private static final String CHECK_OF_DATABASE = "CheckMyDatabase";

    private PostgresDialect() {}

    @Override
    public String textType() {
        return "text COLLATE \"C\"";
    }

    @Override
    public String timeType() {
        return "timestamptz";
    }

    @Override
    public boolean hasPartialIndexes() {
        return true;
    }

    @Override
    public Match like(String column, String parameter, String pattern, boolean ignoreCase) {
        // The backslash is the default escape character. Writing it in an ESCAPE clause would depend on a setting.
        return new Match(column + (ignoreCase ? " ILIKE " : " LIKE ") + parameter, pattern);
    }

    /** The current statistics; if a crash has removed them, those of the last analysis. */
    @Override
    public String estimateRows() {
        return """
                SELECT CASE WHEN pg_stat_get_live_tuples(c.oid) > 0 THEN pg_stat_get_live_tuples(c.oid)
                            WHEN c.reltuples >= 0 THEN c.reltuples::bigint END
                FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
                WHERE n.nspname = 'public' AND c.relkind IN ('r', 'p') AND c.relname = ?
                """;
    }

    @Override
    public String lockSharedClause() {
        return "FOR KEY SHARE";
    }

    @Override
    public String nextNumber(String quotedSequence) {
        return "SELECT nextval('" + quotedSequence.replace("'", "''") + "')";
    }

    @Override
    public Array array(Connection connection, Kind kind, List<Object> values) throws SQLException {
        return connection.createArrayOf(typeName(kind), values.toArray());
    }

    private static String typeName(Kind kind) {
        return switch (kind) {
            case LONG -> "bigint";
            case INTEGER -> "integer";
            case BOOLEAN -> "boolean";
            case TEXT -> "text";
            case INSTANT -> "timestamptz";
            case UUID -> "uuid";
        };
    }

    @Override
    public Failure failure(SQLException error) {
        Failure general = SqlDialect.super.failure(error);
        String state = error.getSQLState();
        if (general != Failure.OTHER || state == null) {
            return general;
        }
        if (CHECK_OF_DATABASE.equals(routine(error))) {
            return Failure.CLOSED;
        }
        return switch (state) {
            case TOO_LARGE -> Failure.DOES_NOT_FIT;
            // The server has become a standby. A new connection may reach the primary.
            case "25006" -> Failure.UNREACHABLE;
            // A process was silent in a transaction, or the transaction took too long.
            case "25P03", "25P04" -> Failure.BUSY;
            case "XX000" -> isConcurrentUpdate(error) ? Failure.RETRY : Failure.OTHER;
            default ->
                switch (state.substring(0, 2)) {
                    case "53", "58" -> Failure.EXHAUSTED;
                    case "57" -> Failure.UNREACHABLE;
                    default -> Failure.OTHER;
                };
        };
    }

    /** Whether two sessions changed the same row of a system table. Other internal errors have the same SQLSTATE. */
    private static boolean isConcurrentUpdate(SQLException error) {
        String routine = routine(error);
        return routine != null && routine.startsWith("simple_heap_");
    }

    /** The function of the server that reports an error. Unlike the message, its name is not translated. */
    private static @Nullable String routine(SQLException error) {
        ServerErrorMessage message = error instanceof PSQLException own ? own.getServerErrorMessage() : null;
        return message == null ? null : message.getRoutine();
    }

    @Override
    public @Nullable String violatedConstraint(SQLException error) {
        ServerErrorMessage message = error instanceof PSQLException own ? own.getServerErrorMessage() : null;
        return message == null ? null : message.getConstraint();
    }

    @Override
    public void lockSchema(Connection connection, String schema) throws SQLException {
        try (PreparedStatement query =
                connection.prepareStatement("SELECT pg_advisory_xact_lock(hashtextextended(?, 0))")) {
            query.setString(1, schema);
            query.execute();
        }
    }

    /**
     * Locks the first row. Its lock is only for who may write the table. The application of a tenant could take
     * advisory locks, and those on tables, by ANALYZE. A table that was just created has no row, and no other session
     * sees it.
     */
    @Override
    public void lockVersions(Connection connection, String quotedTable) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT FROM " + quotedTable + " WHERE \"version\" = 1 FOR UPDATE");
        }
    }

    @Override
    public void bound(Connection connection, Duration lockTimeout, Duration statementTimeout) throws SQLException {
        connection.setNetworkTimeout(
                Runnable::run, Math.toIntExact(statementTimeout.multipliedBy(2).toMillis()));
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = " + lockTimeout.toMillis() + "; SET statement_timeout = "
                    + statementTimeout.toMillis());
        }
    }

    /**
     * Does not wait for the lock: {@code CREATE INDEX CONCURRENTLY} waits for the transactions of all other sessions,
     * also of one that waits for this lock. The server notices a lost client within a minute, and releases the lock.
     */
    @Override
    public boolean startConcurrent(Connection connection, String schema) throws SQLException {
        connection.setNetworkTimeout(Runnable::run, 0);
        List<String> invalid = new ArrayList<>();
        try (Statement statement = connection.createStatement()) {
            statement.execute(
                    "SET lock_timeout = 0; SET statement_timeout = 0; SET client_connection_check_interval = '10s'");
            try (ResultSet row = statement.executeQuery(
                    "SELECT pg_try_advisory_lock(hashtextextended('allotment.concurrently', 0))")) {
                row.next();
                if (!row.getBoolean(1)) {
                    return false;
                }
            }
            try (ResultSet row = statement.executeQuery("SELECT CAST(indexrelid AS regclass) FROM pg_index i"
                    + " JOIN pg_class c ON c.oid = i.indexrelid WHERE NOT i.indisvalid AND c.relnamespace = '"
                    + Schema.quoted(schema) + "'::regnamespace")) {
                while (row.next()) {
                    invalid.add(row.getString(1));
                }
            }
            for (String index : invalid) {
                statement.execute("DROP INDEX CONCURRENTLY " + index);
            }
        }
        return true;
    }

    @Override
    public boolean takesSeveralStatements() {
        return true;
    }

    /** The log of the server has the commits of all databases in one order. */
    @Override
    public String commit(boolean waiting) {
        return waiting ? "COMMIT" : "SET LOCAL synchronous_commit = off; COMMIT";
    }
}
