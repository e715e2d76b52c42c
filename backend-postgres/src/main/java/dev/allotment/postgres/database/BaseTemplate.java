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
 * The database that new tenant databases are cloned from. It has the base schema and no records. A server has one for
 * each version of the schema and each administrator. It is created when it is first needed. Thread-safe.
 */
public final class BaseTemplate {
    /** To be changed if {@link #build} creates another database from the same scripts. */
    private static final String FORMAT = "1";

    private static final String IS_READY = """
            SELECT count(*) FROM pg_database
            WHERE datname = :name AND datistemplate AND NOT datallowconn AND pg_get_userbyid(datdba) = current_user
            """;

    private final ServerAccess access;
    private final Migrator migrator;
    private final String name;
    private volatile boolean ready;

    /**
     * Creates the base template of an administrator, without I/O.
     *
     * @param user the administrator, who owns its objects
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

    /** Creates the template, unless it exists. If several nodes call this, one creates it and the others wait. */
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

    /** Makes the next {@link #ensure} look for the template again, because it was missing. */
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
     * Builds the template under a name that only this control plane uses, and only with the lock. So a database with
     * this name is what a killed process left. Another control plane on the same server may be first to take the final
     * name. Its template is the same.
     */
    private void build(ServerSession session, String draft) {
        DatabaseDropper.drop(session, draft);
        // Sorts by code point, and knows upper and lower case of all letters, on every machine and with all versions of
        // its libraries.
        session.executeLong(
                "CREATE DATABASE " + Schema.quoted(draft) + " TEMPLATE template0 ENCODING 'UTF8'"
                        + " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C' ALLOW_CONNECTIONS false");
        session.atomically(DatabaseSql.lockOut(draft), DatabaseSql.allowConnections(draft, true));
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
            DatabaseDropper.drop(session, draft);
            if (!isReady(session)) {
                throw SaasException.internal(
                        ErrorCodes.BACKEND_FAILED,
                        "Creating the base template failed: another database has its name " + name
                                + ". Rename that database.",
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
            CopiedSequences.repair(connection);
            // Rows that are frozen here never have to be frozen in the thousands of clones.
            try (Statement statement = connection.createStatement()) {
                statement.execute("VACUUM (FREEZE, ANALYZE)");
            }
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Creating the base template", e);
        }
    }
}
