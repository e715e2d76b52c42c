// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.sql.SQLRecoverableException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What differs between the databases. Immutable, thread-safe; no method but {@link #lockSchema}, {@link #lockVersions}, {@link
 * #execute} and {@link #array} does I/O. */
public interface SqlDialect {
    /** What a failed statement means. */
    enum Failure {
        /** A unique key is taken. */
        DUPLICATE,
        /** A deadlock or a serialization failure: the same work may succeed when it is run again. */
        RETRY,
        /** It waited too long for another transaction. */
        BUSY,
        /** The database is out of reach, or ended the connection. */
        UNREACHABLE,
        /** The database is open in another process, and cannot be shared. */
        IN_USE,
        /** A value is too long, or otherwise not what a column can hold. */
        DOES_NOT_FIT,
        /** Anything else. */
        OTHER
    }

    /**
     * A condition on a text column and the value of its parameter.
     *
     * @param sql holds the parameter that it was made for
     */
    record Match(String sql, String value) {}

    /** Makes a text operand compare and sort by code point; as it is where columns have such a collation. */
    default String byCodePoint(String operand) {
        return operand;
    }

    /** What a text column of a table is sorted by, so that texts come in the order of their code points. */
    default String sortKey(String table, String column) {
        return byCodePoint(Schema.quoted(column));
    }

    /**
     * The condition that a column matches a pattern.
     *
     * @param column quoted
     * @param parameter stands for the value; comes up in the condition once
     * @param pattern in it, a backslash precedes only {@code %}, {@code _} and a backslash
     */
    Match like(String column, String parameter, String pattern, boolean ignoreCase);

    /** A query for the next number of a sequence. */
    String nextNumber(String quotedSequence);

    /** Appended to a query by id to lock the row. */
    default String lockClause() {
        return "FOR UPDATE";
    }

    /** Appended to a search to lock what it finds, and to look past what another transaction has locked. */
    default String lockFreeClause() {
        return " FOR UPDATE SKIP LOCKED";
    }

    /** An array of plain values for {@code = ANY(?)}. */
    Array array(Connection connection, Kind kind, List<Object> values) throws SQLException;

    /** Judges by the SQLState, the class or the code of an error, never by its text. */
    default Failure failure(SQLException error) {
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
        if (state.equals("40001") || state.equals("40P01")) {
            return Failure.RETRY;
        }
        if (state.equals("55P03") || state.equals("57014")) {
            return Failure.BUSY;
        }
        if (state.startsWith("08") || state.startsWith("57P0") || state.equals("53300")) {
            return Failure.UNREACHABLE;
        }
        return state.startsWith("22") ? Failure.DOES_NOT_FIT : Failure.OTHER;
    }

    /**
     * The unique constraint that an error says is violated; null where the driver does not tell. Constraints are named like
     * {@code tenants_held_name_key}.
     */
    default @Nullable String violatedConstraint(SQLException error) {
        return null;
    }

    /** Whether a transaction goes on after one of its statements failed. */
    default boolean survivesFailedStatement() {
        return false;
    }

    /** Waits until no other transaction makes this schema, until this one ends. Does I/O. */
    void lockSchema(Connection connection, String schema) throws SQLException;

    /** Executes the statements of a migration's script. Does I/O. */
    default void execute(Statement statement, String script) throws SQLException {
        statement.execute(script);
    }

    /** Waits until no other transaction migrates what this table tells the version of, until this one ends. Does I/O. */
    void lockVersions(Connection connection, String quotedTable) throws SQLException;
}
