// SPDX-License-Identifier: Apache-2.0
package dev.allotment.liquibase;

import dev.allotment.DatabaseLogin;
import dev.allotment.hook.MigrationFailedException;
import dev.allotment.hook.TenantSchema;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import liquibase.ChecksumVersion;
import liquibase.Contexts;
import liquibase.Liquibase;
import liquibase.Scope;
import liquibase.UpdateSummaryOutputEnum;
import liquibase.analytics.configuration.AnalyticsArgs;
import liquibase.changelog.ChangeLogParameters;
import liquibase.changelog.ChangeSet;
import liquibase.database.Database;
import liquibase.database.DatabaseFactory;
import liquibase.database.jvm.JdbcConnection;
import liquibase.exception.DatabaseException;
import liquibase.exception.LiquibaseException;
import liquibase.parser.ChangeLogParserFactory;
import liquibase.resource.ClassLoaderResourceAccessor;
import liquibase.resource.ResourceAccessor;
import liquibase.ui.LoggerUIService;

/**
 * A tenant schema that Liquibase migrates, with its own history in each tenant database. Safe for use by several
 * threads, which take turns: Liquibase shares its services between all databases of a process.
 *
 * <p>The {@linkplain #version version} is the number of change sets, with a hash of all of them. So change sets must
 * not be removed: the remaining number would count as older.
 *
 * <p>A lock of Liquibase that a killed process left in a database is released. Where another process may be at work,
 * on PostgreSQL, an advisory lock is taken first, which ends with its session.
 */
public final class LiquibaseSchema implements TenantSchema {
    private static final int HASH_BYTES = 8;
    /** An arbitrary number, the same on every node. */
    private static final long ADVISORY_LOCK = 0x616c6c6f746d656eL;

    private static final Object TURN = new Object();
    private static final String POSTGRESQL = "PostgreSQL";
    private static final String H2 = "H2";

    private final String changeLog;
    private final ResourceAccessor resources;
    private final String version;

    private LiquibaseSchema(String changeLog, ResourceAccessor resources) throws LiquibaseException {
        this.changeLog = changeLog;
        this.resources = resources;
        this.version = readVersion();
    }

    /**
     * Creates a schema of a change log on the class path, in any format of Liquibase.
     *
     * @param changeLog such as {@code db/tenant/changelog.sql}
     * @throws LiquibaseException if the change log cannot be read
     */
    public static LiquibaseSchema at(String changeLog) throws LiquibaseException {
        return at(changeLog, new ClassLoaderResourceAccessor());
    }

    /**
     * Creates a schema of a change log.
     *
     * @param resources where the change log and what it includes are read from; is not closed
     * @throws LiquibaseException if the change log cannot be read
     */
    public static LiquibaseSchema at(String changeLog, ResourceAccessor resources) throws LiquibaseException {
        return new LiquibaseSchema(
                Objects.requireNonNull(changeLog, "changeLog"), Objects.requireNonNull(resources, "resources"));
    }

    @Override
    public String version() {
        return version;
    }

    @Override
    public void migrate(DatabaseLogin login) throws LiquibaseException, SQLException, MigrationFailedException {
        StartedChangeSet started = new StartedChangeSet();
        try {
            migrate(login, started);
        } catch (LiquibaseException e) {
            throw started.explain(e);
        }
    }

    private void migrate(DatabaseLogin login, StartedChangeSet started) throws LiquibaseException, SQLException {
        inTurn(() -> {
            try (Connection turn = connect(login);
                    Connection connection = connect(login)) {
                String product = turn.getMetaData().getDatabaseProductName();
                if (product.equals(POSTGRESQL)) {
                    limitWaits(connection);
                    awaitTurn(turn);
                }
                Database database = database(product, new JdbcConnection(connection));
                Liquibase liquibase = new Liquibase(changeLog, resources, database);
                liquibase.setChangeExecListener(started);
                liquibase.setShowSummaryOutput(UpdateSummaryOutputEnum.LOG);
                if (product.equals(POSTGRESQL) || product.equals(H2)) {
                    liquibase.forceReleaseLocks();
                }
                liquibase.update(new Contexts());
            }
            return null;
        });
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static Database database(String product, JdbcConnection connection) throws DatabaseException {
        if (!product.equals(H2)) {
            return DatabaseFactory.getInstance().findCorrectDatabaseImplementation(connection);
        }
        Database database = new EmbeddedH2();
        database.setConnection(connection);
        return database;
    }

    /** An idle transaction of one tenant's application must not keep the other tenants waiting for their turn. */
    private static void limitWaits(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SET lock_timeout = '30s'");
        }
    }

    /** Waits for a run of another process. The application could hold this lock, so the wait ends. */
    private static void awaitTurn(Connection connection) throws SQLException {
        limitWaits(connection);
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_advisory_lock(" + ADVISORY_LOCK + ")");
        }
    }

    private String readVersion() throws LiquibaseException {
        try {
            return inTurn(() -> {
                List<ChangeSet> changeSets = ChangeLogParserFactory.getInstance()
                        .getParser(changeLog, resources)
                        .parse(changeLog, new ChangeLogParameters(), resources)
                        .getChangeSets();
                MessageDigest hash = sha256();
                for (ChangeSet each : changeSets) {
                    String text = each + " " + each.generateCheckSum(ChecksumVersion.latest()) + "\n";
                    hash.update(text.getBytes(StandardCharsets.UTF_8));
                }
                return changeSets.size() + "-" + HexFormat.of().formatHex(hash.digest(), 0, HASH_BYTES);
            });
        } catch (SQLException e) {
            throw new LiquibaseException(e);
        }
    }

    /** Runs work as a part of another program: it reports nothing to Liquibase, and prints nothing. */
    private static <T> T inTurn(Scope.ScopedRunnerWithReturn<T> work) throws LiquibaseException, SQLException {
        synchronized (TURN) {
            try {
                return Scope.child(
                        Map.of(AnalyticsArgs.ENABLED.getKey(), false, Scope.Attr.ui.name(), new LoggerUIService()),
                        work);
            } catch (LiquibaseException | SQLException | RuntimeException e) {
                throw e;
            } catch (Exception e) {
                throw new LiquibaseException(e);
            }
        }
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }
}
