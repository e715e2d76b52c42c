// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The sessions that are connected to a database. PostgreSQL copies, renames and drops only a database that nobody is
 * connected to, and looks for that every tenth of a second; so this looks more often, before PostgreSQL does.
 */
public final class ActiveSessions {
    /** Which sessions. */
    public enum Which {
        /** Those of anybody but this backend, on whatever node. */
        APPLICATION("usesysid <> CAST(current_user AS regrole)"),
        /** All but those in which this backend is in the middle of something. */
        IDLE("(usesysid <> CAST(current_user AS regrole) OR state = 'idle')"),
        ALL("true");

        private final String condition;

        Which(String condition) {
            this.condition = condition;
        }
    }

    private static final int POLLS = 1000;

    /** Within a transaction, the server would show for ever who was there when it was asked first. */
    private static final String WAIT = "SELECT pg_sleep(0.005), pg_stat_clear_snapshot()";

    private static final String IN_IT =
            " FROM pg_stat_activity WHERE datid = CAST(:database AS oid) AND backend_type = 'client backend'";

    private static final String MAY_BE_ENDED = " AND pg_has_role(usesysid, 'USAGE') AND ";

    private ActiveSessions() {}

    static boolean areThere(ServerSession session, long database) {
        return count(session, "SELECT count(*)" + IN_IT, database) > 0;
    }

    /** Ends sessions, as far as this backend may, and waits until they are gone, within five seconds. */
    public static void end(ServerSession session, long database, Which which) {
        String sessions = IN_IT + MAY_BE_ENDED + which.condition;
        if (count(session, "SELECT count(pg_terminate_backend(pid))" + sessions, database) == 0) {
            return;
        }
        for (int poll = 0; poll < POLLS && count(session, "SELECT count(*)" + sessions, database) > 0; poll++) {
            session.execute(WAIT);
        }
    }

    /** As {@link #end(ServerSession, long, Which)}, all of a database with this name. */
    public static void end(ServerSession session, String database) {
        session.query(
                        "SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = :name",
                        query -> query.bind("name", database).mapTo(Long.class).list())
                .forEach(oid -> end(session, oid, Which.ALL));
    }

    /** Ends a session of this backend itself, and waits until it is gone; null, since there is nothing to tell. */
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
