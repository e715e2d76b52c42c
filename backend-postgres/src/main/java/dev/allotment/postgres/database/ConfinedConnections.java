// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import java.sql.Connection;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Provides a new session with the rights of a tenant to each attempt of a transaction, and ends it afterwards with
 * everything that code of the tenant left in it. Not thread-safe.
 */
public final class ConfinedConnections implements Connections {
    private final Supplier<ConfinedSession> opener;
    private @Nullable ConfinedSession session;

    /** @param opener opens a session, with I/O */
    public ConfinedConnections(Supplier<ConfinedSession> opener) {
        this.opener = opener;
    }

    @Override
    public Connection acquire() {
        ConfinedSession opened = opener.get();
        session = opened;
        return opened.connection();
    }

    /** Returns the ticket of the session that was acquired last. */
    public byte[] ticket() {
        if (session == null) {
            throw new IllegalStateException("There is no session");
        }
        return session.ticket();
    }

    @Override
    public void release(Connection connection, boolean reusable) {
        if (session != null) {
            session.close();
            session = null;
        }
    }
}
