// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseActivity.Session;
import dev.allotment.DatabaseActivity.Table;
import dev.allotment.h2.engine.H2Dialect;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.spi.backend.DatabaseRef;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Reads what a database does, as far as H2 knows: its sessions, and the rows of its tables. */
final class H2Activity {
    private static final String SESSIONS = """
            SELECT SESSION_ID, SESSION_STATE, BLOCKER_ID, EXECUTING_STATEMENT,
                   DATEDIFF(MILLISECOND, EXECUTING_STATEMENT_START, CURRENT_TIMESTAMP) AS RUNNING,
                   USER_NAME = CURRENT_USER AS CONTROL
            FROM INFORMATION_SCHEMA.SESSIONS WHERE SESSION_ID <> SESSION_ID()
            ORDER BY EXECUTING_STATEMENT_START NULLS LAST, SESSION_ID LIMIT 50
            """;

    private static final String TABLES = """
            SELECT TABLE_SCHEMA || '.' || TABLE_NAME, ROW_COUNT_ESTIMATE FROM INFORMATION_SCHEMA.TABLES
            WHERE TABLE_TYPE = 'BASE TABLE' AND UPPER(TABLE_SCHEMA) <> 'INFORMATION_SCHEMA'
            ORDER BY ROW_COUNT_ESTIMATE DESC, 1 LIMIT 10
            """;

    private static final int SECONDS = 10;

    private H2Activity() {}

    static DatabaseActivity of(Connections connections, DatabaseRef database, int open, @Nullable Integer max) {
        String what = "Reading the activity of database " + database.name();
        Connection connection;
        try {
            connection = connections.acquire();
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, what, e);
        }
        boolean reusable = false;
        try (Statement statement = connection.createStatement()) {
            statement.setQueryTimeout(SECONDS);
            DatabaseActivity activity = new DatabaseActivity(
                    rows(statement, SESSIONS, H2Activity::session),
                    null,
                    null,
                    rows(statement, TABLES, row -> new Table(row.getString(1), null, row.getLong(2), null)),
                    open,
                    max);
            connection.commit();
            reusable = true;
            return activity;
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, what, e);
        } finally {
            connections.release(connection, reusable);
        }
    }

    private interface Reader<T> {
        T read(ResultSet row) throws SQLException;
    }

    private static <T> List<T> rows(Statement statement, String sql, Reader<T> reader) throws SQLException {
        List<T> rows = new ArrayList<>();
        try (ResultSet found = statement.executeQuery(sql)) {
            while (found.next()) {
                rows.add(reader.read(found));
            }
        }
        return rows;
    }

    private static Session session(ResultSet row) throws SQLException {
        long blocker = row.getLong("BLOCKER_ID");
        List<Long> blockedBy = row.wasNull() ? List.of() : List.of(blocker);
        String statement = row.getString("EXECUTING_STATEMENT");
        return new Session(
                row.getLong("SESSION_ID"),
                !row.getBoolean("CONTROL"),
                row.getString("SESSION_STATE"),
                statement == null ? null : Duration.ofMillis(Math.max(0, row.getLong("RUNNING"))),
                null,
                blockedBy.isEmpty() ? null : "Lock",
                blockedBy,
                row.getBoolean("CONTROL") ? null : statement);
    }
}
