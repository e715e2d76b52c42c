// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.ServerSession;
import org.jspecify.annotations.Nullable;

/**
 * The mark of the catalog that changes the databases of a control plane on a server. It is the comment of a role, since
 * every other place is in a database, and roles are seen in all of them.
 */
public final class CatalogMark {
    private static final String READ = "SELECT shobj_description(oid, 'pg_authid') FROM pg_roles WHERE rolname = :role";

    private static final String EXISTS = "SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :role)";

    private static final String QUOTED = "SELECT quote_literal(:mark)";

    private CatalogMark() {}

    /** Returns the mark; null if there is none. */
    public static @Nullable String read(ServerSession session, String role) {
        return session.query(
                READ,
                query -> query.bind("role", role).mapTo(String.class).findOne().orElse(null));
    }

    /** Writes the mark. If another process creates the role at the same time, one of the two fails. */
    public static void write(ServerSession session, String role, String mark) {
        boolean exists = session.query(
                EXISTS, query -> query.bind("role", role).mapTo(Boolean.class).one());
        String comment = session.query(
                QUOTED, query -> query.bind("mark", mark).mapTo(String.class).one());
        String statement = "COMMENT ON ROLE " + Schema.quoted(role) + " IS " + comment;
        if (exists) {
            session.execute(statement);
        } else {
            session.atomically("CREATE ROLE " + Schema.quoted(role) + " NOLOGIN", statement);
        }
    }
}
