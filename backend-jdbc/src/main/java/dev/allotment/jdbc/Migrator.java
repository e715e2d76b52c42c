// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Migrates a schema to the version of this build: runs the scripts that the table {@code schema_version} does not
 * contain yet. A schema that a newer build has migrated is left unchanged, and accepted if its migrations say that this
 * build can use it. Thread-safe.
 */
public final class Migrator {
    private static final Logger LOG = System.getLogger("dev.allotment.schema");
    private static final String TABLE = "schema_version";
    private static final String READABLE_FROM = "readable_from";

    /** Others wait behind a statement that waits for a lock, so it may not wait for longer. */
    private static final Duration LOCK_TIMEOUT = Duration.ofSeconds(2);

    private static final Duration STATEMENT_TIMEOUT = Duration.ofMinutes(10);

    /** What waited behind a statement has this time to finish before the next attempt. */
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private static final Duration DEADLINE = Duration.ofMinutes(5);

    /** Says which builds use a schema. */
    @FunctionalInterface
    public interface Readers {
        /** No build but this one. */
        Readers NONE = connection -> Integer.MAX_VALUE;

        /**
         * The oldest version of the schema that the builds of the other live nodes know. Until the transaction of the
         * connection ends, no node of an older build starts.
         */
        int oldestVersion(Connection connection) throws SQLException;
    }

    /** A row of the table. */
    private record Applied(int version, String name, int readableFrom) {}

    /** The rows of the table, which are migrations that this build knows, and newer ones. */
    private record History(List<Applied> applied) {
        int readableFrom() {
            return applied.stream().mapToInt(Applied::readableFrom).max().orElse(0);
        }
    }

    private final SqlDialect dialect;
    private final Schema schema;
    private final Readers readers;

    /** A migrator of a schema that no other build uses. */
    public Migrator(SqlDialect dialect, Schema schema) {
        this(dialect, schema, Readers.NONE);
    }

    /** A migrator of a schema that other builds use, too. It leaves out what these could not read. */
    public Migrator(SqlDialect dialect, Schema schema, Readers readers) {
        this.dialect = dialect;
        this.schema = schema;
        this.readers = readers;
    }

    /**
     * Migrates in separate transactions, and logs what it did. Any number of processes may do so at the same time,
     * while others work. A statement that waits for another transaction is ended after two seconds and tried again, so
     * that others wait no longer behind it. Takes as long as the scripts take.
     *
     * @throws SaasException {@code backend.schema} if a newer build has migrated the schema so that this one cannot use
     *     it, or if it was created by other migrations than those of this build, such as those of a development build
     *     from before the first release; {@code backend.unavailable} if another
     *     transaction was in the way for five minutes; {@code backend.failed}
     */
    public void migrate(Connections connections) {
        if (on(connections, true, this::isUpToDate)) {
            return;
        }
        List<Migration> done = new ArrayList<>();
        long deadline = System.nanoTime() + DEADLINE.toNanos();
        boolean waited = false;
        while (true) {
            try {
                Optional<Migration> next = on(connections, false, connection -> migrateInTransaction(connection, done));
                if (next.isEmpty()) {
                    break;
                }
                Migration concurrent = next.get();
                if (on(connections, false, connection -> runConcurrent(connection, concurrent))) {
                    done.add(concurrent);
                } else {
                    pause();
                }
            } catch (SaasException e) {
                SqlDialect.Failure kind = Failures.kind(dialect, e);
                if ((kind != SqlDialect.Failure.BUSY && kind != SqlDialect.Failure.RETRY)
                        || System.nanoTime() > deadline) {
                    throw e;
                }
                if (!waited) {
                    waited = true;
                    LOG.log(
                            Level.WARNING,
                            "Migrating the schema of the " + schema.title()
                                    + " waits for another transaction, and is tried again every few seconds");
                }
                pause();
            }
        }
        if (!done.isEmpty()) {
            LOG.log(Level.INFO, () -> "Migrated the schema of the " + schema.title() + ": " + names(done));
        }
    }

    /** The versions and names of migrations, for a log. */
    public static String names(List<Migration> migrations) {
        return migrations.stream()
                .map(each -> each.version() + " (" + each.name() + ")")
                .collect(Collectors.joining(", "));
    }

    private static void pause() {
        try {
            Thread.sleep(PAUSE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE, "Migrating a schema was interrupted. Try again.", e);
        }
    }

    private boolean isUpToDate(Connection connection) throws SQLException {
        connection.setAutoCommit(true);
        return exists(connection) && pending(history(connection)).isEmpty();
    }

