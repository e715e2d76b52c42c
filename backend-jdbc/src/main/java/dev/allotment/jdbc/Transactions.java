// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger.Level;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in transactions over the tables of one schema. Commits explicitly, whether or not connections are in
 * autocommit mode. Thread-safe.
 */
public final class Transactions {
    /**
     * How long deadlocks may follow each other. A deadlock always has one winner. But a transaction that meets a
     * stream of others may lose any number of times, each within microseconds, so a number of attempts would not show
     * a problem.
     */
    private static final long DEADLOCK_TIMEOUT_NANOS = Duration.ofSeconds(10).toNanos();

    /** This many lost connections in a row show a problem. */
    private static final int MAX_LOST_CONNECTIONS = 10;

    /** {@code admin_shutdown}: the server ended one connection, or shuts down and then refuses new ones. */
    private static final String ADMIN_SHUTDOWN = "57P01";

    private final LongSupplier ticker;
    private final SqlDialect dialect;
    private final Schema schema;
    private final Map<String, TableSql<?>> tables;

    /** Transactions over a schema. */
    public Transactions(SqlDialect dialect, Schema schema) {
        this(dialect, schema, System::nanoTime);
    }

    /**
     * Transactions over a schema.
     *
     * @param ticker nanoseconds that measure how long attempts have failed
     */
    public Transactions(SqlDialect dialect, Schema schema, LongSupplier ticker) {
        this.ticker = ticker;
        this.dialect = dialect;
        this.schema = schema;
        Map<String, TableSql<?>> statements = new LinkedHashMap<>();
        for (RecordType<?> type : schema.types()) {
            statements.put(type.name(), new TableSql<>(dialect, type));
        }
        this.tables = Map.copyOf(statements);
    }

