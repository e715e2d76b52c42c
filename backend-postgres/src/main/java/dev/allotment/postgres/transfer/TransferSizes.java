// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.transfer;

import dev.allotment.postgres.server.SqlStates;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * What a node can pass on: it has one row at a time in memory, and all definitions together. PostgreSQL allows more,
 * and
 * the tenant could take all memory of the node with that. So sizes are looked at before anything is read.
 */
final class TransferSizes {
    /** How many bytes a row, and all definitions together, may have: an eighth of the memory of this process. */
    static final long MOST = Math.min(1 << 30, Runtime.getRuntime().maxMemory() / 8);

    /** A row that PostgreSQL itself cannot write as text. */
    private static final String PROGRAM_LIMIT = "54000";

    private static final String OUT_OF_MEMORY = "53200";

    /** How many pages are looked at in one query: less than the time after which a server counts as silent. */
    private static final long PAGES = 1 << 16;

    private TransferSizes() {}

    /**
     * Returns a description of the largest definition if all together are too large; null if they are not.
     *
     * @param connection without a search path
     */
    static @Nullable String tooManyDefinitions(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(DumpInventory.query("definition-sizes"))) {
            return row.next() && row.getLong(2) > MOST
                    ? "definitions of " + megabytes(row.getLong(2)) + ", more than the " + megabytes(MOST)
                            + " that the memory of this node allows; the largest one is that of " + row.getString(1)
                    : null;
        }
    }

    /**
     * Returns a description of a table with a row that is too large; null if there is none. Reads tables, which may run
     * code of the tenant, so the session has only the tenant's rights.
     */
    static @Nullable String tableWithLargeRow(Connection tenant) throws SQLException {
        try (Statement statement = tenant.createStatement();
                ResultSet tables = statement.executeQuery(
                        DumpInventory.query("large-rows").replace("{most}", Long.toString(MOST)))) {
            while (tables.next()) {
                if (hasLargeRow(tenant, tables.getLong(2), tables.getString(3))) {
                    return "rows of " + tables.getString(1) + " with more than the " + megabytes(MOST)
                            + " that the memory of this node allows";
                }
            }
            return null;
        }
    }

    private static boolean hasLargeRow(Connection tenant, long pages, String query) throws SQLException {
        try (Statement statement = tenant.createStatement()) {
            statement.setEscapeProcessing(false);
            for (long from = 0; from < pages; from += PAGES) {
                try (ResultSet row = statement.executeQuery(
                        query + " AND ctid >= '(" + from + ",0)' AND ctid < '(" + (from + PAGES) + ",0)' LIMIT 1")) {
                    if (row.next()) {
                        return true;
                    }
                }
            }
            return false;
        } catch (SQLException e) {
            if (PROGRAM_LIMIT.equals(e.getSQLState())
                    || OUT_OF_MEMORY.equals(e.getSQLState())
                    || SqlStates.CONCURRENT_CHANGE.matches(e)) {
                return true;
            }
            throw e;
        }
    }

    private static String megabytes(long bytes) {
        return (bytes >> 20) + " MB";
    }
}
