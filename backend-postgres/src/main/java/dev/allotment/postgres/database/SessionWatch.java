// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerSession;
import dev.allotment.spi.backend.EndedSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions of tenants that take from the server what all databases on it share, or that should not exist. A tenant
 * can change its own settings, so no setting of its role would keep it from that. Thread-safe.
 */
public final class SessionWatch {
    private static final Logger LOG = LoggerFactory.getLogger(SessionWatch.class);

    /** How long a transaction may be idle. It keeps rows of the shared system tables from being vacuumed. */
    public static final Duration IDLE = Duration.ofMinutes(15);

    /** One tenant may use this part of the server's lock table. */
    private static final int PART_OF_LOCKS = 4;

    /** Also makes this session remember these roles, so that it can end their sessions without reading a table. */
    private static final String ROLES = "SELECT oid FROM pg_roles WHERE starts_with(rolname, :prefix)"
            + " AND pg_has_role(oid, 'USAGE') AND pg_get_userbyid(oid) IS NOT NULL";

    /**
     * Uses no table, since reading a shared system table needs a lock: once the lock table is full, there is none left.
     * Locks that every session has room for by itself do not count.
     */
    private static final String END_HOARDERS = """
            SELECT pid, CAST(pg_get_userbyid(usesysid) AS text), pg_terminate_backend(pid, 5000)
            FROM (SELECT s.pid, s.usesysid, l.locks, sum(l.locks) OVER own AS of_role, count(*) OVER own AS sessions
                  FROM pg_stat_get_activity(NULL) s
                  JOIN (SELECT pid, count(*) AS locks FROM pg_lock_status() WHERE NOT fastpath GROUP BY pid) l USING (pid)
                  WHERE s.usesysid = ANY(CAST(:roles AS oid[]))
                  WINDOW own AS (PARTITION BY s.usesysid)) held
            WHERE of_role > CAST(current_setting('max_locks_per_transaction') AS bigint)
                            * CAST(current_setting('max_connections') AS bigint) / :part
              AND locks * sessions >= of_role
            """;

    private static final String END_OTHERS = """
            SELECT pid, CAST(usename AS text), why, pg_terminate_backend(pid)
            FROM (SELECT a.pid, a.usename,
                         CASE WHEN NOT r.rolcanlogin THEN 'its database is closed'
                              WHEN a.datname = current_database() THEN 'it was connected to the database of the control plane'
                              WHEN starts_with(a.state, 'idle in transaction')
                                  AND a.state_change < now() - CAST(:idle AS interval) THEN 'its transaction was idle'
                         END AS why
                  FROM pg_stat_activity a JOIN pg_roles r ON r.oid = a.usesysid
                  WHERE starts_with(r.rolname, :prefix) AND a.backend_type = 'client backend'
                    AND pg_has_role(r.oid, 'USAGE')) found
            WHERE why IS NOT NULL
            """;

    private final Duration idle;
    private volatile List<Long> roles = List.of();

    /** Creates a watch, without I/O. */
    public SessionWatch(Duration idle) {
        this.idle = idle;
    }

    /** Ends the sessions that are to be ended now, and returns them. */
    public List<EndedSession> run(ServerSession session, Identity.Scheme scheme) {
        List<EndedSession> all = new ArrayList<>(endHoarders(session, scheme));
        roles = session.query(
                ROLES,
                query -> query.bind("prefix", scheme.rolePrefix())
                        .mapTo(Long.class)
                        .list());
        all.addAll(session.query(
                END_OTHERS,
                query -> query.bind("prefix", scheme.rolePrefix())
                        .bind("idle", idle.toMillis() + " milliseconds")
                        .map((row, context) -> ended(row.getString(2), row.getString(3), scheme))
                        .list()));
        return all;
    }

    private static EndedSession ended(String role, String why, Identity.Scheme scheme) {
        LOG.warn("Ended a session of a tenant with role {}: {}", role, why);
        return new EndedSession(scheme.uuid(role), why);
    }

    /** Knows the roles from the last time, so that it needs no table. */
    private List<EndedSession> endHoarders(ServerSession session, Identity.Scheme scheme) {
        String known = roles.toString().replace('[', '{').replace(']', '}');
        return session.query(
                END_HOARDERS,
                query -> query.bind("roles", known)
                        .bind("part", PART_OF_LOCKS)
                        .map((row, context) -> ended(row.getString(2), "it had too many locks", scheme))
                        .list());
    }
}
