// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.jdbc.Connections;
import java.sql.SQLException;
import org.jdbi.v3.core.Handle;

/** Connections to a database whose commits survive a failure of the power: H2 writes them, and leaves them to the system. */
record ForcedCommits(Connections connections) implements Connections {
    @Override
    public Handle take() {
        return connections.take();
    }

    @Override
    public void committed(Handle handle) throws SQLException {
        Engine.sync(handle.getConnection());
    }

    @Override
    public void giveBack(Handle handle, boolean reusable) {
        connections.giveBack(handle, reusable);
    }
}
