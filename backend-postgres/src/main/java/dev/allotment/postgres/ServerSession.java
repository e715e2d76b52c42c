// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jdbi.v3.core.statement.Query;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/**
 * One connection, taken for statements about databases and roles. They are not in a transaction, since CREATE DATABASE must
 * not be; what has to hold together goes into {@link #atomically}. Locks last until it is closed, or until its process
 * dies or is silent for longer than its {@link Patience}. For one thread.
 */
final class ServerSession implements AutoCloseable {
    private final Connections connections;
    private final Connection connection;
    private final boolean autoCommit;
    private boolean reusable = true;
    private boolean locked;
    /** Whether a transaction was begun. */
    private boolean open;

    private ServerSession(Connections connections, Connection connection, boolean autoCommit) {
        this.connections = connections;
        this.connection = connection;
        this.autoCommit = autoCommit;
    }

    /**
     * Takes a connection.
     *
     * @param what is going to be done, for the message of a failure, such as {@code Creating database x}
     */
    static ServerSession begin(Connections connections, String what) {
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

    Connection connection() {
        return connection;
    }

    /** Waits until nobody else works on a database, on whatever node, and keeps others from it. */
    void lock(Identity identity) {
        lock(identity.lockKey(), "pg_advisory_lock");
    }

    /** As {@link #lock}, but leaves room for others that only copy it, too. */
    void lockShared(Identity identity) {
        lock(identity.lockKey(), "pg_advisory_lock_shared");
    }

    void lock(long key) {
        lock(key, "pg_advisory_lock");
    }

    void unlockShared(Identity identity) {
        lock(identity.lockKey(), "pg_advisory_unlock_shared");
    }

    private void lock(long key, String function) {
        locked = true;
        // A process that freezes with the lock must not keep it. Without one, a connection may lie idle for long.
        query(
                "SELECT " + function + "(:key), set_config('idle_session_timeout',"
                        + " current_setting('idle_in_transaction_session_timeout'), false)",
                query -> query.bind("key", key)
                        .map((row, context) -> row.getString(2))
                        .one());
    }

    /** Keeps the locks for longer than usual while this says nothing, for whoever waits for another session meanwhile. */
    void allowSilence(Duration silence) {
        query(
                "SELECT set_config('idle_session_timeout', :milliseconds, false)",
                query -> query.bind("milliseconds", Long.toString(silence.toMillis()))
                        .mapTo(String.class)
                        .one());
    }

    /** Says something, so that the locks are kept. */
    void touch() {
        execute("SELECT 1");
    }

    /** Asks with named parameters. */
    <T extends @Nullable Object> T query(String sql, Function<Query, T> ask) {
        try (var query = Jdbis.on(connection).createQuery(sql)) {
            return ask.apply(query);
        } catch (RuntimeException e) {
            reusable = false;
            throw e;
        }
    }

    /** Executes one statement, past Jdbi: names may hold what it takes for a parameter. */
    void execute(String sql) {
        try (Statement statement = connection().createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    /**
     * Drops a database, whoever is in it. While PostgreSQL vacuums it by itself, FORCE is refused to all but superusers, who may
     * end that; without FORCE PostgreSQL ends it, so then everybody else is shown out first.
     */
    void drop(String name) {
        try {
            execute(DatabaseSql.drop(name));
        } catch (RuntimeException e) {
            if (!States.NOT_PERMITTED.matches(e)) {
                throw e;
            }
            execute(DatabaseSql.allowConnections(name, false));
            Occupants.end(this, name);
            execute(DatabaseSql.dropUnused(name));
        }
    }

    /** Executes statements in one transaction, sent in one go. */
    void atomically(String... statements) {
        // After a failure the server is in the middle of it, so the connection is not used again.
        reusable = false;
        execute("BEGIN; " + String.join("; ", statements) + "; COMMIT");
        reusable = true;
    }

    /**
     * Begins a transaction in which nobody else works on a database, on whatever node, and looks at what there is under some
     * names: all in one round trip. Statements for one follow with {@link #commit}; else it is rolled back.
     */
    List<Situation> begin(Identity identity, String... names) {
        reusable = false;
        open = true;
        String sql = "BEGIN; SELECT pg_advisory_xact_lock(?)" + ("; " + Situation.look()).repeat(names.length);
        try (PreparedStatement statement = connection().prepareStatement(sql)) {
            int parameter = 1;
            statement.setLong(parameter++, identity.lockKey());
            for (String name : names) {
                statement.setString(parameter++, identity.role());
                statement.setString(parameter++, name);
            }
            statement.execute();
            statement.getMoreResults();
            List<Situation> there = new ArrayList<>();
            for (String name : names) {
                statement.getMoreResults();
                try (ResultSet row = statement.getResultSet()) {
                    row.next();
                    there.add(Situation.read(row, name, identity));
                }
            }
            reusable = true;
            return there;
        } catch (SQLException e) {
            throw new UnableToExecuteStatementException(e, null);
        }
    }

    /** Executes statements and ends the transaction that was begun, in one round trip. */
    void commit(String... statements) {
        reusable = false;
        execute(String.join("; ", statements) + (statements.length == 0 ? "" : "; ") + "COMMIT");
        open = false;
        reusable = true;
    }

    /** Goes on after {@link #atomically} or {@link #commit} has failed, and left nothing behind. */
    void recover() {
        execute("ROLLBACK");
        open = false;
        reusable = true;
    }

    /** Gives the connection and the locks back. */
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
            // The connection is closed, and the server frees the locks when it notices.
            clean = false;
        } finally {
            connections.release(connection, clean);
        }
    }

    /** The error for what went wrong; one of this library stays what it is. */
    static SaasException failure(String what, RuntimeException error) {
        if (!(error instanceof SaasException) && States.DATABASE_IN_USE.matches(error)) {
            return SaasException.unavailable(
                    ErrorCodes.BACKEND_UNAVAILABLE,
                    what + " failed: sessions are connected to it that do not end, or that this backend may not end."
                            + " End them, or try again.",
                    Failures.sqlError(error));
        }
        return Failures.translate(PostgresDialect.INSTANCE, what, error);
    }
}
