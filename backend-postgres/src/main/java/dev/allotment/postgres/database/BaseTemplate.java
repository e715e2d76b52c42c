// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.database;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Migrator;
import dev.allotment.jdbc.Schema;
import dev.allotment.postgres.server.PostgresDialect;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.postgres.server.ServerSession;
import dev.allotment.postgres.server.SqlStates;
import java.nio.charset.StandardCharsets;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.UUID;

/**
 * The database that new client databases are clones of: base schema, no records. There is one on a server for each version
 * of the schema and each administrator; it is made when it is first needed. Thread-safe.
 */
public final class BaseTemplate {
    /** Changes with what {@link #build} makes of the same scripts. */
    private static final String FORMAT = "1";

    private static final String IS_READY = """
            SELECT count(*) FROM pg_database
            WHERE datname = :name AND datistemplate AND NOT datallowconn AND datdba = CAST(current_user AS regrole)
            """;

    private final ServerAccess access;
    private final Migrator migrator;
    private final String name;
    private volatile boolean ready;

    /**
     * The base template of an administrator.
     *
     * @param user the administrator, who owns what is in it
     */
    public BaseTemplate(ServerAccess access, Schema schema, String user) {
        this.access = access;
        this.migrator = new Migrator(PostgresDialect.INSTANCE, schema);
        StringBuilder origin = new StringBuilder(FORMAT).append('\n').append(user);
        for (Migration migration : schema.migrations()) {
            origin.append('\n').append(migration.checksum());
        }
        UUID hash = UUID.nameUUIDFromBytes(origin.toString().getBytes(StandardCharsets.UTF_8));
        this.name = "allotment_base_" + hash.toString().replace("-", "").substring(0, 16);
    }

    String name() {
        return name;
    }

    /** Makes it, unless it is there; of several nodes one does, and the others wait. */
    void ensure(ServerSession session, Identity.Scheme scheme) {
        if (ready) {
            return;
        }
        if (!isReady(session)) {
            session.lock(lockKey());
            if (!isReady(session)) {
                build(session, name + "_" + scheme.rolePrefix().substring("allotment_".length()) + "new");
            }
        }
        ready = true;
    }

    /** Has it looked for again: it was not there. */
    void forget() {
        ready = false;
    }

    private boolean isReady(ServerSession session) {
        return session.query(
                        IS_READY,
                        query -> query.bind("name", name).mapTo(Long.class).one())
                > 0;
    }

    private long lockKey() {
        return UUID.nameUUIDFromBytes(name.getBytes(StandardCharsets.UTF_8)).getMostSignificantBits();
    }

    /**
     * Builds under a name that only this control plane uses, and only under the lock: what is there of it is what a killed
     * process left. Another control plane on the same server may get the final name first; then its work is as good.
     */
    private void build(ServerSession session, String draft) {
        DatabaseRemoval.drop(session, draft);
        // The same on every machine and version of its libraries, by code point, and lower and upper case of all
        // letters.
        session.execute("CREATE DATABASE " + Schema.quoted(draft) + " TEMPLATE template0 ENCODING 'UTF8'"
                + " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'");
        session.execute(DatabaseSql.lockOut(draft));
        fill(draft);
        long oid = session.query(
                "SELECT oid FROM pg_database WHERE datname = :name",
                query -> query.bind("name", draft).mapTo(Long.class).one());
        ActiveSessions.end(session, oid, ActiveSessions.Which.ALL);
        try {
            session.atomically(
                    DatabaseSql.isTemplate(draft, true),
                    DatabaseSql.allowConnections(draft, false),
                    DatabaseSql.rename(draft, name));
        } catch (RuntimeException e) {
            if (!SqlStates.isNameTaken(e)) {
                throw e;
            }
            session.recover();
            DatabaseRemoval.drop(session, draft);
            if (!isReady(session)) {
                throw SaasException.internal(
                        ErrorCodes.BACKEND_FAILED,
                        "The name " + name
                                + " of the base template is taken by a database that is none. Rename that one.",
                        e);
            }
        }
    }

    private void fill(String draft) {
        try (Connection connection = access.connect(draft)) {
            connection.setAutoCommit(false);
            migrator.migrate(connection);
            connection.commit();
            connection.setAutoCommit(true);
            // Rows that are frozen here never have to be frozen in the thousands of clones.
            try (Statement statement = connection.createStatement()) {
                statement.execute("VACUUM (FREEZE, ANALYZE)");
            }
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Making the base template", e);
        }
    }
}
