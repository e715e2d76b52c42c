// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlResource;
import dev.allotment.spi.backend.EndedSession;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends sessions of tenants that take too much of what all databases on a server share, or that should not exist. A
 * tenant can change its own settings, so no setting of its role prevents this.
 *
 * <p>It works while the lock table of the server is full, when no session can be opened and no shared system table can
 * be locked: its session stays open, in a transaction that has the locks of all shared system tables that it reads.
 * These conflict only with a rewrite of such a table. The transaction keeps no row from being vacuumed, since it has no
 * snapshot between two statements. Thread-safe.
 */
public final class SessionWatch implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SessionWatch.class);

    private static final String WHAT = "Ending excessive sessions";

    /** How long a transaction may be idle. It keeps rows of the shared system tables from being vacuumed. */
    public static final Duration IDLE = Duration.ofMinutes(15);

    /** How long the watch skips a server that refused the session, so that others are watched in the meantime. */
    private static final Duration AVOID = Duration.ofSeconds(30);

    /** One tenant may use this part of the server's lock table. */
    private static final int PART_OF_LOCKS = 4;

    /** While the queue of notifications fills up, a transaction may last for this part of {@link #IDLE}. */
    private static final int PART_OF_IDLE = 15;

    /** Between two looks, the session is idle in its transaction. The server notices a lost node by its connection. */
    private static final String START = "SET idle_in_transaction_session_timeout = 0; BEGIN";

    /** For servers that have such a timeout, and may be configured with one. */
    private static final String START_SINCE_17 = "SET transaction_timeout = 0; " + START;

    /** Planning a query locks its tables and all their indexes until the transaction ends. */
    private static final String TAKE_LOCKS = "SELECT count(*) FROM pg_roles, pg_auth_members, pg_database WHERE false";

    /**
     * By default, the statistics of sessions are read once in a transaction. A session learns of changed roles when it
     * takes a lock that it does not have yet: that of {@code pg_class} has room in the session itself.
     */
    private static final String LOOK =
            "SAVEPOINT look; SELECT pg_stat_clear_snapshot(); SELECT count(*) FROM pg_class WHERE false";

    /** Releases the locks that the look took. */
    private static final String LOOKED = "ROLLBACK TO SAVEPOINT look; RELEASE SAVEPOINT look";

    private static final String OF_TENANTS =
            " (starts_with(r.rolname, :prefix) OR starts_with(r.rolname, :readers)) AND pg_has_role(r.oid, 'USAGE')";

    /** Locks that every session has room for by itself do not count. */
    private static final String END_HOARDERS = """
            SELECT pid, CAST(rolname AS text), pg_terminate_backend(pid, 5000)
            FROM (SELECT s.pid, r.rolname, l.locks, sum(l.locks) OVER own AS of_role, count(*) OVER own AS sessions
                  FROM pg_stat_get_activity(NULL) s
                  JOIN (SELECT pid, count(*) AS locks FROM pg_lock_status() WHERE NOT fastpath GROUP BY pid) l USING (pid)
                  JOIN pg_roles r ON r.oid = s.usesysid
                  WHERE %s
                  WINDOW own AS (PARTITION BY r.oid)) held
            WHERE of_role > CAST(current_setting('max_locks_per_transaction') AS bigint)
                            * CAST(current_setting('max_connections') AS bigint) / :part
              AND locks * sessions >= of_role
            """.formatted(OF_TENANTS);

    private static final String END_OTHERS =
            SqlResource.read(SessionWatch.class, "end-sessions.sql").formatted(OF_TENANTS);

    private final Connections connections;
    private final Duration idle;
    private @Nullable ServerSession session;
    private @Nullable Long refusedAt;
    private boolean closed;

    /**
     * Creates a watch, without I/O.
     *
     * @param connections opens the session; not from a pool, since it is kept
     */
    public SessionWatch(Connections connections, Duration idle) {
        this.connections = connections;
        this.idle = idle;
    }

    /** Opens the session, so that the first look can be at a server whose lock table is full. Never fails. */
    synchronized void start() {
        try {
            session();
        } catch (RuntimeException e) {
            LOG.debug("The watch over the sessions of a server could not start; its first look tries again", e);
        }
    }

    /**
     * Ends the sessions that are to be ended now, and returns them.
     *
     * @throws dev.allotment.SaasException {@code backend.unavailable}; at once if it was thrown shortly before
     */
    public synchronized List<EndedSession> run(Identity.Scheme scheme) {
        boolean fresh = session == null;
        try {
            return look(session(), scheme);
        } catch (RuntimeException e) {
            end();
            if (fresh) {
                throw ServerSession.failure(WHAT, e);
            }
            LOG.debug("The session that watches the others was lost; a new one is opened", e);
            return run(scheme);
        }
    }

    private List<EndedSession> look(ServerSession open, Identity.Scheme scheme) {
        open.execute(LOOK);
        List<EndedSession> all = new ArrayList<>(open.query(
                END_HOARDERS,
                query -> query.bind("prefix", scheme.rolePrefix())
                        .bind("readers", scheme.readerPrefix())
                        .bind("part", PART_OF_LOCKS)
                        .map((row, context) -> ended(row.getString(2), "it had too many locks", scheme))
                        .list()));
        all.addAll(open.query(
                END_OTHERS,
                query -> query.bind("prefix", scheme.rolePrefix())
                        .bind("readers", scheme.readerPrefix())
                        .bind("idle", idle.toMillis() + " milliseconds")
                        .bind("part_of_idle", PART_OF_IDLE)
                        .map((row, context) -> ended(row.getString(2), row.getString(3), scheme))
                        .list()));
        open.execute(LOOKED);
        return all;
    }

    private static EndedSession ended(String role, String why, Identity.Scheme scheme) {
        LOG.warn("Ended a session of a tenant with role {}: {}", role, why);
        return new EndedSession(scheme.uuid(role), why);
    }

    private ServerSession session() {
        ServerSession open = session;
        if (open == null) {
            open = open();
            session = open;
        }
        return open;
    }

    private ServerSession open() {
        Long refused = refusedAt;
        if (closed || (refused != null && System.nanoTime() - refused < AVOID.toNanos())) {
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE,
                    WHAT + " failed: the database server cannot be reached. Check it, and try again.",
                    null);
        }
        refusedAt = System.nanoTime();
        ServerSession opened = ServerSession.open(connections, WHAT);
        try {
            opened.execute(opened.version().isAtLeast(17) ? START_SINCE_17 : START);
            opened.execute(TAKE_LOCKS);
        } catch (RuntimeException e) {
            opened.close();
            throw e;
        }
        refusedAt = null;
        return opened;
    }

    private void end() {
        ServerSession open = session;
        session = null;
        if (open != null) {
            open.close();
        }
    }

    @Override
    public synchronized void close() {
        closed = true;
        end();
    }
}
