// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import dev.allotment.DatabaseLogin;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;

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

    /** Inserts a row. Returns false if the database reports that a constraint was violated. */
    static boolean inserts(DatabaseLogin login, String table, String column, String text) {
        return executes(login, "insert into " + table + " (" + column + ") values (?)", text);
    }

    /** Changes a text in all rows that have it. Returns false if the database reports a violated constraint. */
    static boolean changes(DatabaseLogin login, String table, String column, String from, String to) {
        return executes(login, "update " + table + " set " + column + " = ? where " + column + " = ?", to, from);
    }

    private static boolean executes(DatabaseLogin login, String sql, String... texts) {
        try (JdbcApplication application = connect(login);
                PreparedStatement statement = application.connection.prepareStatement(sql)) {
            for (int i = 0; i < texts.length; i++) {
                statement.setString(i + 1, texts[i]);
            }
            statement.executeUpdate();
            return true;
        } catch (SQLException e) {
            if (String.valueOf(e.getSQLState()).startsWith(CONSTRAINT_VIOLATED)) {
                return false;
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
