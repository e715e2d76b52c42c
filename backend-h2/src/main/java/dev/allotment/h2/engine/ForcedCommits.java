// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.SqlDialect;
import java.sql.Connection;
import java.sql.SQLException;
import org.jspecify.annotations.Nullable;

/**
 * Connections whose commits survive a power failure. H2 alone writes a commit and leaves it to the operating system
 * when it reaches the disk.
 */
public record ForcedCommits(Connections connections) implements Connections {
    @Override
    public Connection acquire() throws SQLException {
        return connections.acquire();
    }

    @Override
    public void checkNotClosed() {
        connections.checkNotClosed();
    }

    @Override
    public void committed(Connection connection) throws SQLException {
        H2Engine.sync(connection);
    }

    @Override
    public void ended(SqlDialect.@Nullable Failure failure) {
        connections.ended(failure);
    }

    @Override
    public void release(Connection connection, boolean reusable) {
        connections.release(connection, reusable);
    }
}
