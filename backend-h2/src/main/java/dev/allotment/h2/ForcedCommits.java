// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.jdbc.Connections;
import java.sql.Connection;
import java.sql.SQLException;

/** Connections to a database whose commits survive a failure of the power: H2 writes them, and leaves them to the system. */
record ForcedCommits(Connections connections) implements Connections {
    @Override
    public Connection acquire() throws SQLException {
        return connections.acquire();
    }

    @Override
    public void committed(Connection connection) throws SQLException {
        H2Engine.sync(connection);
    }

    @Override
    public void release(Connection connection, boolean reusable) {
        connections.release(connection, reusable);
    }
}
