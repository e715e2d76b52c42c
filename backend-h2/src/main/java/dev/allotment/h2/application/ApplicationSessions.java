// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2.application;

import dev.allotment.h2.engine.H2Engine;
import dev.allotment.h2.files.DatabaseFiles;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.h2.engine.Constants;
import org.h2.engine.Session;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;

/**
 * The users and open connections of the tenants' applications. In H2, an application is a user that owns one schema
 * and has no other right. While record quotas are enforced, it is a second user that may only use the rows of that
 * schema. Thread-safe.
 *
 * <p>These users have no passwords in H2, so applications can connect through this backend only.
 */
public final class ApplicationSessions {
    /** H2 stores user names in upper case. */
    private static final String USER = "APPLICATION";

    private static final String LIMITED_USER = "LIMITED_APPLICATION";

    /** Has the right to read what is in the schema, and no other. */
    private static final String READER = "READER_APPLICATION";

    private static final String SCHEMA = "application";

    /** Grants an application what it may do while record quotas are enforced. */
    public static final String GRANT_ROWS =
            "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA " + SCHEMA + " TO " + LIMITED_USER;

    /** What a user has in place of a password: no password has a hash of nothing but zeros. */
    private static final String NO_PASSWORD =
            "SALT '" + "00".repeat(Constants.SALT_LEN) + "' HASH '" + "00".repeat(32) + "'";

    private static final long TIMEOUT_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long POLL_NANOS = Duration.ofMillis(1).toNanos();

    /** The SQL that would create the users, with their password hashes; null if a user or the schema is missing. */
    private static final String STATE = "SELECT DB_OBJECT_SQL('USER', '" + USER + "') || DB_OBJECT_SQL('USER', '"
            + LIMITED_USER + "') || DB_OBJECT_SQL('USER', '" + READER
            + "') FROM information_schema.schemata WHERE schema_name = '" + SCHEMA + "'";

    /** The {@link #STATE} of a database that is prepared. */
    private static final String PREPARED = created(USER) + created(LIMITED_USER) + created(READER);

    private final H2Engine engine;
    private final int max;
    private final Map<UUID, List<JdbcConnection>> connections = new HashMap<>();
    /** The locks under which databases are prepared: H2 may create a user twice if two sessions create it at once. */
    private final Map<UUID, Object> preparing = new ConcurrentHashMap<>();

    private boolean closed;

    /**
     * Creates an object without connections.
     *
     * @param max connections that the application of one database may have
     */
    public ApplicationSessions(H2Engine engine, int max) {
        this.engine = engine;
        this.max = max;
    }

    /**
     * Creates the application's users and schema in a database, and repairs them if the application changed them. It
     * may drop its schema and set a password for its user, with which it could connect without this backend.
     *
     * @param administrator a connection to the database, not in a transaction
     */
    public void prepare(UUID database, Connection administrator) throws SQLException {
        synchronized (preparing.computeIfAbsent(database, any -> new Object())) {
            prepare(administrator);
        }
    }

    private static void prepare(Connection administrator) throws SQLException {
        try (Statement statement = administrator.createStatement()) {
            if (!PREPARED.equals(state(statement))) {
                for (String user : List.of(USER, LIMITED_USER, READER)) {
                    statement.execute("CREATE USER IF NOT EXISTS " + user + " " + NO_PASSWORD + "; ALTER USER " + user
                            + " SET " + NO_PASSWORD);
                }
                statement.execute("CREATE SCHEMA IF NOT EXISTS " + SCHEMA + " AUTHORIZATION " + USER);
            }
        } finally {
            if (!administrator.getAutoCommit()) {
                administrator.commit();
            }
        }
    }

    private static String created(String user) {
        return "CREATE USER IF NOT EXISTS \"" + user + "\" " + NO_PASSWORD;
    }

