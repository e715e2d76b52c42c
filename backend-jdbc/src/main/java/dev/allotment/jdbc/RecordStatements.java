// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType.Kind;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Sends the statements about the records of a transaction to its database. The statements have a question mark for each
 * argument. Does I/O. Errors of the database come out unchanged.
 */
public interface RecordStatements {
    /** A row of a result. Valid only while it is read. */
    @FunctionalInterface
    interface Row {
        /** Returns the value of a column, which is counted from 1. */
        @Nullable
        Object value(int column, Kind kind) throws SQLException;

        /** Returns the number in a column, which is counted from 1 and is never null. */
        default long number(int column) throws SQLException {
            return value(column, Kind.LONG) instanceof Long number ? number : 0;
        }
    }

    /** Reads a row. */
    @FunctionalInterface
    interface RowReader<T extends @Nullable Object> {
        T read(Row row) throws SQLException;
    }

    /** A statement that is sent together with others. */
    interface Part {
        SqlStatement statement();

        /** Reads a row of its result, if it has any. By default, does nothing. */
        default void read(Row row) throws SQLException {}

        /** Notes that all rows were read. By default, does nothing. */
        default void end() {}
    }

    /** Sends several statements in one message. */
    @FunctionalInterface
    interface Joint {
        /**
         * Runs statements, in their order.
         *
         * @param end a statement that ends the transaction, which then runs last; empty: none
         */
        void run(Connection connection, List<? extends Part> parts, String end) throws SQLException;
    }

    /** Returns what sends each statement unchanged, over a connection whose user has rights on the tables. */
    static RecordStatements direct(SqlDialect dialect) {
        return new DirectStatements(dialect);
    }

    /** Runs a query, and reads all rows. */
    <T extends @Nullable Object> List<T> query(
            Connection connection, String sql, List<SqlArgument> arguments, RowReader<T> reader) throws SQLException;

    /** Changes or deletes rows. Returns how many. */
    int change(Connection connection, String sql, List<SqlArgument> arguments) throws SQLException;

    /** Returns what sends several statements in one message. By default null: each is sent alone. */
    default @Nullable Joint joint() {
        return null;
    }

    /** Inserts a row. Returns the id that the database gave it. */
    long insert(Connection connection, String sql, List<SqlArgument> arguments) throws SQLException;
}
