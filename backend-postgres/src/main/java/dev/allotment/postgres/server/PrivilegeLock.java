// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.jdbc.Schema;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Keeps the logins of client databases out of the other databases of a server, which let everybody in by default. */
public final class PrivilegeLock {
    private static final Logger LOG = LoggerFactory.getLogger(PrivilegeLock.class);

    private static final String LET_EVERYBODY_IN = """
            SELECT d.datname FROM pg_database d
            WHERE d.datallowconn AND EXISTS (
                SELECT FROM aclexplode(COALESCE(d.datacl, acldefault('d', d.datdba))) a
                WHERE a.grantee = 0 AND a.privilege_type = 'CONNECT')
            """;

    private static final String CLOSABLE = LET_EVERYBODY_IN
            + "AND d.datname IN (current_database(), 'postgres', 'template1') AND pg_has_role(d.datdba, 'USAGE')";

    private static final int ATTEMPTS = 10;
    private static final long LOCK_KEY = 0x616c_6c6f_7466_656eL;

    private PrivilegeLock() {}

    /** Closes the catalog's own database and those that every server has, as far as this administrator may; the rest is told. */
    static void close(ServerSession session) {
        session.lock(LOCK_KEY);
        for (int attempt = 1; !isClosed(session, attempt); attempt++) {
            LOG.debug("Another control plane changes the rights on the same databases");
        }
        List<String> open = names(session, LET_EVERYBODY_IN + "ORDER BY d.datname");
        if (!open.isEmpty()) {
            LOG.warn(
                    "The server lets every role into these databases, those of tenants too: {}. If that is not intended,"
                            + " let their owner revoke CONNECT from PUBLIC.",
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
            // The lock is one within a database only.
            if (attempt < ATTEMPTS && SqlStates.CHANGED_MEANWHILE.matches(e)) {
                return false;
            }
            throw e;
        }
    }

    private static List<String> names(ServerSession session, String sql) {
        return session.query(sql, query -> query.mapTo(String.class).list());
    }
}