    private static @Nullable String state(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(STATE)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    /**
     * Opens a connection for scripts, with the rights of the schema's owner. The database must be open and prepared.
     */
    public Connection connectScript(DatabaseFiles files) throws SQLException {
        return engine.connect(files, USER, SCHEMA);
    }

    /**
     * Opens a connection for the application. The database must be open and prepared.
     *
     * @param limited whether record quotas are enforced in the database
     * @throws SQLException with SQLState {@code 53300} if the application has all connections that it may have
     */
    public Connection connect(UUID database, DatabaseFiles files, boolean limited) throws SQLException {
        return connect(database, files, limited ? LIMITED_USER : USER);
    }

    /**
     * Lets the user that only reads read what is in the schema, also what is created later. Granting it again does
     * nothing.
     *
     * @param administrator a connection to the database, which is prepared
     */
    public static void admitReader(Connection administrator) throws SQLException {
        try (Statement statement = administrator.createStatement()) {
            statement.execute("GRANT SELECT ON SCHEMA " + SCHEMA + " TO " + READER);
        } finally {
            if (!administrator.getAutoCommit()) {
                administrator.commit();
            }
        }
    }

    /**
     * Opens a connection that only reads. The database must be open and prepared.
     *
     * @throws SQLException with SQLState {@code 53300} if the application has all connections that it may have
     */
    public Connection connectReader(UUID database, DatabaseFiles files) throws SQLException {
        return connect(database, files, READER);
    }

    private Connection connect(UUID database, DatabaseFiles files, String user) throws SQLException {
        checkRoom(database);
        Connection connection = engine.connect(files, user, SCHEMA);
        boolean registered = false;
        try {
            register(database, connection.unwrap(JdbcConnection.class));
            registered = true;
            return connection;
        } finally {
            if (!registered) {
                connection.close();
            }
        }
    }

    private void checkRoom(UUID database) throws SQLException {
        synchronized (connections) {
            if (count(database) >= max) {
                throw new SQLTransientConnectionException(
                        "The application of this database has all of the " + max
                                + " connections that it may have. Close some, or raise login.connections.",
                        "53300");
            }
        }
    }

    private void register(UUID database, JdbcConnection connection) throws SQLException {
        synchronized (connections) {
            checkRoom(database);
            if (closed) {
                throw H2Errors.backendClosed(null);
            }
            connections.computeIfAbsent(database, any -> new ArrayList<>()).add(connection);
        }
    }

    /** Whether the application of a database has connected since it was last disconnected. */
    public boolean hasConnected(UUID database) {
        synchronized (connections) {
            return connections.containsKey(database);
        }
    }

    /** Returns the number of connections that the application of a database has. */
    public int count(UUID database) {
        synchronized (connections) {
            List<JdbcConnection> own = connections.getOrDefault(database, List.of());
            if (!own.isEmpty()) {
                own.removeIf(each -> isClosed(database, each));
            }
            return own.size();
        }
    }

    /** Returns the number of connections that the application of one database may have. */
    public int max() {
        return max;
    }

    /**
     * Ends every other connection to a database, however busy. What it has committed stays, its current statement is
     * cancelled. The caller makes sure that no new connection is opened meanwhile.
     *
     * @param administrator the only connection that stays
     */
    public void disconnect(UUID database, Connection administrator) throws SQLException {
        try (Statement statement = administrator.createStatement()) {
            // From here on, no other connection can start a statement.
            statement.execute("SET EXCLUSIVE 1");
            awaitIdle(connectionsTo(database));
            statement.execute("SET EXCLUSIVE 2");
            statement.execute("SET EXCLUSIVE FALSE");
        }
        synchronized (connections) {
            connections.remove(database);
        }
    }

    private List<JdbcConnection> connectionsTo(UUID database) {
        synchronized (connections) {
            return List.copyOf(connections.getOrDefault(database, List.of()));
        }
    }

    /** Waits until no connection executes a statement, or has reported one as done that is not committed yet. */
    private static void awaitIdle(List<JdbcConnection> connections) {
        long start = System.nanoTime();
        for (JdbcConnection each : connections) {
            while (each.getSession() instanceof SessionLocal session
                    && isBusy(session)
                    && System.nanoTime() - start < TIMEOUT_NANOS) {
                session.cancel();
                LockSupport.parkNanos(POLL_NANOS);
            }
        }
    }

    private static boolean isBusy(SessionLocal session) {
        return !session.isClosed()
                && (session.getCurrentCommand() != null
                        || (session.getAutoCommit() && session.hasPendingTransaction()));
    }

    /** Forgets a database that was dropped. */
    public void forget(UUID database) {
        preparing.remove(database);
    }

    /** Ends all connections and refuses new ones. */
    public void close() {
        Map<UUID, List<JdbcConnection>> ending;
        synchronized (connections) {
            closed = true;
            ending = Map.copyOf(connections);
            connections.clear();
        }
        ending.forEach((database, each) -> each.forEach(connection -> end(database, connection)));
    }

    private static boolean isClosed(UUID database, JdbcConnection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            log("check-connection", database, e);
            return true;
        }
    }

    /**
     * Ends a connection of an application, also while it is used.
     */
    public static void end(UUID database, Connection connection) throws SQLException {
        end(database, connection.unwrap(JdbcConnection.class));
    }

    /**
     * Ends a session like H2's ABORT_SESSION. Closing the connection would wait for its current statement, which may
     * never finish.
     */
    private static void end(UUID database, JdbcConnection connection) {
        Session session = connection.getSession();
        if (session != null) {
            try {
                session.cancel();
                session.close();
            } catch (RuntimeException e) {
                // The session's current statement can interfere with closing it. It has ended all the same.
                log("end-session", database, e);
            }
        }
    }

    private static void log(String operation, UUID database, Exception e) {
        System.getLogger("dev.allotment.h2")
                .log(
                        Level.DEBUG,
                        "A connection of an application failed while it was closed: operation=" + operation
                                + " database=" + database,
                        e);
    }
}