    /** Timeouts and locks of a migration stay with its session, so other work must not get that one. */
    private <T> T on(Connections connections, boolean reuse, SqlWork<T> work) {
        Connection connection;
        try {
            connection = connections.acquire();
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Connecting", e);
        }
        boolean reusable = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            T result = work.on(connection);
            connection.setAutoCommit(autoCommit);
            reusable = reuse;
            return result;
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Migrating the " + schema.title(), e);
        } finally {
            // If the migration failed, closing the connection rolls it back.
            connections.release(connection, reusable);
        }
    }

    /** Runs everything up to the next migration that must not run in a transaction, and returns that one. */
    private Optional<Migration> migrateInTransaction(Connection connection, List<Migration> done) throws SQLException {
        connection.setAutoCommit(false);
        dialect.bound(connection, LOCK_TIMEOUT, STATEMENT_TIMEOUT);
        List<Migration> pending = prepare(connection);
        List<Migration> now = isNew(pending)
                ? pending
                : pending.stream().takeWhile(each -> !each.concurrent()).toList();
        apply(connection, now);
        connection.commit();
        done.addAll(now);
        return pending.stream().skip(now.size()).findFirst();
    }

    /**
     * Runs a migration whose statements commit one by one. If a process dies before the end, the next one runs all of
     * them again.
     *
     * @return false if another process is running it, or has run it
     */
    private boolean runConcurrent(Connection connection, Migration migration) throws SQLException {
        connection.setAutoCommit(true);
        if (!dialect.startConcurrent(connection, Schema.NAME)
                || history(connection).applied().size() >= migration.version()) {
            return false;
        }
        for (String statement : migration.script().split(";\n")) {
            if (!statement.isBlank()) {
                run(connection, migration, statement);
            }
        }
        record(connection, migration);
        return true;
    }

    /**
     * Migrates in the current transaction of a connection. The caller commits.
     *
     * @return what it has run
     * @throws SaasException as {@link #migrate(Connections)}
     */
    public List<Migration> migrate(Connection connection) throws SQLException {
        if (exists(connection) && pending(history(connection)).isEmpty()) {
            return List.of();
        }
        List<Migration> pending = prepare(connection);
        apply(connection, pending);
        return pending;
    }

    /** Locks the table, which it creates if necessary, and returns the migrations that are to be run now. */
    private List<Migration> prepare(Connection connection) throws SQLException {
        if (!exists(connection)) {
            dialect.lockSchema(connection, Schema.NAME);
            if (!exists(connection)) {
                createVersions(connection);
            }
        }
        dialect.lockVersions(connection, Schema.qualified(TABLE));
        return runnable(connection, history(connection));
    }

    private List<Migration> pending(History history) {
        int count = schema.migrations().size();
        return schema.migrations().subList(Math.min(history.applied().size(), count), count);
    }

    /** The pending migrations up to the first one that has to wait for nodes of older builds. */
    private List<Migration> runnable(Connection connection, History history) throws SQLException {
        List<Migration> runnable = new ArrayList<>();
        boolean isNew = history.applied().isEmpty();
        int readableFrom = history.readableFrom();
        for (Migration migration : pending(history)) {
            if (migration.readableFrom() > readableFrom) {
                if (!isNew && migration.readableFrom() > readers.oldestVersion(connection)) {
                    break;
                }
                readableFrom = migration.readableFrom();
            }
            runnable.add(migration);
        }
        return runnable;
    }

    /**
     * Creates the schema in a database that does not have it yet and that no other process uses. The caller commits.
     *
     * @throws SaasException as {@link #migrate(Connections)}
     */
    public void create(Connection connection) throws SQLException {
        createVersions(connection);
        apply(connection, schema.migrations());
    }

    private void createVersions(Connection connection) throws SQLException {
        execute(connection, "CREATE SCHEMA IF NOT EXISTS " + Schema.quoted(Schema.NAME));
        execute(
                connection,
                "CREATE TABLE " + Schema.qualified(TABLE)
                        + " (\"version\" integer PRIMARY KEY, \"name\" varchar(100) NOT NULL,"
                        + " \"checksum\" varchar(64) NOT NULL,"
                        + " \"applied_at\" timestamp with time zone DEFAULT CURRENT_TIMESTAMP NOT NULL,"
                        + " \"" + READABLE_FROM + "\" integer NOT NULL)");
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
     * Whether this build has nothing to do: the schema has all migrations that may run now. One query, for a database
     * that {@link #exists has} the schema.
     *
     * @throws SaasException {@code backend.schema}
     */
    public boolean isCurrent(Connection connection) throws SQLException {
        return runnable(connection, history(connection)).isEmpty();
    }

    /**
     * Whether the database has the schema, in the version of this build. Changes nothing.
     *
     * @throws SaasException as {@link #migrate(Connections)}
     */
    public boolean isCurrent(Connections connections) {
        Connection connection;
        try {
            connection = connections.acquire();
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Connecting", e);
        }
        boolean reusable = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            boolean current = exists(connection) && isCurrent(connection);
            connection.setAutoCommit(autoCommit);
            reusable = true;
            return current;
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Reading the version of the " + schema.title(), e);
        } finally {
            connections.release(connection, reusable);
        }
    }

    /** Whether these are the checksums of all migrations, in their order. Does no I/O. */
    public boolean isCurrent(List<String> checksums) {
        return checksums.equals(
                schema.migrations().stream().map(Migration::checksum).toList());
    }

    /** Whether these are the migrations of a schema that does not exist yet. */
    private static boolean isNew(List<Migration> pending) {
        return !pending.isEmpty() && pending.get(0).version() == 1;
    }

    /** A new schema has no rows and no other users, so its indexes need not be built concurrently. */
    private void apply(Connection connection, List<Migration> migrations) throws SQLException {
        boolean isNew = isNew(migrations);
        for (Migration migration : migrations) {
            if (migration.concurrent() && !isNew) {
                throw new IllegalStateException("Migration " + migration.version() + " (" + migration.name()
                        + ") of the " + schema.title() + " cannot run in a transaction");
            }
            String script = migration.script();
            run(connection, migration, migration.concurrent() ? script.replace(" CONCURRENTLY ", " ") : script);
            record(connection, migration);
        }
    }

    private void run(Connection connection, Migration migration, String script) {
        try {
            execute(connection, script);
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(
                    dialect,
                    "Migration " + migration.version() + " (" + migration.name() + ") of the " + schema.title(),
                    e);
        }
    }

    private static void record(Connection connection, Migration migration) throws SQLException {
        try (PreparedStatement insert = connection.prepareStatement("INSERT INTO " + Schema.qualified(TABLE)
                + " (\"version\", \"name\", \"checksum\", \"" + READABLE_FROM + "\") VALUES (?, ?, ?, ?)")) {
            insert.setInt(1, migration.version());
            insert.setString(2, migration.name());
            insert.setString(3, migration.checksum());
            insert.setInt(4, migration.readableFrom());
            insert.executeUpdate();
        }
    }

    /** Selects all columns: the table of a schema that is refused may lack some of them. */
    private History history(Connection connection) throws SQLException {
        List<Applied> applied = new ArrayList<>();
        try (Statement query = connection.createStatement();
                ResultSet row =
                        query.executeQuery("SELECT * FROM " + Schema.qualified(TABLE) + " ORDER BY \"version\"")) {
            while (row.next()) {
                requireKnown(applied.size(), row.getInt("version"), row.getString("name"), row.getString("checksum"));
                applied.add(new Applied(row.getInt("version"), row.getString("name"), row.getInt(READABLE_FROM)));
            }
        }
        History history = new History(applied);
        requireReadable(history);
        return history;
    }

    /** Refuses a migration that is not the one of this build in its place, unless it is a newer one. */
    private void requireKnown(int place, int version, String name, String checksum) {
        if (place >= schema.migrations().size()) {
            return;
        }
        Migration expected = schema.migrations().get(place);
        if (version == expected.version() && checksum.equals(expected.checksum())) {
            return;
        }
        String found = version + " (" + name + ", checksum " + abbreviated(checksum) + ")";
        String known = "(" + expected.name() + ", checksum " + abbreviated(expected.checksum()) + ")";
        if (place == 0) {
            throw broken("was created by a development build: its migration " + found + " is that of no release. This"
                    + " build expects migration 1 " + known
                    + ", and has no migrations from others. Run the build that created it, or start with a new one.");
        }
        throw broken("was created by another migration " + found + " than the one of this build " + known
                + ". Run the build that created it, or a newer official one.");
    }

    private void requireReadable(History history) {
        int known = schema.migrations().size();
        if (history.readableFrom() > known) {
            Applied last = history.applied().get(history.applied().size() - 1);
            throw broken("has version " + last.version() + " (" + last.name()
                    + "), which builds can use that know version " + history.readableFrom()
                    + ", but this build knows versions up to " + known
                    + ". Run a newer build, or restore a backup from before the migration.");
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
