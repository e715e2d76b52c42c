// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.spi.backend.RecordType.Kind;
import java.sql.Array;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;

/** A dialect with plain SQL. Its locks wait for nothing, but let a test act while a backend would wait. */
final class TestDialect implements SqlDialect {
    private Runnable whileLocking = () -> {};

    /** Acts once, while the next lock is being waited for. */
    void onceWhileLocking(Runnable action) {
        whileLocking = action;
    }

    private void waitForLock() {
        Runnable action = whileLocking;
        whileLocking = () -> {};
        action.run();
    }

    @Override
    public String textType() {
        return "text";
    }

    @Override
    public String timeType() {
        return "time";
    }

    @Override
    public boolean hasPartialIndexes() {
        return true;
    }

    @Override
    public Match like(String column, String parameter, String pattern, boolean ignoreCase) {
        return new Match(column + (ignoreCase ? " ILIKE " : " LIKE ") + parameter, pattern);
    }

    @Override
    public String nextNumber(String quotedSequence) {
        return "SELECT NEXT VALUE FOR " + quotedSequence;
    }

    @Override
    public String estimateRows() {
        return "SELECT row_count_estimate FROM information_schema.tables WHERE table_name = ?";
    }

    @Override
    public Array array(Connection connection, Kind kind, List<Object> values) throws SQLException {
        return connection.createArrayOf("VARCHAR", values.toArray());
    }

    @Override
    public void execute(Statement statement, String script) throws SQLException {
        for (String each : script.split(";\n")) {
            statement.execute(each);
        }
    }

    @Override
    public void lockSchema(Connection connection, String schema) {
        waitForLock();
    }

    @Override
    public void lockVersions(Connection connection, String quotedTable) {
        waitForLock();
    }
}
