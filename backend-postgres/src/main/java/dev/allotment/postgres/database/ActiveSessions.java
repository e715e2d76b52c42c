// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import java.util.Arrays;
import java.util.Set;
import org.jdbi.v3.core.statement.Query;
import org.jspecify.annotations.Nullable;

/**
 * The sessions of a server. PostgreSQL copies, renames and drops a database only if no session is connected to it, and
 * checks that every tenth of a second. This class checks more often, before PostgreSQL does.
 */
public final class ActiveSessions {
    /** Selects sessions in a database. */
    public enum Which {
        /** All sessions except those of this backend on any node. */
        APPLICATION(NOT_OURS),
        /** All sessions except those in which this backend is running a transaction. */
        IDLE("((" + NOT_OURS + ") OR state = 'idle')"),
        /** All sessions. */
        ALL("true");

        private final String condition;

        Which(String condition) {
            this.condition = condition;
        }
    }

    /** A session whose role was dropped has no name. Those of {@link ConfinedSessions} belong to a node. */
    private static final String NOT_OURS = "usename IS DISTINCT FROM current_user"
            + " AND NOT COALESCE(starts_with(usename, 'allotment_session_'), false)";

    private static final int POLLS = 1000;
    private static final int QUICK_POLLS = 20;
    private static final int SLOW_POLLS = 200;

    /**
     * Clears the statistics snapshot. Within a transaction, the server would show the sessions of the first query
     * otherwise.
     */
    private static final String LOOK_AGAIN = "SELECT pg_stat_clear_snapshot()";

    private static final String WAIT = "SELECT pg_sleep(0.005), pg_stat_clear_snapshot()";

    private static final String CLIENTS = " FROM pg_stat_activity WHERE backend_type = 'client backend'";

    private static final String CAN_BE_ENDED = " AND pg_has_role(usesysid, 'USAGE')";

    private static final String IN_DATABASE = " AND datid = CAST(:database AS oid)";

    /** The role of a tenant may have got into another database, too. */
    private static final String OF_APPLICATION =
            " AND ((datid = CAST(:database AS oid) AND " + NOT_OURS + ") OR usesysid = CAST(:role AS oid))";

    /**
     * Sessions of tenants that may have locks which a change of a database or of its role waits for. Row locks need a
     * transaction ID, and only the owner can lock these rows. Every tenant can lock a database and a role as a whole,
     * by a setting or a grant that names it.
     */
    private static final String OBSTACLES = " AND starts_with(usename, 'allotment_') AND " + NOT_OURS + """
             AND ((usesysid = CAST(:role AS oid) AND backend_xid IS NOT NULL)
                  OR pid IN (SELECT l.pid FROM pg_locks l
                             WHERE l.granted AND l.locktype = 'object' AND l.database = 0
                               AND ((l.classid = CAST('pg_authid' AS regclass) AND l.objid = CAST(:role AS oid))
                                    OR (l.classid = CAST('pg_database' AS regclass)
                                        AND l.objid = CAST(:database AS oid)))))
            """;

    /**
     * Processes that are signing in. PostgreSQL 17 lists such a process among the sessions only afterwards, and 18
     * without its role. It has a virtual transaction from before its role is checked until it is listed.
     */
    private static final String SIGNING_IN = """
            SELECT DISTINCT l.pid FROM pg_locks l LEFT JOIN pg_stat_activity a USING (pid)
            WHERE l.locktype = 'virtualxid' AND l.pid IS NOT NULL AND (a.pid IS NULL OR a.state = 'starting')
            """;

    /** A process that takes longer waits for its client, and its role is checked after that. */
    private static final int SIGN_IN_POLLS = 200;

    private ActiveSessions() {}

    /**
     * Waits until the processes that are signing in now are sessions or gone. A change of a role that was committed
     * before applies to all later ones.
     */
    static void awaitSignIns(ServerSession session) {
        Set<Integer> found = signingIn(session);
        for (int poll = 0; poll < SIGN_IN_POLLS && !found.isEmpty(); poll++) {
            session.execute(WAIT);
            found.retainAll(signingIn(session));
        }
    }

