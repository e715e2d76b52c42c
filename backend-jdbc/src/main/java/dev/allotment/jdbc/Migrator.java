// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Migrates a schema to the version of this build. Runs the scripts that the table {@code schema_version} does not
 * contain yet, all in one transaction. Thread-safe.
 */
public final class Migrator {
    private static final String TABLE = "schema_version";

    private record Applied(int version, String name, String checksum) {}

    private final SqlDialect dialect;
    private final Schema schema;

    /** A migrator to a schema. */
    public Migrator(SqlDialect dialect, Schema schema) {
        this.dialect = dialect;
        this.schema = schema;
    }

    /**
     * Migrates in a separate transaction. Any number of processes may do so at the same time.
     *
     * @throws SaasException {@code backend.schema} if the stored schema is newer than this build, or was created by
     *     other migrations than those of this build; {@code backend.unavailable}, {@code backend.failed}
     */
    public void migrate(Connections connections) {
        Connection connection;
        try {
            connection = connections.acquire();
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Connecting", e);
        }
        boolean reusable = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(false);
            migrate(connection);
            connection.commit();
            connection.setAutoCommit(autoCommit);
            reusable = true;
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Migrating the " + schema.title(), e);
        } finally {
            // If the migration failed, closing the connection rolls it back.
            connections.release(connection, reusable);
        }
    }

    /**
     * Migrates in the current transaction of a connection. The caller commits.
     *
     * @throws SaasException as {@link #migrate(Connections)}
     */
    public void migrate(Connection connection) throws SQLException {
        if (exists(connection) && isCurrent(connection)) {
            return;
        }
        if (!exists(connection)) {
            dialect.lockSchema(connection, Schema.NAME);
            if (!exists(connection)) {
                createVersions(connection);
            }
        }
        dialect.lockVersions(connection, Schema.qualified(TABLE));
        List<Applied> applied = applied(connection);
        check(applied);
        for (Migration migration :
                schema.migrations().subList(applied.size(), schema.migrations().size())) {
            apply(connection, migration);
        }
    }

    /**
     * Creates the schema in a database that does not have it yet and that no other process uses. The caller commits.
     *
     * @throws SaasException as {@link #migrate(Connections)}
     */
    public void create(Connection connection) throws SQLException {
        createVersions(connection);
        for (Migration migration : schema.migrations()) {
            apply(connection, migration);
        }
    }

    private void createVersions(Connection connection) throws SQLException {
        execute(connection, "CREATE SCHEMA IF NOT EXISTS " + Schema.quoted(Schema.NAME));
        execute(
                connection,
                "CREATE TABLE " + Schema.qualified(TABLE)
                        + " (\"version\" integer PRIMARY KEY, \"name\" varchar(100) NOT NULL,"
                        + " \"checksum\" varchar(64) NOT NULL,"
                        + " \"applied_at\" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL)");
    }

    /** Whether the database has this schema, in any version. */
    public boolean exists(Connection connection) throws SQLException {
        try (PreparedStatement query = connection.prepareStatement(
                "SELECT count(*) FROM information_schema.tables" + " WHERE table_schema = ? AND table_name = ?")) {
            query.setString(1, Schema.NAME);
            query.setString(2, TABLE);
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1) > 0;
            }
        }
    }

    /**
     * Whether the schema has the version of this build. One query, for a database that {@link #exists has} the schema.
     *
     * @throws SaasException {@code backend.schema}
     */
    public boolean isCurrent(Connection connection) throws SQLException {
        List<Applied> applied = applied(connection);
        check(applied);
        return applied.size() == schema.migrations().size();
    }

    /** Whether these are the checksums of all migrations, in their order. Does no I/O. */
    public boolean isCurrent(List<String> checksums) {
        return checksums.equals(
                schema.migrations().stream().map(Migration::checksum).toList());
    }

    private void apply(Connection connection, Migration migration) throws SQLException {
        try {
            execute(connection, migration.script());
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(
                    dialect,
                    "Migration " + migration.version() + " (" + migration.name() + ") of the " + schema.title(),
                    e);
        }
        try (PreparedStatement insert = connection.prepareStatement(
                "INSERT INTO " + Schema.qualified(TABLE) + " (\"version\", \"name\", \"checksum\") VALUES (?, ?, ?)")) {
            insert.setInt(1, migration.version());
            insert.setString(2, migration.name());
            insert.setString(3, migration.checksum());
            insert.executeUpdate();
        }
    }

    private static List<Applied> applied(Connection connection) throws SQLException {
        List<Applied> applied = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet row = query.executeQuery("SELECT \"version\", \"name\", \"checksum\" FROM "
                        + Schema.qualified(TABLE) + " ORDER BY \"version\"")) {
            while (row.next()) {
                applied.add(new Applied(row.getInt(1), row.getString(2), row.getString(3)));
            }
        }
        return applied;
    }

    private void check(List<Applied> applied) {
        List<Migration> known = schema.migrations();
        if (applied.size() > known.size()) {
            Applied last = applied.get(applied.size() - 1);
            throw broken("has version " + last.version() + " (" + last.name()
                    + "), but this build knows versions up to "
                    + known.get(known.size() - 1).version()
                    + ". Run a newer build, or restore a backup from before the migration.");
        }
        for (int i = 0; i < applied.size(); i++) {
            Applied stored = applied.get(i);
            Migration expected = known.get(i);
            if (stored.version() != expected.version() || !stored.checksum().equals(expected.checksum())) {
                throw broken(
                        "was created by another migration " + stored.version() + " (" + stored.name() + ", checksum "
                                + abbreviated(stored.checksum()) + ") than the one of this build (" + expected.name()
                                + ", checksum " + abbreviated(expected.checksum())
                                + "). Run the build that created it, or a newer official one.");
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

    private void execute(Connection connection, String script) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            dialect.execute(statement, script);
        }
    }
}
