// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType.Kind;
import java.net.SocketTimeoutException;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The differences between the SQL databases. Immutable and thread-safe. Only the methods that take
 * a connection or a statement do I/O.
 */
public interface SqlDialect {
    /** The SQLSTATE of a transaction that may succeed if it runs again. */
    String SERIALIZATION_FAILURE = "40001";

    /** The kinds of failed statements. */
    enum Failure {
        /** A unique key is taken. */
        DUPLICATE,
        /** A deadlock or a serialization failure. The same work may succeed if it runs again. */
        RETRY,
        /** The statement or the transaction took too long, or waited too long for another transaction. */
        BUSY,
        /** The database cannot be reached, ended the connection, or accepts no changes over it any more. */
        UNREACHABLE,
        /** The database did not answer in time, and the connection was closed. It may still be at work. */
        SILENT,
        /** The disk is full or fails. The database was closed, with all its connections. */
        DISK_FAILED,
        /** The database server ran out of memory, locks, connections or disk space, or its disk fails. */
        EXHAUSTED,
        /** The database server refuses the user or the password. */
        NOT_ADMITTED,
        /** The database server has no database with the name in the URL. */
        NO_DATABASE,
        /** One database refuses all connections, or any more of them. The server itself does not. */
        CLOSED,
        /** The database is open in another process, and processes cannot share it. */
        IN_USE,
        /** A value is too long for its column, or otherwise does not fit. */
        DOES_NOT_FIT,
        /** Every other failure. */
        OTHER;

        /** Whether the connection is of no more use: it is closed, or its server is a standby now. */
        public boolean isConnectionLost() {
            return this == UNREACHABLE || this == SILENT || this == DISK_FAILED;
        }

        /** Whether the same call may succeed later. Not the fault of its caller, and no defect of the program. */
        public boolean isTemporary() {
            return switch (this) {
                case RETRY,
                        BUSY,
                        UNREACHABLE,
                        SILENT,
                        DISK_FAILED,
                        EXHAUSTED,
                        NOT_ADMITTED,
                        NO_DATABASE,
                        CLOSED,
                        IN_USE -> true;
                case DUPLICATE, DOES_NOT_FIT, OTHER -> false;
            };
        }
    }

    /**
     * A condition on a text column and the value of its parameter.
     *
     * @param sql contains the parameter that it was created for
     */
    record Match(String sql, String value) {}

    /** The type of a text column of any length, which sorts by code point if the database has such a type. */
    String textType();

    /** The type of a column with a time to the microsecond. */
    String timeType();

    /** Whether an index may be limited to the rows that fulfil a condition. */
    boolean hasPartialIndexes();

    /** Makes a text operand compare and sort by code point. Returns it unchanged if columns have such a collation. */
    default String byCodePoint(String operand) {
        return operand;
    }

    /** The sort key of a text column that sorts texts by code point. */
    default String sortKey(String table, String column) {
        return byCodePoint(Schema.quoted(column));
    }

    /**
     * Returns the condition that a column matches a pattern.
     *
     * @param column quoted
     * @param parameter stands for the value; occurs in the condition once
     * @param pattern contains a backslash only before {@code %}, {@code _} and another backslash
     */
    Match like(String column, String parameter, String pattern, boolean ignoreCase);

    /** A query that draws the next number of a sequence. */
    String nextNumber(String quotedSequence);

    /**
     * A query for the estimated number of rows of a table of the application, whose name is its only parameter. The
     * result has one column, which may be null, and no row if there is no such table.
     */
    String estimateRows();

    /** The clause that locks the row of a query by id. */
    default String lockClause() {
        return "FOR UPDATE";
    }

    /** The clause that locks the row of a query by id, as several transactions can do at the same time. */
    default String lockSharedClause() {
        return lockClause();
    }

    /** The clause that locks the rows of a search and skips rows that another transaction has locked. */
    default String lockFreeClause() {
        return " FOR UPDATE SKIP LOCKED";
    }

    /**
     * Whether a search that locks rows locks all that match, and not only those that its limit leaves. Such a search
     * costs as much as what matches, and keeps all of it from other transactions.
     */
    default boolean locksAllThatMatch() {
        return false;
    }

    /** Creates an array of plain values for {@code = ANY(?)}. */
    Array array(Connection connection, Kind kind, List<Object> values) throws SQLException;

    /** Classifies an error by its SQLState, class or code, never by its message. */
    default Failure failure(SQLException error) {
        if (error.getCause() instanceof SocketTimeoutException) {
            return Failure.SILENT;
        }
        if (error instanceof SQLTransientConnectionException && error.getCause() instanceof SQLException cause) {
            // The pool could not open a connection. The reason matters more than the timeout that followed.
            Failure why = failure(cause);
            return why == Failure.NOT_ADMITTED || why == Failure.NO_DATABASE ? why : Failure.UNREACHABLE;
        }
        if (error instanceof SQLTransientConnectionException
                || error instanceof SQLNonTransientConnectionException
                || error instanceof SQLRecoverableException) {
            return Failure.UNREACHABLE;
        }
        String state = error.getSQLState();
        if (state == null) {
            return Failure.OTHER;
        }
        if (state.equals("23505")) {
            return Failure.DUPLICATE;
        }
        if (state.equals(SERIALIZATION_FAILURE) || state.equals("40P01")) {
            return Failure.RETRY;
        }
        if (state.equals("55P03") || state.equals("57014")) {
            return Failure.BUSY;
        }
        if (state.startsWith("08")) {
            return Failure.UNREACHABLE;
        }
        if (state.startsWith("28")) {
            return Failure.NOT_ADMITTED;
        }
        if (state.equals("3D000")) {
            return Failure.NO_DATABASE;
        }
        return state.startsWith("22") ? Failure.DOES_NOT_FIT : Failure.OTHER;
    }

    /**
     * The name of the unique constraint that an error is about; null if the driver does not report it. Constraints
     * have names like {@code tenants_name_key}.
     */
    default @Nullable String violatedConstraint(SQLException error) {
        return null;
    }

    /** Whether a transaction can continue after one of its statements failed. */
    default boolean survivesFailedStatement() {
        return false;
    }

    /** Prevents other transactions from creating this schema until the current one ends. Waits for them. */
    void lockSchema(Connection connection, String schema) throws SQLException;

    /** Executes the statements of a migration's script. */
    default void execute(Statement statement, String script) throws SQLException {
        statement.execute(script);
    }

    /**
     * Prevents other transactions from migrating the schema of this version table until this one ends. Waits for
     * them.
     */
    void lockVersions(Connection connection, String quotedTable) throws SQLException;

    /**
     * Bounds how long the statements of a session take, and how long each waits for other transactions. Does nothing by
     * default, for databases that only one process uses.
     */
    default void bound(Connection connection, Duration lockTimeout, Duration statementTimeout) throws SQLException {}

    /**
     * Prepares a session for statements that commit one by one and take any time. Removes what a process left that was
     * killed while it ran them before. Returns false, without waiting, if another session runs such statements. Does
     * nothing by default.
     */
    default boolean startConcurrent(Connection connection, String schema) throws SQLException {
        return true;
    }

    /**
     * Whether the driver sends several statements, divided by semicolons and with arguments, in one message, and the
     * database skips those after one that has failed.
     */
    default boolean takesSeveralStatements() {
        return false;
    }

    /**
     * Returns the statement that commits.
     *
     * @param waiting whether the commit waits for the disk. If it does not, the order of commits must survive a crash.
     *     Databases that cannot do without waiting ignore it.
     */
    default String commit(boolean waiting) {
        return "COMMIT";
    }
}