    private static Set<Integer> signingIn(ServerSession session) {
        return session.query(SIGNING_IN, query -> query.mapTo(Integer.class).set());
    }

    static boolean exist(ServerSession session, long database) {
        return count(session, "SELECT count(*)" + CLIENTS + IN_DATABASE, database, 0) > 0;
    }

    /**
     * Ends the sessions that this backend may end, and waits up to five seconds until they are gone.
     *
     * @return whether there were any
     */
    public static boolean end(ServerSession session, long database, Which which) {
        return end(session, CAN_BE_ENDED + IN_DATABASE + " AND " + which.condition, database, 0);
    }

    /** Ends the sessions of a tenant's application, wherever it is connected, and others in the tenant's database. */
    static boolean endApplication(ServerSession session, DatabaseStatus there) {
        return end(session, CAN_BE_ENDED + OF_APPLICATION, there.database(), there.role());
    }

    /** Ends the sessions of tenants that may block a change of a database or of its role. */
    static boolean endObstacles(ServerSession session, DatabaseStatus there) {
        return end(session, CAN_BE_ENDED + OBSTACLES, there.database(), there.role());
    }

    /** Does not wait for sessions that started meanwhile. An application may connect again at once, all the time. */
    private static boolean end(ServerSession session, String which, long database, long role) {
        String sql = "SELECT pid, pg_terminate_backend(pid)" + CLIENTS + which;
        Integer[] ended = session.query(
                        sql,
                        query -> bind(query, sql, database, role)
                                .mapTo(Integer.class)
                                .list())
                .toArray(Integer[]::new);
        for (int poll = 0; poll < POLLS && ended.length > 0 && isAnyLeft(session, ended); poll++) {
            session.execute(WAIT);
        }
        return ended.length > 0;
    }

    private static boolean isAnyLeft(ServerSession session, Integer[] processes) {
        return session.query(
                "SELECT EXISTS (SELECT FROM pg_stat_activity WHERE pid = ANY(CAST(:processes AS int[])))",
                query -> query.bind("processes", array(processes))
                        .mapTo(Boolean.class)
                        .one());
    }

    private static String array(Integer[] values) {
        return Arrays.toString(values).replace('[', '{').replace(']', '}');
    }

    /** Ends sessions in the database with a name, like {@link #end(ServerSession, long, Which)}. */
    public static void end(ServerSession session, String database, Which which) {
        session.query(
                        "SELECT CAST(oid AS bigint) FROM pg_database WHERE datname = :name",
                        query -> query.bind("name", database).mapTo(Long.class).list())
                .forEach(oid -> end(session, oid, which));
    }

    /** Ends one of the sessions of this backend, and waits up to five seconds until it is gone. Always returns null. */
    public static @Nullable Void end(ServerSession session, String database, int process) {
        session.query(
                "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE pid = :process"
                        + " AND datname = :database AND (usename = current_user OR starts_with(usename, 'allotment_session_'))",
                query -> query.bind("process", process)
                        .bind("database", database)
                        .mapTo(Boolean.class)
                        .list());
        return null;
    }

    /**
     * Waits up to a second until a process that is ending has ended, in a transaction that has found it. It takes less
     * than a millisecond, usually.
     */
    public static void awaitEnd(ServerSession session, int process) {
        Integer[] one = {process};
        int poll = 0;
        do {
            session.execute(poll < QUICK_POLLS ? LOOK_AGAIN : WAIT);
            poll++;
        } while (poll < QUICK_POLLS + SLOW_POLLS && isAnyLeft(session, one));
    }

    private static long count(ServerSession session, String sql, long database, long role) {
        return session.query(
                sql, query -> bind(query, sql, database, role).mapTo(Long.class).one());
    }

    /** Jdbi refuses a parameter that the statement does not have. */
    private static Query bind(Query query, String sql, long database, long role) {
        if (sql.contains(":database")) {
            query.bind("database", database);
        }
        return sql.contains(":role") ? query.bind("role", role) : query;
    }
}
