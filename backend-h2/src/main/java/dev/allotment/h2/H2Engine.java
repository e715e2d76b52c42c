// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import dev.allotment.jdbc.SqlDialect;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migrator;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import javax.sql.DataSource;
import org.h2.jdbcx.JdbcDataSource;

/** Opens databases with H2, in this process. A database is open as long as one of its connections. Thread-safe. */
final class H2Engine {
    /**
     * Scripts of add-ons find much of PostgreSQL's SQL; nulls sort as the SPI has it; a commit is written before it returns; no
     * hook of H2's closes databases under a host that is still shutting down.
     */
    private static final String OPTIONS = ";MODE=PostgreSQL;DATABASE_TO_LOWER=TRUE;DEFAULT_NULL_ORDERING=HIGH"
            + ";NON_KEYWORDS=KEY,VALUE,DAY,HOUR,MINUTE,MONTH,SECOND,YEAR"
            + ";MAX_COMPACT_TIME=20;LOCK_TIMEOUT=10000;DB_CLOSE_ON_EXIT=FALSE;TRACE_LEVEL_FILE=0";

    /** Kilobytes of each open database that are kept in memory; many are open at once. */
    private static final String CACHE = ";CACHE_SIZE=4096";

    private static final String AT_ONCE = ";WRITE_DELAY=0";

    private static final String ONLY_IF_THERE = ";IFEXISTS=TRUE";

    /** What the connections of an application have of {@link #OPTIONS}; only an administrator may set the rest. */
    private static final String APPLICATION_OPTIONS =
            ";NON_KEYWORDS=KEY,VALUE,DAY,HOUR,MINUTE,MONTH,SECOND,YEAR;LOCK_TIMEOUT=10000;SCHEMA=";

    private static final String USER = "sa";

    /** What is done with a connection. */
    @FunctionalInterface
    interface Statements {
        void execute(Connection connection) throws SQLException;
    }

    private final SqlDialect dialect = H2Dialect.INSTANCE;
    private final String password;
    private final String options;
    private final boolean autoCommit;

    /**
     * An engine.
     *
     * @param password of the administrator of every database
     * @param extraOptions of H2, each with a semicolon before it
     * @param autoCommit how connections are between transactions
     */
    H2Engine(String password, String extraOptions, boolean autoCommit) {
        this.password = password;
        this.options = OPTIONS + CACHE + extraOptions;
        this.autoCommit = autoCommit;
    }

    /** Connections to a database that is there. */
    DataSource dataSource(DatabaseFiles files) {
        return dataSource(files, AT_ONCE + ONLY_IF_THERE);
    }

    /** A connection to a database that is there. */
    Connection connect(DatabaseFiles files) throws SQLException {
        Connection connection = dataSource(files).getConnection();
        connection.setAutoCommit(autoCommit);
        return connection;
    }

    /** A connection of another user, to a database that is open. */
    Connection connect(DatabaseFiles files, String user, String userPassword, String schema) throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + files.databaseName() + ONLY_IF_THERE + APPLICATION_OPTIONS + schema);
        source.setUser(user);
        source.setPassword(userPassword);
        return source.getConnection();
    }

    /**
     * Makes a database with this schema; it may be left half made. Nothing is written before the end: to write all of it after
     * each statement takes half of the time.
     */
    void create(DatabaseFiles files, Migrator migrator) {
        create(files, migrator, connection -> {});
    }

    /** As {@link #create(DatabaseFiles, Migrator)}, and lets somebody do more before it closes the database. */
    void create(DatabaseFiles files, Migrator migrator, Statements beforeClosing) {
        migrate(dataSource(files, ""), migrator::create, beforeClosing);
    }

    /** Migrates a database that nobody has a connection to; it may be left half migrated. */
    void migrate(DatabaseFiles files, Migrator migrator) {
        migrate(dataSource(files), migrator::migrate, connection -> {});
    }

    private void migrate(DataSource source, Statements migration, Statements beforeClosing) {
        try (Connection connection = source.getConnection()) {
            migration.execute(connection);
            sync(connection);
            beforeClosing.execute(connection);
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(dialect, "Migrating a database", e);
        }
    }

    /** Forces what was committed to the disk. */
    static void sync(Connection connection) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("CHECKPOINT SYNC");
        }
    }

    /** For a database that nobody has open: gives it the password of this engine in the place of another one. */
    void take(DatabaseFiles files, String current) throws SQLException {
        changePassword(files, current, password);
    }

    /** For a database that nobody has open: gives it another password than this engine's. */
    void give(DatabaseFiles files, String once) throws SQLException {
        changePassword(files, password, once);
    }

    private void changePassword(DatabaseFiles files, String from, String to) throws SQLException {
        JdbcDataSource source = dataSource(files, AT_ONCE + ONLY_IF_THERE);
        source.setPassword(from);
        try (Connection connection = source.getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER USER " + USER + " SET PASSWORD '" + to + "'");
            sync(connection);
        }
    }

    private JdbcDataSource dataSource(DatabaseFiles files, String more) {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + files.databaseName() + options + more);
        source.setUser(USER);
        source.setPassword(password);
        return source;
    }
}
