// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/**
 * Brings a schema up to date: runs the scripts that its table {@code schema_version} does not name yet, all in one
 * transaction. Thread-safe.
 */
public final class Migrator {
    private static final String TABLE = "schema_version";

    private record Applied(int version, String name, String checksum) {}

    private final Dialect dialect;
    private final Schema schema;

    public Migrator(Dialect dialect, Schema schema) {
        this.dialect = dialect;
        this.schema = schema;
    }

    /**
     * Migrates in a transaction of its own. Any number of processes may do so at once.
     *
     * @throws SaasException {@code backend.schema} where the stored schema is newer than this build, or not what its own
     *     migrations made; {@code backend.unavailable}, {@code backend.failed}
     */
    public void migrate(Connections connections) {
        Handle handle;
        try {
            handle = connections.take();
        } catch (RuntimeException e) {
            throw Failures.translate(dialect, "Connecting", e);
        }
        boolean reusable = false;
        try {
            Connection connection = handle.getConnection();
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            migrate(handle);
            connection.commit();
            connection.setAutoCommit(autoCommit);
            reusable = true;
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Migrating the " + schema.title(), e);
        } finally {
            // A connection that is closed in the middle of a transaction rolls it back.
            connections.giveBack(handle, reusable);
        }
    }

    /**
     * Migrates in the transaction that the connection is in, and leaves the commit to the caller.
     *
     * @throws SaasException as {@link #migrate(Connections)}
     */
    public void migrate(Handle handle) {
        if (isThere(handle) && isCurrent(handle)) {
            return;
        }
        if (!isThere(handle)) {
            dialect.lockSchema(handle, Schema.NAME);
            if (!isThere(handle)) {
                createVersions(handle);
            }
        }
        dialect.lockVersions(handle, Schema.qualified(TABLE));
        List<Applied> applied = applied(handle);
        check(applied);
        for (Migration migration :
                schema.migrations().subList(applied.size(), schema.migrations().size())) {
            apply(handle, migration);
        }
    }

    /**
     * Makes the schema in a database that is known to have nothing of it, and that nobody else has; the commit is left to the
     * caller.
     *
     * @throws SaasException as {@link #migrate(Connections)}
     */
    public void create(Handle handle) {
        createVersions(handle);
        for (Migration migration : schema.migrations()) {
            apply(handle, migration);
        }
    }

    private void createVersions(Handle handle) {
        execute(handle, "CREATE SCHEMA IF NOT EXISTS " + Schema.quoted(Schema.NAME));
        execute(
                handle,
                "CREATE TABLE " + Schema.qualified(TABLE)
                        + " (\"version\" integer PRIMARY KEY, \"name\" varchar(100) NOT NULL,"
                        + " \"checksum\" varchar(64) NOT NULL,"
                        + " \"applied_at\" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL)");
    }

    /** Whether this schema was migrated at some time. */
    public boolean isThere(Handle handle) {
        try (var query = handle.createQuery("SELECT count(*) FROM information_schema.tables"
                + " WHERE table_schema = :schema AND table_name = :table")) {
            return query.bind("schema", Schema.NAME)
                            .bind("table", TABLE)
                            .map((row, context) -> row.getInt(1))
                            .one()
                    > 0;
        }
    }

    /**
     * Whether nothing is left to be done; one query, for a database that is known to have been migrated at some time.
     *
     * @throws SaasException {@code backend.schema}
     */
    public boolean isCurrent(Handle handle) {
        List<Applied> applied = applied(handle);
        check(applied);
        return applied.size() == schema.migrations().size();
    }

    /** Whether these are the checksums of all migrations, in their order; nothing is asked. */
    public boolean isCurrent(List<String> checksums) {
        return checksums.equals(
                schema.migrations().stream().map(Migration::checksum).toList());
    }

    private void apply(Handle handle, Migration migration) {
        try {
            execute(handle, migration.script());
        } catch (RuntimeException e) {
            throw Failures.translate(
                    dialect,
                    "Migration " + migration.version() + " (" + migration.name() + ") of the " + schema.title(),
                    e);
        }
        try (var insert = handle.createUpdate("INSERT INTO " + Schema.qualified(TABLE)
                + " (\"version\", \"name\", \"checksum\") VALUES (:version, :name, :checksum)")) {
            insert.bind("version", migration.version())
                    .bind("name", migration.name())
                    .bind("checksum", migration.checksum())
                    .execute();
        }
    }

    private static List<Applied> applied(Handle handle) {
        try (var query = handle.createQuery("SELECT \"version\", \"name\", \"checksum\" FROM " + Schema.qualified(TABLE)
                + " ORDER BY \"version\"")) {
            return query.map((row, context) -> new Applied(row.getInt(1), row.getString(2), row.getString(3)))
                    .list();
        }
    }

    private void check(List<Applied> applied) {
        List<Migration> known = schema.migrations();
        if (applied.size() > known.size()) {
            Applied last = applied.get(applied.size() - 1);
            throw broken("has version " + last.version() + " (" + last.name()
                    + "), and this build knows versions up to "
                    + known.get(known.size() - 1).version()
                    + ". Run a newer build, or go back to a backup from before it was migrated.");
        }
        for (int i = 0; i < applied.size(); i++) {
            Applied stored = applied.get(i);
            Migration expected = known.get(i);
            if (stored.version() != expected.version() || !stored.checksum().equals(expected.checksum())) {
                throw broken("was made by another migration " + stored.version() + " (" + stored.name() + ", checksum "
                        + abbreviated(stored.checksum()) + ") than the one of this build (" + expected.name()
                        + ", checksum " + abbreviated(expected.checksum())
                        + "). Run the build that it was made with, or an official newer one.");
            }
        }
    }

    private static String abbreviated(String checksum) {
        return checksum.length() > 8 ? checksum.substring(0, 8) : checksum;
    }

    private SaasException broken(String what) {
        return new SaasException(
                ErrorCategory.INTERNAL,
                ErrorCodes.BACKEND_SCHEMA,
                "The schema of the " + schema.title() + " " + what,
                Map.of("schema", schema.title()),
                false,
                null);
    }

    /** Past Jdbi, which would take a colon in a script for a parameter. */
    private void execute(Handle handle, String script) {
        try (Statement statement = handle.getConnection().createStatement()) {
            dialect.execute(statement, script);
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }
}