    /**
     * Runs work in a transaction. Runs it again after a deadlock, a serialization failure, or the loss of its
     * connection before the commit.
     *
     * @param scripts implements the operations on the tables of an application
     * @throws SaasException {@code backend.unavailable} if no connection is available, if the connection was lost
     *     (during the commit, the outcome is unknown), or if deadlocks do not stop; {@code backend.failed} if the
     *     work continued after a statement had failed; everything that the work throws comes out unchanged
     */
    public <T extends @Nullable Object> T run(
            Connections connections, ScriptRunner scripts, Function<? super JdbcTransaction, ? extends T> work) {
        OptionalLong since = OptionalLong.empty();
        int lost = 0;
        while (true) {
            Attempt<T> result = attempt(connections, scripts, work);
            if (result.retryBecause() == null) {
                return result.value();
            }
            long now = ticker.getAsLong();
            boolean deadlock = Failures.kind(dialect, result.retryBecause()) == SqlDialect.Failure.RETRY;
            // Measured from the first deadlock, because the work itself may take any time.
            since = deadlock && since.isEmpty() ? OptionalLong.of(now) : since;
            lost += deadlock ? 0 : 1;
            if (lost == MAX_LOST_CONNECTIONS || (deadlock && now - since.orElse(now) > DEADLOCK_TIMEOUT_NANOS)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "A transaction repeatedly lost its connection or conflicted with others. Try again.",
                        result.retryBecause());
            }
        }
    }

    /**
     * Runs work that only reads records, in the transaction that a connection already has. Does not end it.
     *
     * @throws SaasException as {@link Failures#translate}
     */
    public void read(Connection connection, ScriptRunner scripts, Consumer<? super Transaction> work) {
        boolean interrupted = Thread.currentThread().isInterrupted();
        JdbcTransaction transaction = new JdbcTransaction(connection, dialect, schema, tables, scripts, interrupted);
        try {
            work.accept(transaction);
        } finally {
            transaction.finish();
        }
    }

    private record Attempt<T extends @Nullable Object>(
            T value, @Nullable SaasException retryBecause) {
        @SuppressWarnings("NullAway") // the value of a failed attempt is never read
        static <T extends @Nullable Object> Attempt<T> retry(@Nullable SaasException cause) {
            return new Attempt<>(null, cause);
        }
    }

    private <T extends @Nullable Object> Attempt<T> attempt(
            Connections connections, ScriptRunner scripts, Function<? super JdbcTransaction, ? extends T> work) {
        // Some drivers clear the interrupt of a thread, and continue.
        boolean interrupted = Thread.currentThread().isInterrupted();
        Connection connection;
        try {
            connection = connections.acquire();
        } catch (SQLException | RuntimeException e) {
            connections.ended(Failures.kind(dialect, e));
            SaasException failure = Failures.translate(dialect, "Connecting", e);
            if (isAdminShutdown(e)) {
                return Attempt.retry(failure);
            }
            throw failure;
        }
        boolean reusable = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            if (!autoCommit) {
                // The transaction starts with the first statement that needs one.
                connection.setAutoCommit(true);
            }
            JdbcTransaction transaction =
                    new JdbcTransaction(connection, dialect, schema, tables, scripts, interrupted);
            T value;
            try {
                value = work.apply(transaction);
            } catch (RuntimeException | Error e) {
                connections.ended(transaction.failureKind());
                reusable = rollBack(connection, transaction, autoCommit);
                if (transaction.isRetryable()) {
                    return Attempt.retry(transaction.failure());
                }
                throw e;
            } finally {
                transaction.finish();
                interrupted = transaction.wasInterrupted();
            }
            SaasException failure = transaction.failure();
            if (failure != null) {
                connections.ended(transaction.failureKind());
                reusable = rollBack(connection, transaction, autoCommit);
                if (transaction.isRetryable()) {
                    return Attempt.retry(failure);
                }
                throw SaasException.internal(
                        ErrorCodes.BACKEND_FAILED,
                        "The work of a transaction returned normally although one of its statements had failed.",
                        failure);
            }
            if (transaction.hasStarted()) {
                connections.checkNotClosed();
                transaction.checkConnection();
                try {
                    transaction.commit();
                } catch (SaasException e) {
                    connections.ended(null);
                    reusable = rollBack(connection, transaction, autoCommit);
                    throw e;
                }
            }
            if (transaction.hasChanged()) {
                connections.committed(connection);
            }
            connections.ended(null);
            reusable = restore(connection, autoCommit);
            return new Attempt<>(value, null);
        } catch (SQLException e) {
            SaasException failure = Failures.translate(dialect, "Committing", e);
            connections.ended(dialect.failure(e));
            if (dialect.failure(e) == SqlDialect.Failure.RETRY) {
                return Attempt.retry(failure);
            }
            throw failure;
        } finally {
            connections.release(connection, reusable);
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /**
     * Whether the server accepted a connection and then ended it, like all connections to a database that it copies.
     */
    private static boolean isAdminShutdown(Throwable error) {
        SQLException sql = Failures.sqlError(error);
        return sql != null && ADMIN_SHUTDOWN.equals(sql.getSQLState());
    }

    /** Rolls back. Returns whether the connection can be used for another transaction. */
    private boolean rollBack(Connection connection, JdbcTransaction transaction, boolean autoCommit) {
        if (transaction.isConnectionLost()) {
            // There is nothing to roll back, and trying could take for ever.
            return false;
        }
        try {
            if (transaction.hasStarted()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // The server ended the transaction together with the connection. The caller gets the first failure.
            log("rollback", e);
            return false;
        }
        return restore(connection, autoCommit);
    }

    /** Restores the autocommit mode. Returns whether the connection can be used for another transaction. */
    private boolean restore(Connection connection, boolean autoCommit) {
        try {
            connection.setAutoCommit(autoCommit);
            return true;
        } catch (SQLException e) {
            // The transaction has finished, so this failure concerns the connection only.
            log("restore-autocommit", e);
            return false;
        }
    }

    private void log(String operation, SQLException e) {
        System.getLogger("dev.allotment.jdbc")
                .log(
                        Level.DEBUG,
                        "A connection failed after its transaction: operation=" + operation + " database="
                                + schema.title().replace(' ', '-'),
                        e);
    }
}
