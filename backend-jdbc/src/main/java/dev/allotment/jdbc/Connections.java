// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/** Provides connections to one database. Thread-safe. */
public interface Connections {
    /**
     * Acquires a connection for exclusive use, not in a transaction. The caller {@link #release releases} it.
     *
     * @throws SQLException if no connection can be opened
     * @throws dev.allotment.SaasException {@code backend.unavailable}, {@code backend.closed}, and every error that the
     *     backend finds when it opens a connection
     */
    Connection acquire() throws SQLException;

    /**
     * Refuses to commit a transaction that outlives its backend, because another process may use the storage by now.
     * Does nothing by default.
     *
     * @throws dev.allotment.SaasException {@code backend.closed}
     */
    default void checkNotClosed() {}

    /** Makes the last commit as durable as required. Does nothing by default, because a commit is usually enough. */
    default void committed(Connection connection) throws SQLException {}

    /**
     * Releases a connection.
     *
     * @param reusable false if the connection is in an unknown state; it is closed then
     */
    void release(Connection connection, boolean reusable);

    /**
     * Reports how work on an acquired connection, or the attempt to acquire one, ended. Called before the connection is
     * released. Does nothing by default.
     *
     * @param failure null if the work succeeded
     */
    default void ended(SqlDialect.@Nullable Failure failure) {}

    /** Closes a connection, or returns it to its pool. Never fails. */
    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            // The connection is unusable either way, and its user knows the outcome of its work. Closing a connection
            // that a pool has evicted can fail as well.
            System.getLogger("dev.allotment.jdbc")
                    .log(Level.DEBUG, "A connection could not be closed: operation=close", e);
        }
    }
}
