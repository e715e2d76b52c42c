// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import java.sql.Connection;
import java.sql.SQLException;
import org.slf4j.LoggerFactory;

/** Lends connections to one database. Thread-safe. */
public interface Connections {
    /**
     * A connection for the caller alone, not in a transaction.
     *
     * @throws SQLException where none can be had
     * @throws dev.allotment.SaasException {@code backend.unavailable}, {@code backend.closed}, and what the backend finds
     *     when it opens one
     */
    Connection acquire() throws SQLException;

    /** Makes what was just committed as durable as it has to be, where a commit is not enough. */
    default void committed(Connection connection) throws SQLException {}

    /**
     * Ends the loan.
     *
     * @param reusable false: it is in an unknown state, and is closed
     */
    void release(Connection connection, boolean reusable);

    /** Closes one, or gives it back to its pool. */
    static void close(Connection connection) {
        try {
            connection.close();
        } catch (SQLException | RuntimeException e) {
            // It is gone either way, and whoever used it has told how that ended; a pool's that was evicted may fail
            // anyhow.
            LoggerFactory.getLogger(Connections.class).debug("A connection could not be closed", e);
        }
    }
}
