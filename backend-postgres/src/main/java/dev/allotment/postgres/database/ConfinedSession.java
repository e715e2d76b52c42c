// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import java.sql.Connection;

/** A session in a tenant database whose role has the tenant's rights and no others. Not thread-safe. */
public final class ConfinedSession implements AutoCloseable {
    private final Connection connection;
    private final byte[] ticket;
    private final Runnable end;

    /** @param end drops the role */
    ConfinedSession(Connection connection, byte[] ticket, Runnable end) {
        this.connection = connection;
        this.ticket = ticket;
        this.end = end;
    }

    public Connection connection() {
        return connection;
    }

    /**
     * Returns what proves to the functions of the control plane in the database that a call comes from this node and
     * not from code in the session. It is passed as a parameter, and never is part of a statement.
     */
    byte[] ticket() {
        return ticket;
    }

    /** Ends the session and drops its role. If that fails, the maintenance drops it. */
    @Override
    public void close() {
        Connections.close(connection);
        end.run();
    }
}
