// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;

/** Drops databases, even if sessions are connected to them. */
public final class DatabaseDropper {
    private DatabaseDropper() {}

    /**
     * Drops a database and ends the sessions in it. While an autovacuum worker is in the database, PostgreSQL refuses
     * FORCE to all but superusers. Without FORCE it ends the worker itself, so all other sessions are ended first.
     */
    public static void drop(ServerSession session, String name) {
        try {
            session.executeLong(DatabaseSql.drop(name));
        } catch (RuntimeException e) {
            if (!SqlStates.NOT_PERMITTED.matches(e)) {
                throw e;
            }
            session.execute(DatabaseSql.allowConnections(name, false));
            ActiveSessions.end(session, name, ActiveSessions.Which.ALL);
            session.executeLong(DatabaseSql.dropUnused(name));
        }
    }
}
