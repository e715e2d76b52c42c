// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.spi.backend.DatabaseRef;
import java.sql.SQLException;
import java.util.List;
import java.util.UUID;

/**
 * The roles that other servers sign in as to follow a database during a live move. A subscription stores the password,
 * and the other server may log the statement that creates it. So it is not the password of the control plane's role.
 * Thread-safe.
 */
public final class MoverRoles {
    /** Longer than any move. */
    private static final int VALID_DAYS = 7;

    /** Roles whose database is not replicated, except for those of moves that are about to start. */
    private static final String LEFT = """
            SELECT r.rolname FROM pg_roles r
            WHERE starts_with(r.rolname, :prefix) AND r.rolvaliduntil < now() + CAST(:days AS interval) - INTERVAL '1 hour'
              AND (r.rolvaliduntil < now() OR NOT EXISTS (
                SELECT FROM pg_auth_members m JOIN pg_database d ON d.datdba = m.roleid
                JOIN pg_replication_slots s ON s.database = d.datname
                WHERE m.member = r.oid))
            """;

    private final ServerAccess access;
    private final Installation installation;
    private final OneOffRoles roles;

    MoverRoles(ServerAccess access, Installation installation, OneOffRoles roles) {
        this.access = access;
        this.installation = installation;
        this.roles = roles;
    }

    /** Creates a role, and returns how another server connects to a database with it, in the words of libpq. */
    public String address(ServerSession session, DatabaseRef database) throws SQLException {
        Identity.Scheme scheme = installation.scheme();
        DatabaseStatus there = DatabaseStatus.of(session, database.name(), scheme.of(database.uuid()))
                .requireFinished();
        String role = scheme.moverPrefix() + UUID.randomUUID().toString().replace("-", "");
        String password = roles.create(
                session,
                there,
                role,
                "LOGIN REPLICATION",
                VALID_DAYS + " days",
                List.of(DatabaseSql.grantRights(there.identity(), role)));
        return access.address(database.name(), role, password);
    }

    /** Drops the roles that no server needs any more. */
    public void tidy(ServerSession session) {
        String prefix = installation.scheme().moverPrefix();
        List<String> left = session.query(
                LEFT,
                query -> query.bind("prefix", prefix)
                        .bind("days", VALID_DAYS + " days")
                        .mapTo(String.class)
                        .list());
        for (String role : left) {
            roles.drop(session, role);
        }
    }
}
