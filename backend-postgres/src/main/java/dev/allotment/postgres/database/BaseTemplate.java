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
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/**
 * The database that new tenant databases are cloned from. It has the base schema and no records. A server has one for
 * each version of the schema and each administrator. It is created when it is first needed. Thread-safe.
 */
public final class BaseTemplate {
    /**
     * Sorts by code point, and knows upper and lower case of all letters, on every machine and with all versions of its
     * libraries.
     */
    private static final String LOCALE =
            " LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8' LC_COLLATE 'C' LC_CTYPE 'C'";

    /** Sorts the same. Upper and lower case are those of the machine's C library. */
    private static final String LOCALE_OF_16 = " LOCALE_PROVIDER libc LC_COLLATE 'C' LC_CTYPE 'C.UTF-8'";

    /** To be changed if {@link #build} creates another database from the same scripts. */
    private static final String FORMAT = "1";

    private static final String IS_READY = """
            SELECT count(*) FROM pg_database
            WHERE datname = :name AND datistemplate AND NOT datallowconn AND pg_get_userbyid(datdba) = current_user
            """;

    private static final String PREFIX = "allotment_base_";

    /** The end of the name of a template that is being dropped. */
    private static final String UNUSED = "_unused";

    /** A template is dropped if no node used it for this number of days. Each node notes its use once a day. */
    private static final int KEPT_DAYS = 30;

    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(1);

    private static final String ALL = """
            SELECT d.datname, shobj_description(d.oid, 'pg_database'), CAST(current_date AS text),
                   CAST(current_date - :days AS text)
            FROM pg_database d
            WHERE d.datname ~ '^allotment_base_[0-9a-f]{16}(_unused)?$' AND pg_get_userbyid(d.datdba) = current_user
            """;

    private static final String NOTE = "Last used on ";

    /**
     * A template.
     *
     * @param note says when it was last used; null if it has none yet
     * @param today of the server
     * @param oldest the first day on which a use still keeps a template
     */
    private record Found(String name, @Nullable String note, String today, String oldest) {
        boolean isUnused() {
            return note != null && note.startsWith(NOTE) && note.compareTo(NOTE + oldest) < 0;
        }
    }

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
        this.name = PREFIX + hash.toString().replace("-", "").substring(0, 16);
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

    /**
     * Notes that the template of this version is in use, and drops those of other versions that no node has used for
     * a long time. A node that needs one again creates it again.
     */
    void tidy(ServerSession session) {
        List<Found> all = session.query(
                ALL,
                query -> query.bind("days", KEPT_DAYS)
                        .map((row, context) ->
                                new Found(row.getString(1), row.getString(2), row.getString(3), row.getString(4)))
                        .list());
        for (Found each : all) {
            try {
                tidy(session, each);
            } catch (RuntimeException e) {
                // A node is copying it, or another one was faster.
                if (!SqlStates.isObstructed(e) && !SqlStates.UNKNOWN_DATABASE.matches(e) && !SqlStates.isNameTaken(e)) {
                    throw e;
                }
                session.recover();
            }
        }
    }

    private void tidy(ServerSession session, Found found) {
        if (found.name().endsWith(UNUSED)) {
            DatabaseDropper.drop(session, found.name());
        } else if (!found.name().equals(name) && found.isUnused()) {
            String unused = found.name() + UNUSED;
            session.atomically(
                    LOCK_TIMEOUT,
                    List.of(DatabaseSql.isTemplate(found.name(), false), DatabaseSql.rename(found.name(), unused)));
            DatabaseDropper.drop(session, unused);
        } else if (found.note() == null
                || (found.name().equals(name) && !found.note().equals(NOTE + found.today()))) {
            session.execute(
                    "COMMENT ON DATABASE " + Schema.quoted(found.name()) + " IS '" + NOTE + found.today() + "'");
        }
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
        session.executeLong("CREATE DATABASE " + Schema.quoted(draft) + " TEMPLATE template0 ENCODING 'UTF8'"
                + (session.version().isAtLeast(17) ? LOCALE : LOCALE_OF_16) + " ALLOW_CONNECTIONS false");
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

    /** Creates the base schema in a database that nothing was created in. */
    void createSchema(String database) throws SQLException {
        try (Connection connection = access.connectUnguarded(database)) {
            connection.setAutoCommit(false);
            migrator.migrate(connection);
            connection.commit();
        }
    }

    private void fill(String draft) {
        try {
            createSchema(draft);
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, "Creating the base template", e);
        }
        try (Connection connection = access.connectUnguarded(draft)) {
            // VACUUM runs outside transactions, and the embedder's connections may start one by themselves.
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
