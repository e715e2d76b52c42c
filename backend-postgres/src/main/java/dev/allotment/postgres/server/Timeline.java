// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.jspecify.annotations.Nullable;

/**
 * The timeline of a server, as the newest connection has found it. A server that takes over, or that was restored to an
 * earlier time, starts another one. Thread-safe.
 */
final class Timeline {
    /** The last checkpoint may be older than the timeline, so this reads the name of the present log file. */
    private static final String READ = """
            SELECT CASE WHEN NOT pg_catalog.pg_is_in_recovery()
                        THEN pg_catalog.substr(pg_catalog.pg_walfile_name(pg_catalog.pg_current_wal_lsn()), 1, 8) END
            """;

    /** A service that is compatible with PostgreSQL may not have these functions, or forbid them. */
    private static final String UNSUPPORTED = "0A000";

    private static final String CANNOT_CONNECT_NOW = "57P03";

    private volatile @Nullable String newest;

    /**
     * Reads the timeline. A connection to a standby is not used: if the standby is promoted, the connection would go
     * on, and its timeline would not be known.
     *
     * @throws SQLException if the server is a standby
     */
    void read(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(READ)) {
            row.next();
            String found = row.getString(1);
            if (found == null) {
                throw new SQLException("The database server is a standby and accepts no changes.", CANNOT_CONNECT_NOW);
            }
            newest = found;
        } catch (SQLException e) {
            if (!UNSUPPORTED.equals(e.getSQLState()) && !SqlStates.NOT_PERMITTED.matches(e)) {
                throw e;
            }
            newest = null;
        }
    }

    /** Null before the first connection, and if the server does not say. */
    @Nullable
    String newest() {
        return newest;
    }
}
