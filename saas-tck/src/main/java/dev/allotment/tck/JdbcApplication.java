// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.DatabaseLogin;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Types;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** An application that connects with JDBC. */
final class JdbcApplication implements BackendFixture.Application {
    private static final String CONSTRAINT_VIOLATED = "23";
    private static final int TIMEOUT_SECONDS = 10;

    private final Connection connection;

    private JdbcApplication(Connection connection) {
        this.connection = connection;
    }

    static JdbcApplication connect(DatabaseLogin login) {
        try {
            return new JdbcApplication(DriverManager.getConnection(login.url(), login.user(), login.password()));
        } catch (SQLException e) {
            throw new AssertionError("A new login could not connect", e);
        }
    }

    /** Inserts a row. Returns the message if the database reports that a constraint was violated. */
    static Optional<String> inserts(
            DatabaseLogin login, BackendFixture.LimitedTable table, @Nullable String text, @Nullable Boolean flag) {
        return executes(
                login,
                "insert into " + table.name() + " (" + table.column() + ", " + table.flag() + ") values (?, ?)",
                text,
                flag);
    }

    /** Changes a text in all rows that have it. Returns false if the database reports a violated constraint. */
    static boolean changes(DatabaseLogin login, String table, String column, String from, String to) {
        return executes(login, "update " + table + " set " + column + " = ? where " + column + " = ?", to, from)
                .isEmpty();
    }

    private static Optional<String> executes(DatabaseLogin login, String sql, @Nullable Object... values) {
        try (JdbcApplication application = connect(login);
                PreparedStatement statement = application.connection.prepareStatement(sql)) {
            for (int i = 0; i < values.length; i++) {
                if (values[i] instanceof Boolean flag) {
                    statement.setBoolean(i + 1, flag);
                } else if (values[i] == null) {
                    statement.setNull(i + 1, Types.NULL);
                } else {
                    statement.setString(i + 1, (String) values[i]);
                }
            }
            statement.executeUpdate();
            return Optional.empty();
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith(CONSTRAINT_VIOLATED)) {
                return Optional.of(String.valueOf(e.getMessage()));
            }
            throw new AssertionError("A change was neither made nor refused", e);
        }
    }

    @Override
    public boolean isConnected() {
        try {
            return connection.isValid(TIMEOUT_SECONDS);
        } catch (SQLException e) {
            throw new AssertionError("Connection.isValid refused its timeout", e);
        }
    }

    @Override
    public void close() {
        try {
            connection.close();
        } catch (SQLException e) {
            if (isConnected()) {
                throw new AssertionError("A connection could not be closed", e);
            }
            // The database has already closed it, as the test requested.
        }
    }
}
