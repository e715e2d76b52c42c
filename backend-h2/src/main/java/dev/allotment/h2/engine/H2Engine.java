// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.engine;

import dev.allotment.h2.files.DatabaseFiles;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Migration;
import dev.allotment.jdbc.Migrator;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;
import org.h2.engine.Database;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.jdbcx.JdbcDataSource;
import org.h2.message.DbException;
import org.jspecify.annotations.Nullable;

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

    private static final String EXISTING = WRITE_AT_ONCE + MUST_EXIST;

    /**
     * The part of {@link #OPTIONS} that applies to connections of an application. Only an administrator may set the
     * rest.
     */
    private static final String APPLICATION_OPTIONS =
            ";NON_KEYWORDS=KEY,VALUE,DAY,HOUR,MINUTE,MONTH,SECOND,YEAR;LOCK_TIMEOUT=10000;SCHEMA=";

    /** A database whose disk failed is not opened again for this time. */
    private static final long PAUSE_NANOS = 500_000_000;

    /**
     * What is known about a file whose disk failed.
     *
     * @param next the number of its next opening
     * @param at when the disk failed last, in nanoseconds
     */
    private record Failed(int next, long at) {}

    /** The files whose disk failed. */
    private static final Map<String, Failed> FAILED = new ConcurrentHashMap<>();

    /** How long to wait for H2 to close a database, and how often to check. */
    private static final long CLOSING_NANOS = 2_000_000_000;

    private static final long POLL_NANOS = 5_000_000;

    /** The present opening of each file. */
    private static final Map<String, Opening> OPENINGS = new ConcurrentHashMap<>();

    /** One lock for every few files. */
    private static final List<Object> LOCKS =
            Stream.generate(Object::new).limit(64).toList();

    private static final String USER = "sa";

    static {
        DatabasePath.register();
    }

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
        Connection connection = connectWhenClosed(files);
        connection.setAutoCommit(autoCommit);
        return connection;
    }

    /** Connects. If H2 is still closing the database after its last connection, waits for that. */
    private Connection connectWhenClosed(DatabaseFiles files) throws SQLException {
        awaitDisk(files.databaseName());
        long start = System.nanoTime();
        while (true) {
            try {
                return open(files, password, EXISTING);
            } catch (SQLException e) {
                if (!H2Dialect.isLockedHere(e) || System.nanoTime() - start > CLOSING_NANOS) {
                    throw e;
                }
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private static void awaitDisk(String file) {
        while (true) {
            Failed failed = FAILED.get(file);
            long left = failed == null ? 0 : failed.at() + PAUSE_NANOS - System.nanoTime();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                return;
            }
            LockSupport.parkNanos(left);
        }
    }

    /** Opens a connection of an application's user to a database that is open already. */
    public Connection connect(DatabaseFiles files, String user, String schema) throws SQLException {
        JdbcDataSource source = new JdbcDataSource();
        source.setURL("jdbc:h2:" + name(files) + MUST_EXIST + ";AUTHREALM=" + ApplicationRealm.NAME
                + APPLICATION_OPTIONS + schema);
        source.setUser(user);
        source.setPassword(ApplicationRealm.INSTANCE.secret());
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
        migrate(files, "", migrator::create, beforeClosing);
    }

    /** Migrates a database without open connections. Returns what it has run. If this fails, some of it has run. */
    public List<Migration> migrate(DatabaseFiles files, Migrator migrator) {
        List<Migration> done = new ArrayList<>();
        migrate(files, EXISTING, connection -> done.addAll(migrator.migrate(connection)), connection -> {});
        return done;
    }

    private void migrate(DatabaseFiles files, String more, Statements migration, Statements beforeClosing) {
        try (Connection connection = open(files, password, more)) {
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
     * Closes a connection that failed. If the disk failed, H2 has closed its storage but not the database, and rolling
     * back there could go on for ever. Then the database is closed as if the process had been killed, with all its
     * connections. The next connection opens and recovers it.
     */
    public static void discard(Connection connection) {
        Database database = database(connection);
        if (database == null || !isBroken(database)) {
            Connections.close(connection);
            return;
        }
        try {
            Opening opening = Opening.find(database);
            if (opening != null) {
                retireIfBroken(opening.file());
            }
        } catch (RuntimeException e) {
            System.getLogger("dev.allotment.h2")
                    .log(Level.DEBUG, "A database whose disk failed could not be closed: operation=discard", e);
        }
    }

    /** Whether the disk of a connection's database failed, so that the connection must not be used. */
    public static boolean isBroken(Connection connection) {
        Database database = database(connection);
        return database != null && isBroken(database);
    }

    private static boolean isBroken(Database database) {
        Opening opening = Opening.find(database);
        return opening == null || opening.isBroken();
    }

    private static @Nullable Database database(Connection connection) {
        try {
            return connection instanceof JdbcConnection own && own.getSession() instanceof SessionLocal session
                    ? session.getDatabase()
                    : null;
        } catch (DbException e) {
            // It was closed together with its sessions.
            return null;
        }
    }

    /** Connects as an administrator, and remembers the database. */
    private Connection open(DatabaseFiles files, String administratorPassword, String more) throws SQLException {
        String file = files.databaseName();
        synchronized (lock(file)) {
            retireIfBroken(file);
            JdbcDataSource source = new JdbcDataSource();
            source.setURL("jdbc:h2:" + name(files) + options + more);
            source.setUser(USER);
            source.setPassword(administratorPassword);
            Connection connection = source.getConnection();
            Database database = database(connection);
            if (database != null) {
                opening(file).opened(database);
                database.setAuthenticator(ApplicationRealm.INSTANCE);
            }
            return connection;
        }
    }

    /** Closes a database without its sessions if its disk failed. The next connection opens it under another name. */
    private static void retireIfBroken(String file) {
        synchronized (lock(file)) {
            Opening opening = OPENINGS.get(file);
            if (opening != null && opening.isBroken()) {
                OPENINGS.remove(file);
                FAILED.put(file, new Failed(opening.number() + 1, System.nanoTime()));
                opening.end();
            }
        }
    }

    /** The lock under which a database is opened, or closed without its sessions. */
    private static Object lock(String file) {
        return LOCKS.get(Math.floorMod(file.hashCode(), LOCKS.size()));
    }

    private static Opening opening(String file) {
        return OPENINGS.computeIfAbsent(file, any -> {
            Failed failed = FAILED.get(file);
            return Opening.start(file, failed == null ? 0 : failed.next());
        });
    }

    private static String name(DatabaseFiles files) {
        return DatabasePath.name(opening(files.databaseName()));
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
            } catch (SQLException e) {
                connections.ended(H2Dialect.INSTANCE.failure(e));
                throw e;
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
        try (Connection connection = open(files, from, EXISTING);
                Statement statement = connection.createStatement()) {
            statement.execute("ALTER USER " + USER + " SET PASSWORD '" + to + "'");
            sync(connection);
        }
    }
}
