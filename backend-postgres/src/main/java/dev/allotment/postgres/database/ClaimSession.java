// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.postgres.server.ServerSession;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;
import org.postgresql.PGConnection;

/** A warm session in a spare, for the transaction that fills it. Not thread-safe. */
public final class ClaimSession implements Connections, AutoCloseable {
    private final Connection connection;
    private final int process;
    private boolean lost;

    /** @param connection closed with this */
    public ClaimSession(Connection connection) {
        this.connection = connection;
        this.process = process(connection);
    }

    /** Returns 0 if it cannot be found out. */
    private static int process(Connection connection) {
        try {
            return connection.unwrap(PGConnection.class).getBackendPID();
        } catch (SQLException e) {
            return 0;
        }
    }

    /** Whether the session ended before the transaction did, so that the transaction may or may not be stored. */
    public boolean isLost() {
        return lost;
    }

    @Override
    public Connection acquire() throws SQLException {
        if (lost) {
            // The server has ended it: another process claims the spare.
            throw new SQLException("The session in a spare has ended", "08003");
        }
        return connection;
    }

    @Override
    public void release(Connection same, boolean reusable) {
        lost |= !reusable;
    }

    @Override
    public void ended(SqlDialect.@Nullable Failure failure) {
        lost |= failure != null && failure.isConnectionLost();
    }

    /** Waits until the server has ended the process of this session, which was closed. */
    public void awaitEnd(ServerSession session) {
        if (process != 0) {
            ActiveSessions.awaitEnd(session, process);
        }
    }

    /** Closes the session. The server may take a moment longer. */
    public void end() {
        Connections.close(connection);
    }

    @Override
    public void close() {
        end();
    }
}
