// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.RecordType;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.OptionalLong;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/**
 * Runs work in transactions over the tables of one schema. Commits explicitly, whether or not connections come with
 * autocommit. Thread-safe.
 */
public final class Transactions {
    /**
     * A deadlock ends with one winner, so somebody always gets on; but one that meets a stream of others may lose any number
     * of times, each within microseconds. So it is time that tells whether something is wrong.
     */
    private static final long PATIENCE_NANOS = Duration.ofSeconds(10).toNanos();

    /** So many lost connections in a row mean that something is wrong. */
    private static final int MOST_LOST = 10;

    /** {@code admin_shutdown}: of one connection, or of the whole server, which then lets nobody in. */
    private static final String PUT_OUT = "57P01";

    private final LongSupplier ticker;
    private final SqlDialect dialect;
    private final Schema schema;
    private final Map<String, TableSql<?>> tables;

    public Transactions(SqlDialect dialect, Schema schema) {
        this(dialect, schema, System::nanoTime);
    }

    /** The same with a ticker, in nanoseconds, that says how long it has been tried. */
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
     * Runs work that uses records only.
     *
     * @throws SaasException as {@link #run(Connections, ScriptRunner, Function)}
     */
    public <T extends @Nullable Object> T run(
            Connections connections, Function<? super JdbcTransaction, ? extends T> work) {
        return run(connections, ScriptRunner.REFUSED, work);
    }

    /**
     * Runs work in a transaction; again after a deadlock, a serialization failure, or the loss of its connection before the
     * commit.
     *
     * @throws SaasException {@code backend.unavailable} where no connection can be had or was lost (during the commit, it
     *     is not known whether it was done), or where deadlocks do not end; {@code backend.failed} where the work went on
     *     after a statement had failed; what the work throws comes out unchanged
     */
    public <T extends @Nullable Object> T run(
            Connections connections, ScriptRunner scripts, Function<? super JdbcTransaction, ? extends T> work) {
        OptionalLong since = OptionalLong.empty();
        int lost = 0;
        while (true) {
            Attempt<T> result = attempt(connections, scripts, work);
            if (result.rerunBecause() == null) {
                return result.value();
            }
            long now = ticker.getAsLong();
            boolean deadlock = Failures.kind(dialect, result.rerunBecause()) == SqlDialect.Failure.RETRY;
            // Counted from the first one: how long the work itself takes is another matter.
            since = deadlock && since.isEmpty() ? OptionalLong.of(now) : since;
            lost += deadlock ? 0 : 1;
            if (lost == MOST_LOST || (deadlock && now - since.orElse(now) > PATIENCE_NANOS)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "A transaction lost its connection, or got in the way of others, again and again. Try again.",
                        result.rerunBecause());
            }
        }
    }

    private record Attempt<T extends @Nullable Object>(
            T value, @Nullable SaasException rerunBecause) {
        @SuppressWarnings("NullAway") // the value of an attempt to be repeated is never looked at
        static <T extends @Nullable Object> Attempt<T> rerun(@Nullable SaasException cause) {
            return new Attempt<>(null, cause);
        }
    }

    private <T extends @Nullable Object> Attempt<T> attempt(
            Connections connections, ScriptRunner scripts, Function<? super JdbcTransaction, ? extends T> work) {
        Connection connection;
        try {
            connection = connections.acquire();
        } catch (SQLException | RuntimeException e) {
            SaasException failure = Failures.translate(dialect, "Connecting", e);
            if (putOut(e)) {
                return Attempt.rerun(failure);
            }
            throw failure;
        }
        boolean reusable = false;
        try {
            boolean autoCommit = connection.getAutoCommit();
            if (!autoCommit) {
                // It begins with the first statement that needs it.
                connection.setAutoCommit(true);
            }
            JdbcTransaction transaction = new JdbcTransaction(connection, dialect, schema, tables, scripts);
            T value;
            try {
                value = work.apply(transaction);
            } catch (RuntimeException | Error e) {
                reusable = rollBack(connection, transaction, autoCommit);
                if (transaction.shouldRerun()) {
                    return Attempt.rerun(transaction.failure());
                }
                throw e;
            } finally {
                transaction.end();
            }
            SaasException failure = transaction.failure();
            if (failure != null) {
                reusable = rollBack(connection, transaction, autoCommit);
                if (transaction.shouldRerun()) {
                    return Attempt.rerun(failure);
                }
                throw SaasException.internal(
                        ErrorCodes.BACKEND_FAILED,
                        "A transaction was to be committed although one of its statements had failed.",
                        failure);
            }
            if (transaction.hasBegun()) {
                connection.commit();
            }
            if (transaction.hasChanged()) {
                connections.committed(connection);
            }
            reusable = restored(connection, autoCommit);
            return new Attempt<>(value, null);
        } catch (SQLException e) {
            SaasException failure = Failures.translate(dialect, "Committing", e);
            if (dialect.failure(e) == SqlDialect.Failure.RETRY) {
                return Attempt.rerun(failure);
            }
            throw failure;
        } finally {
            connections.release(connection, reusable);
        }
    }

    /** Whether the server let somebody in and then ended the connection, as it does with all of a database to be copied. */
    private static boolean putOut(Throwable error) {
        SQLException sql = Failures.sqlError(error);
        return sql != null && PUT_OUT.equals(sql.getSQLState());
    }

    /** Whether the connection is good for another transaction. */
    private static boolean rollBack(Connection connection, JdbcTransaction transaction, boolean autoCommit) {
        try {
            if (transaction.hasBegun()) {
                connection.rollback();
            }
        } catch (SQLException e) {
            // The server ended the transaction with the connection; whoever failed first tells why.
            return false;
        }
        return restored(connection, autoCommit);
    }

    /** Whether the connection is good for another transaction. */
    private static boolean restored(Connection connection, boolean autoCommit) {
        try {
            connection.setAutoCommit(autoCommit);
            return true;
        } catch (SQLException e) {
            // The transaction is over, so nobody but the next one would notice.
            return false;
        }
    }
}
