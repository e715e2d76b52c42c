// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.jdbc.Schema;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the logins of tenants out of the other databases of a server, which let every role connect by default. */
public final class PrivilegeLock {
    private static final Logger LOG = LoggerFactory.getLogger(PrivilegeLock.class);

    private static final String OPEN_TO_ALL = """
            SELECT d.datname FROM pg_database d
            WHERE d.datallowconn AND EXISTS (
                SELECT FROM aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a
                WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT')
            """;

    private static final String CLOSABLE = OPEN_TO_ALL
            + "AND d.datname IN (current_database(), 'postgres', 'template1') AND pg_has_role(d.datdba, 'USAGE')";

    private static final int ATTEMPTS = 10;
    private static final long LOCK_KEY = 0x616c_6c6f_7466_656eL;

    private PrivilegeLock() {}

    /**
     * Revokes the right to connect from PUBLIC for the database of this session and the default databases of the
     * server, if this administrator may do that. Logs the names of the databases that stay open.
     *
     * @param server its hosts, for the log
     */
    static void close(ServerSession session, String server) {
        session.lock(LOCK_KEY);
        int attempt = 1;
        while (!isClosed(session, attempt)) {
            attempt++;
        }
        List<String> open = names(session, OPEN_TO_ALL + "ORDER BY d.datname");
        if (!open.isEmpty()) {
            LOG.warn(
                    "Every role may connect to these databases of the server {}, including the roles of tenants: {}."
                            + " Revoke CONNECT from PUBLIC as their owner, unless this is intended.",
                    server,
                    open);
        }
    }

    private static boolean isClosed(ServerSession session, int attempt) {
        try {
            for (String name : names(session, CLOSABLE)) {
                session.execute("REVOKE CONNECT ON DATABASE " + Schema.quoted(name) + " FROM PUBLIC");
            }
            return true;
        } catch (RuntimeException e) {
            // An advisory lock only counts within one database, and another control plane has another database.
            if (attempt < ATTEMPTS && SqlStates.CONCURRENT_CHANGE.matches(e)) {
                LOG.debug("Another control plane is changing the privileges of the same databases. Trying again", e);
                return false;
            }
            throw e;
        }
    }

    private static List<String> names(ServerSession session, String sql) {
        return session.query(sql, query -> query.mapTo(String.class).list());
    }
}
