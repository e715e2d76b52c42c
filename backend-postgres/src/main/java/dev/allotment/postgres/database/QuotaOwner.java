// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;

/**
 * The role that owns tables with record quotas in all tenant databases of a server. PostgreSQL runs some code of an
 * application with the rights of the owner of a table, so this role has none: it has no sign-in, is a member of no
 * role, and may connect to no database. Only the control plane is a member of it. It is created when it is first
 * needed. Thread-safe.
 */
public final class QuotaOwner {
    private static final String WHAT = "Creating the owner of tables with record quotas";

    private final Connections server;
    private final Installation installation;
    private volatile boolean ready;

    public QuotaOwner(Connections server, Installation installation) {
        this.server = server;
        this.installation = installation;
    }

    /**
     * Returns the name of the role, after it was created. Does I/O the first time.
     *
     * @throws dev.allotment.SaasException {@code backend.unavailable}, {@code backend.failed}
     */
    public String ensure() {
        String role = installation.scheme().quotaOwner();
        if (!ready) {
            try (ServerSession session = ServerSession.open(server, WHAT)) {
                if (!exists(session, role)) {
                    create(session, role);
                }
                ready = true;
            } catch (RuntimeException e) {
                throw ServerSession.failure(WHAT, e);
            }
        }
        return role;
    }

    private static void create(ServerSession session, String role) {
        try {
            session.atomically(
                    // The role that creates another one may manage it. With this setting, it may also act as that role.
                    "SET LOCAL createrole_self_grant = 'set, inherit'",
                    "CREATE ROLE " + Schema.quoted(role) + " NOLOGIN NOINHERIT");
        } catch (RuntimeException e) {
            if (!SqlStates.DUPLICATE_ROLE.matches(e) && !SqlStates.DUPLICATE_ENTRY.matches(e)) {
                throw e;
            }
            // Another node was first.
            session.recover();
        }
    }

    private static boolean exists(ServerSession session, String role) {
        return session.query(
                "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)",
                query -> query.bind("role", role).mapTo(Boolean.class).one());
    }
}
