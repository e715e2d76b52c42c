// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that are connected to a database. PostgreSQL copies, renames and drops a database only if no session is
 * connected to it, and checks that every tenth of a second. This class checks more often, before PostgreSQL does.
 */
public final class ActiveSessions {
    /** Selects sessions. */
    public enum Which {
        /** All sessions except those of this backend on any node. */
        APPLICATION("usesysid <> CAST(current_user AS regrole)"),
        /** All sessions except those in which this backend is running a transaction. */
        IDLE("(usesysid <> CAST(current_user AS regrole) OR state = 'idle')"),
        /** All sessions. */
        ALL("true");

        private final String condition;

        Which(String condition) {
            this.condition = condition;
        }
    }

    private static final int POLLS = 1000;

    /**
     * Clears the statistics snapshot. Within a transaction, the server would show the sessions of the first query
     * otherwise.
     */
    private static final String WAIT = "SELECT pg_sleep(0.005), pg_stat_clear_snapshot()";

    private static final String IN_DATABASE =
            " FROM pg_stat_activity WHERE datid = CAST(:database AS oid) AND backend_type = 'client backend'";

    private static final String CAN_BE_ENDED = " AND pg_has_role(usesysid, 'USAGE') AND ";

    private ActiveSessions() {}

    static boolean exist(ServerSession session, long database) {
        return count(session, "SELECT count(*)" + IN_DATABASE, database) > 0;
    }

    /** Ends the sessions that this backend may end, and waits up to five seconds until they are gone. */
    public static void end(ServerSession session, long database, Which which) {
        String sessions = IN_DATABASE + CAN_BE_ENDED + which.condition;
        if (count(session, "SELECT count(pg_terminate_backend(pid))" + sessions, database) == 0) {
            return;
        }
        for (int poll = 0; poll < POLLS && count(session, "SELECT count(*)" + sessions, database) > 0; poll++) {
            session.execute(WAIT);
        }
    }

    /** Ends all sessions in the database with a name, like {@link #end(ServerSession, long, Which)}. */
    public static void end(ServerSession session, String database) {
        session.query(
                        "SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = :name",
                        query -> query.bind("name", database).mapTo(Long.class).list())
                .forEach(oid -> end(session, oid, Which.ALL));
    }

    /** Ends one of the sessions of this backend, and waits up to five seconds until it is gone. Always returns null. */
    public static @Nullable Void end(ServerSession session, String database, int process) {
        session.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = :process"
                        + " AND datname = :database AND usesysid = CAST(current_user AS regrole)",
                query -> query.bind("process", process)
                        .bind("database", database)
                        .mapTo(Boolean.class)
                        .list());
        return null;
    }

    private static long count(ServerSession session, String sql, long database) {
        return session.query(
                sql, query -> query.bind("database", database).mapTo(Long.class).one());
    }
}
