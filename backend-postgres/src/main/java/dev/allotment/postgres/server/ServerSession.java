// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Silence;
import dev.allotment.jdbc.SqlDialect;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A connection for statements about databases and roles. Each statement is its own transaction, since CREATE DATABASE
 * requires that. {@link #atomically} and {@link #startTransaction} are for statements that belong together. Locks last
 * until the session is closed, or until its process dies or sends nothing for longer than {@link Timeouts} allow. Not
 * thread-safe.
 */
public final class ServerSession implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(ServerSession.class);
    /** Much shorter than any {@link Timeouts#silence}, and much longer than most statements of another session. */
    private static final Duration TOUCHED_AFTER = Duration.ofSeconds(1);

    private final Connections connections;
    private final Connection connection;
    private final boolean autoCommit;
    private final Silence silence;
    private boolean reusable = true;
    private boolean lost;
    /** Whether the server has answered a statement. */
    private boolean answered;

    private boolean locked;
    private long touched = System.nanoTime();
    /** Whether a transaction was started. */
    private boolean open;

    private ServerSession(Connections connections, Connection connection, boolean autoCommit) {
        this.connections = connections;
        this.connection = connection;
        this.autoCommit = autoCommit;
        this.silence = new Silence(connection);
    }

    /**
     * Takes a connection.
     *
     * @param what the purpose, for error messages, such as {@code Creating database x}
     */
    public static ServerSession open(Connections connections, String what) {
        Connection connection;
        try {
            connection = connections.acquire();
        } catch (SQLException | RuntimeException e) {
            throw Failures.translate(PostgresDialect.INSTANCE, what, e);
        }
        try {
            boolean autoCommit = connection.getAutoCommit();
            connection.setAutoCommit(true);
            return new ServerSession(connections, connection, autoCommit);
        } catch (SQLException e) {
            connections.release(connection, false);
            throw Failures.translate(PostgresDialect.INSTANCE, what, e);
        }
    }

    /** The version of the server. */
    public PostgresVersion version() {
        try {
            return PostgresVersion.of(connection);
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    public Connection connection() {
        return connection;
    }

    /** Waits for a lock that no other session has, and keeps it until this one is closed. */
    public void lock(long key) {
        lock(key, "pg_advisory_lock");
    }

    /** Waits for a lock that other sessions may share, and keeps it until this one is closed. */
    public void lockShared(long key) {
        lock(key, "pg_advisory_lock_shared");
    }

    /** Releases a lock that {@link #lockShared} took. */
    public void unlockShared(long key) {
        lock(key, "pg_advisory_unlock_shared");
    }

    private void lock(long key, String function) {
        locked = true;
        // A process that freezes with a lock must not keep it. Without a lock, a pooled connection may be idle for
        // long.
        query(
                "SELECT " + function + "(:key), set_config('idle_session_timeout',"
                        + " current_setting('idle_in_transaction_session_timeout'), false)",
                query -> query.bind("key", key)
                        .map((row, context) -> row.getString(2))
                        .one());
    }

    /** Keeps the locks for longer while this session sends nothing, for a caller that waits for another session. */
    public void allowSilence(Duration silence) {
        query(
                "SELECT set_config('idle_session_timeout', :milliseconds, false)",
                query -> query.bind("milliseconds", Long.toString(silence.toMillis()))
                        .mapTo(String.class)
                        .one());
    }

    /** Sends a statement without effect, so that the locks are kept, unless it did so a moment ago. */
    public void touch() {
        long now = System.nanoTime();
        if (now - touched > TOUCHED_AFTER.toNanos()) {
            execute("SELECT 1");
            touched = now;
        }
    }

    /** Runs a query with named parameters. */
    public <T extends @Nullable Object> T query(String sql, Function<Query, T> ask) {
        checkSilence();
        try (var query = JdbiFactory.on(connection).createQuery(sql)) {
            T result = ask.apply(query);
            answered = true;
            return result;
        } catch (RuntimeException e) {
            reusable = false;
            SqlDialect.Failure kind = Failures.kind(PostgresDialect.INSTANCE, e);
            Silence.note(kind);
            connections.ended(kind);
            lost |= kind.isConnectionLost();
            throw e;
        }
    }

    /** Executes a statement without Jdbi, since a quoted name may contain what Jdbi takes for a parameter. */
    public void execute(String sql) {
        checkSilence();
        try (Statement statement = connection().createStatement()) {
            statement.execute(sql);
            answered = true;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /**
     * Whether the connection was lost before it was of any use. A pool does not check a connection that was in use
     * half a second ago, and the server may have restarted since then.
     */
    public boolean wasLostBefore() {
        return lost && !answered;
    }

    private void checkSilence() {
        try {
            silence.check();
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Notes whether the connection is of any more use. */
    private UnableToExecuteStatementException failed(SQLException e) {
        SqlDialect.Failure kind = PostgresDialect.INSTANCE.failure(e);
        Silence.note(kind);
        connections.ended(kind);
        if (kind.isConnectionLost()) {
            reusable = false;
            lost = true;
        }
        return new UnableToExecuteStatementException(e, null);
    }

    /** Executes a statement that copies or drops a small database. */
    public void executeLong(String sql) {
        executeLong(sql, 0);
    }

    /** Executes a statement that copies a database of some size, in bytes. */
    public void executeLong(String sql, long bytes) {
        within(Timeouts.copying(bytes), () -> {
            execute(sql);
            return null;
        });
    }

    /** Runs an action whose statements may take longer, or less long, than others on this connection. */
    public <T extends @Nullable Object> T within(Duration most, Supplier<T> action) {
        int before = changeTimeout(most.toMillis());
        try {
            return action.get();
        } finally {
            if (!lost) {
                changeTimeout(before);
            }
        }
    }

    private int changeTimeout(long milliseconds) {
        try {
            int before = connection.getNetworkTimeout();
            connection.setNetworkTimeout(Runnable::run, Math.toIntExact(milliseconds));
            return before;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Executes statements in one transaction and in one round trip. */
    public void atomically(String... statements) {
        // After a failure the transaction is still open, so the connection is not reused.
        reusable = false;
        execute("BEGIN; " + String.join("; ", statements) + "; COMMIT");
        reusable = true;
    }

    /** Executes statements in one transaction, and then an action that only reads. */
    public void inTransaction(List<String> statements, Runnable reading) {
        reusable = false;
        execute("BEGIN; " + String.join("; ", statements));
        reading.run();
        execute("COMMIT");
        reusable = true;
    }

    /** Runs statements with another value of a setting, which is reset afterwards. */
    public void with(String setting, String value, Runnable statements) {
        execute("SET " + setting + " = " + value);
        try {
            statements.run();
        } finally {
            if (!lost) {
                execute("RESET " + setting);
            }
        }
    }

    /** Runs statements that wait for locks only so long. */
    public void withLockTimeout(Duration timeout, Runnable statements) {
        execute(setLockTimeout(timeout, ""));
        statements.run();
        execute("RESET lock_timeout");
    }

    /** Executes statements in one transaction and in one round trip, and waits for locks only so long. */
    public void atomically(Duration lockTimeout, List<String> statements) {
        List<String> all = new ArrayList<>(statements);
        all.add(0, setLockTimeout(lockTimeout, "LOCAL "));
        atomically(all.toArray(String[]::new));
    }

    /** Like {@link #commit(String...)}, and waits for locks only so long. */
    public void commit(Duration lockTimeout, List<String> statements) {
        List<String> all = new ArrayList<>(statements);
        all.add(0, setLockTimeout(lockTimeout, "LOCAL "));
        commit(all.toArray(String[]::new));
    }

    private static String setLockTimeout(Duration timeout, String scope) {
        return "SET " + scope + "lock_timeout = " + timeout.toMillis();
    }

    /** Reads a row. */
    public interface RowReader<T> {
        T read(ResultSet row) throws SQLException;
    }

    /**
     * A query for one row.
     *
     * @param sql with a question mark for each parameter
     */
    public record RowQuery<T>(String sql, List<String> parameters, RowReader<T> reader) {}

    /**
     * Starts a transaction, locks a key in it and runs queries, all in one round trip. Statements follow with {@link
     * #commit}. Without a commit, closing the session rolls the transaction back.
     *
     * @return the row of each query
     */
    public <T> List<T> startTransaction(long lockKey, List<RowQuery<T>> queries) {
        checkSilence();
        reusable = false;
        open = true;
        StringBuilder sql = new StringBuilder("BEGIN; SELECT pg_advisory_xact_lock(?)");
        queries.forEach(query -> sql.append("; ").append(query.sql()));
        try (PreparedStatement statement = connection().prepareStatement(sql.toString())) {
            int parameter = 1;
            statement.setLong(parameter++, lockKey);
            for (RowQuery<T> query : queries) {
                for (String value : query.parameters()) {
                    statement.setString(parameter++, value);
                }
            }
            statement.execute();
            statement.getMoreResults();
            List<T> found = new ArrayList<>();
            for (RowQuery<T> query : queries) {
                statement.getMoreResults();
                try (ResultSet row = statement.getResultSet()) {
                    row.next();
                    found.add(query.reader().read(row));
                }
            }
            reusable = true;
            answered = true;
            return found;
        } catch (SQLException e) {
            throw failed(e);
        }
    }

    /** Executes statements and commits the transaction that was started, in one round trip. */
    public void commit(String... statements) {
        reusable = false;
        execute(String.join("; ", statements) + (statements.length == 0 ? "" : "; ") + "COMMIT");
        open = false;
        reusable = true;
    }

    /**
     * Rolls back after {@link #atomically}, {@link #commit} or {@link #withLockTimeout} failed, so that the session can
     * be used again.
     */
    public void recover() {
        execute("ROLLBACK; RESET lock_timeout");
        open = false;
        reusable = true;
    }

    /** Releases the locks and returns the connection. */
    @Override
    public void close() {
        boolean clean = reusable;
        try {
            if (clean && open) {
                recover();
            }
            if (clean && locked) {
                execute("SELECT pg_advisory_unlock_all(), set_config('idle_session_timeout', '0', false)");
            }
            if (clean) {
                connection().setAutoCommit(autoCommit);
            }
        } catch (SQLException | RuntimeException e) {
            // The connection is closed, and the server releases the locks when it notices.
            LOG.debug("Releasing the locks of a session failed; the connection is closed", e);
            clean = false;
        } finally {
            connections.release(connection, clean);
        }
    }

    /** Returns the error to throw for a failure. A {@code SaasException} is returned unchanged. */
    public static SaasException failure(String what, RuntimeException error) {
        if (!(error instanceof SaasException) && SqlStates.DATABASE_IN_USE.matches(error)) {
            return SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE,
                    what
                            + " failed: sessions are connected to the database, and did not end or may not be ended by the control"
                            + " plane. End them, or try again.",
                    Failures.sqlError(error));
        }
        return Failures.translate(PostgresDialect.INSTANCE, what, error);
    }
}
