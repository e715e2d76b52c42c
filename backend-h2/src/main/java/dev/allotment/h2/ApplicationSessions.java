// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import java.security.SecureRandom;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.locks.LockSupport;
import org.h2.engine.Session;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.jspecify.annotations.Nullable;

/**
 * What the applications of client databases are in H2: a user without any right but to own a schema; and as long as limits of
 * rows are held there, another one without any right but to use the rows of that schema. Knows who is in, and puts them out.
 * Thread-safe.
 *
 * <p>H2's own password of these users is nobody's but this object's, so that there is no way in but past {@link H2Databases}.
 */
final class ApplicationSessions {
    /** H2 has names of users in capitals. */
    private static final String USER = "APPLICATION";

    private static final String LIMITED_USER = "LIMITED_APPLICATION";

    private static final String SCHEMA = "application";

    /** What the application may do while limits are held. */
    static final String GRANT_ROWS = "GRANT SELECT, INSERT, UPDATE, DELETE ON SCHEMA " + SCHEMA + " TO " + LIMITED_USER;

    private static final int PASSWORD_BYTES = 24;
    private static final long PATIENCE_NANOS = Duration.ofSeconds(5).toNanos();
    private static final long POLL_NANOS = Duration.ofMillis(1).toNanos();

    /** The users as H2 would make them again, with hashes of their passwords; nothing where one or the schema is missing. */
    private static final String STATE = "SELECT DB_OBJECT_SQL('USER', '" + USER + "') || DB_OBJECT_SQL('USER', '"
            + LIMITED_USER + "') FROM information_schema.schemata WHERE schema_name = '" + SCHEMA + "'";

    private final H2Engine engine;
    private final int limit;
    private final String password;
    private final Map<UUID, List<JdbcConnection>> inside = new HashMap<>();
    /** The {@link #STATE} of those that this object made so. */
    private final Map<UUID, String> prepared = new ConcurrentHashMap<>();

    private boolean closed;

    /**
     * Nobody is in.
     *
     * @param limit connections that the application of one database may have
     */
    ApplicationSessions(H2Engine engine, int limit, SecureRandom random) {
        this.engine = engine;
        this.limit = limit;
        byte[] bytes = new byte[PASSWORD_BYTES];
        random.nextBytes(bytes);
        password = Base64.getUrlEncoder().withoutPadding().encodeToString(bytes);
    }

    /**
     * Makes what the application is in a database, where it is not as it has to be: the application may own its schema and
     * remove it, and may change the password of its user.
     *
     * @param administrator a connection to it, not in a transaction
     */
    void prepare(UUID database, Connection administrator) throws SQLException {
        try (Statement statement = administrator.createStatement()) {
            String now = state(statement);
            if (now == null || !now.equals(prepared.get(database))) {
                for (String user : List.of(USER, LIMITED_USER)) {
                    statement.execute("CREATE USER IF NOT EXISTS " + user + " PASSWORD ''; ALTER USER " + user
                            + " SET PASSWORD '" + password + "'");
                }
                statement.execute("CREATE SCHEMA IF NOT EXISTS " + SCHEMA + " AUTHORIZATION " + USER);
                prepared.put(database, Objects.requireNonNull(state(statement), "It was just made so"));
            }
        } finally {
            if (!administrator.getAutoCommit()) {
                administrator.commit();
            }
        }
    }

    /** A connection for scripts, with the rights of the schema's owner, to a database that is open and prepared. */
    Connection connect(DatabaseFiles files) throws SQLException {
        return engine.connect(files, USER, password, SCHEMA);
    }

    /**
     * A connection for the application itself, to a database that is open and prepared: until it disconnects, or is put out.
     *
     * @param limited whether limits of rows are held there
     */
    Connection admit(UUID database, DatabaseFiles files, boolean limited) throws SQLException {
        checkRoom(database);
        Connection connection = engine.connect(files, limited ? LIMITED_USER : USER, password, SCHEMA);
        boolean admitted = false;
        try {
            register(database, connection.unwrap(JdbcConnection.class));
            admitted = true;
            return connection;
        } finally {
            if (!admitted) {
                connection.close();
            }
        }
    }

    /** Whether anybody has been let in, and not put out since. */
    boolean isIn(UUID database) {
        synchronized (inside) {
            return inside.containsKey(database);
        }
    }

    /**
     * Ends every other connection to a database, however busy: what it has committed stays, what it is doing is cancelled.
     * For whoever sees to it that nobody gets in meanwhile.
     */
    void putOut(UUID database, Connection administrator) throws SQLException {
        try (Statement statement = administrator.createStatement()) {
            // From here on, nobody begins another statement.
            statement.execute("SET EXCLUSIVE 1");
            awaitEnd(insiders(database));
            statement.execute("SET EXCLUSIVE 2");
            statement.execute("SET EXCLUSIVE FALSE");
        }
        synchronized (inside) {
            inside.remove(database);
        }
    }

    private List<JdbcConnection> insiders(UUID database) {
        synchronized (inside) {
            return List.copyOf(inside.getOrDefault(database, List.of()));
        }
    }

    /** Waits until none is within a statement, or has reported one as done that is not committed yet. */
    private static void awaitEnd(List<JdbcConnection> connections) {
        long start = System.nanoTime();
        for (JdbcConnection each : connections) {
            while (each.getSession() instanceof SessionLocal session
                    && isBusy(session)
                    && System.nanoTime() - start < PATIENCE_NANOS) {
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

    /** Of a database that is gone. */
    void forget(UUID database) {
        prepared.remove(database);
    }

    /** Puts everybody out, for good. */
    void close() {
        List<JdbcConnection> leaving = new ArrayList<>();
        synchronized (inside) {
            closed = true;
            inside.values().forEach(leaving::addAll);
            inside.clear();
        }
        leaving.forEach(ApplicationSessions::end);
    }

    private static @Nullable String state(Statement statement) throws SQLException {
        try (ResultSet rows = statement.executeQuery(STATE)) {
            return rows.next() ? rows.getString(1) : null;
        }
    }

    private void checkRoom(UUID database) throws SQLException {
        synchronized (inside) {
            List<JdbcConnection> mine = inside.getOrDefault(database, List.of());
            if (!mine.isEmpty()) {
                mine.removeIf(ApplicationSessions::isClosed);
            }
            if (mine.size() >= limit) {
                throw new SQLTransientConnectionException(
                        "The application of this database has all of the " + limit
                                + " connections that it may have. Close some, or raise login.connections.",
                        "53300");
            }
        }
    }

    private void register(UUID database, JdbcConnection connection) throws SQLException {
        synchronized (inside) {
            checkRoom(database);
            if (closed) {
                throw H2Errors.notOpen(null);
            }
            inside.computeIfAbsent(database, any -> new ArrayList<>()).add(connection);
        }
    }

    private static boolean isClosed(JdbcConnection connection) {
        try {
            return connection.isClosed();
        } catch (SQLException e) {
            return true;
        }
    }

    /**
     * As H2's ABORT_SESSION does. To close the connection would be to wait for the statement that is being executed, which
     * may never end.
     */
    private static void end(JdbcConnection connection) {
        Session session = connection.getSession();
        if (session != null) {
            try {
                session.cancel();
                session.close();
            } catch (RuntimeException e) {
                // What it was just doing may come in between; it has left all the same.
            }
        }
    }
}
