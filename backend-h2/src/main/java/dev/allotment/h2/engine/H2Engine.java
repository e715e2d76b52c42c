// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Migrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Opens databases with H2, in this process. A database is open as long as one of its connections. Thread-safe. */
public final class H2Engine {
    /**
     * Scripts of add-ons can use much of PostgreSQL's SQL. Nulls sort as the SPI requires. A commit is written before
     * it returns. H2's shutdown hook is off, so it does not close databases of an embedder that is still shutting
     * down.
     */
    private static final String OPTIONS = ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
            + ";NON_KEYWORDS=KEY,VALUE,DAY,HOUR,MINUTE,MONTH,SECOND,YEAR"
            + ";MAX_COMPACT_TIME=20;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

    /** Kilobytes of each open database that stay in memory. It is low because many databases are open at once. */
    private static final String CACHE = ";CACHE_SIZE=4096";

    private static final String WRITE_AT_ONCE = ";WRITE_DELAY=0";

    private static final String MUST_EXIST = ";IFEXISTS=TRUE";

    /**
     * The part of {@link #OPTIONS} that applies to connections of an application. Only an administrator may set the
     * rest.
     */
    private static final String APPLICATION_OPTIONS =
            ";NON_KEYWORDS=KEY,VALUE,DAY,HOUR,MINUTE,MONTH,SECOND,YEAR;LOCK_TIMEOUT=10000;SCHEMA=";

    private static final String USER = "sa";

    /** Statements on one connection. */
    @FunctionalInterface
    public interface Statements {
        void execute(Connection connection) throws SQLException;
    }

    private final String password;
    private final String options;
    private final boolean autoCommit;

    /**
     * Creates an engine.
     *
     * @param password the administrator's password of every database
     * @param extraOptions of H2, each preceded by a semicolon
     * @param autoCommit whether connections are in autocommit mode between transactions
     */
    public H2Engine(String password, String extraOptions, boolean autoCommit) {
        this.password = password;
        this.options = OPTIONS + CACHE + extraOptions;
        this.autoCommit = autoCommit;
    }

    /** Opens an administrator's connection to an existing database. */
    public Connection connect(DatabaseFiles files) throws SQLException {
        Connection connection = existing(files).getConnection();
        connection.setAutoCommit(autoCommit);
        return connection;
    }

    /** Opens a connection of another user to a database that is open already. */
    public Connection connect(DatabaseFiles files, String user, String userPassword, String schema)
            throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + files.databaseName() + MUST_EXIST + APPLICATION_OPTIONS + schema);
        source.setUser(user);
        source.setPassword(userPassword);
        return source.getConnection();
    }

    /**
     * Creates a database with the migrator's schema. If this fails, an incomplete database may remain. Nothing is
     * written before the end, because writing after each statement takes twice as long.
     */
    public void create(DatabaseFiles files, Migrator migrator) {
        create(files, migrator, connection -> {});
    }

    /** Creates a database like {@link #create(DatabaseFiles, Migrator)}, and runs more statements before it closes. */
    public void create(DatabaseFiles files, Migrator migrator, Statements beforeClosing) {
        migrate(dataSource(files, ""), migrator::create, beforeClosing);
    }

    /** Migrates a database without open connections. Returns what it has run. If this fails, some of it has run. */
    public List<Migration> migrate(DatabaseFiles files, Migrator migrator) {
        List<Migration> done = new ArrayList<>();
        migrate(existing(files), connection -> done.addAll(migrator.migrate(connection)), connection -> {});
        return done;
    }

    private static void migrate(DataSource source, Statements migration, Statements beforeClosing) {
        try (Connection connection = source.getConnection()) {
            migration.execute(connection);
            sync(connection);
            beforeClosing.execute(connection);
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(H2Dialect.INSTANCE, "Migrating a database", e);
        }
    }

    /** Forces everything that was committed to the disk. */
    public static void sync(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        }
    }

    /**
     * Executes statements on one connection, outside a transaction.
     *
     * @param what the task, for the message of a failure, such as {@code Writing a database to the disk}
     */
    public static void execute(Connections connections, String what, Statements statements) {
        try {
            Connection connection = connections.acquire();
            boolean done = false;
            try {
                statements.execute(connection);
                done = true;
            } finally {
                connections.release(connection, done);
            }
        } catch (SQLException e) {
            throw Failures.translate(H2Dialect.INSTANCE, what, e);
        }
    }

    /**
     * Replaces the administrator's password of a received database by this engine's. Requires that it has no
     * connections.
     */
    public void adoptPassword(DatabaseFiles files, String current) throws SQLException {
        changePassword(files, current, password);
    }

    /** Replaces this engine's password of a database that is to be sent. Requires that it has no connections. */
    public void replacePassword(DatabaseFiles files, String replacement) throws SQLException {
        changePassword(files, password, replacement);
    }

    private void changePassword(DatabaseFiles files, String from, String to) throws SQLException {
        JdbcDataSource source = existing(files);
        source.setPassword(from);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER USER " + USER + " SET PASSWORD '" + to + "'");
            sync(connection);
        }
    }

    private JdbcDataSource existing(DatabaseFiles files) {
        return dataSource(files, WRITE_AT_ONCE + MUST_EXIST);
    }

    private JdbcDataSource dataSource(DatabaseFiles files, String more) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + files.databaseName() + options + more);
        source.setUser(USER);
        source.setPassword(password);
        return source;
    }
}
