// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.HikariPoolMXBean;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.SqlDialect;
import dev.allotment.jdbc.Transactions;
import dev.allotment.spi.backend.PoolUse;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** Pooled connections to one database. Creating a pool does no I/O; the first use opens a connection. Thread-safe. */
public final class ConnectionPool implements Connections, AutoCloseable {
    private static final long VALIDATION_TIMEOUT = 2_000;

    private final HikariDataSource pool = new HikariDataSource();
    private final Runnable onLostConnection;
    private volatile boolean closed;

    /**
     * Creates a pool of connections from a data source of the driver.
     *
     * @param name for thread names and logs
     * @param size the maximum number of connections
     * @param timeout how long a caller waits for a connection
     * @param autoCommit the mode of connections between transactions; {@link Transactions} works with both
     * @param onLostConnection called when a connection turns out to be lost. The others to the same server may be lost
     *     as well: those of this pool, and those of other pools
     */
    public ConnectionPool(
            String name, DataSource driver, int size, Duration timeout, boolean autoCommit, Runnable onLostConnection) {
        this.onLostConnection = onLostConnection;
        pool.setPoolName(name);
        pool.setDataSource(driver);
        pool.setMaximumPoolSize(size);
        // With one, the pool would go on connecting to a server that is down, although no caller needs it, and warn of
        // it.
        pool.setMinimumIdle(0);
        pool.setAutoCommit(autoCommit);
        pool.setConnectionTimeout(timeout.toMillis());
        pool.setValidationTimeout(VALIDATION_TIMEOUT);
        pool.setInitializationFailTimeout(-1);
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
    }

    @Override
    public Connection acquire() throws SQLException {
        checkNotClosed();
        try {
            return pool.getConnection();
        } catch (SQLException | RuntimeException e) {
            // If the pool was closed meanwhile, that is the cause.
            checkNotClosed();
            if (isExhausted(e)) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "All " + pool.getMaximumPoolSize() + " connections of the pool " + pool.getPoolName()
                                + " are in use, and none became free within " + pool.getConnectionTimeout()
                                + " ms. Try again, or raise pool.size.",
                        null);
            }
            throw e;
        }
    }

    /**
     * Whether a caller got no connection although all of them are open. Then the server can be reached, and the others
     * are not lost.
     */
    private boolean isExhausted(Exception e) {
        return e instanceof SQLTransientConnectionException
                && e.getCause() == null
                && pool.getHikariPoolMXBean().getTotalConnections() >= pool.getMaximumPoolSize();
    }

    @Override
    public void release(Connection connection, boolean reusable) {
        if (!reusable) {
            pool.evictConnection(connection);
        }
        Connections.close(connection);
    }

    @Override
    public void ended(SqlDialect.@Nullable Failure failure) {
        if (failure != null && failure.isConnectionLost()) {
            onLostConnection.run();
        }
    }

    /** How many connections are in use, and how many callers wait, under the name of a pool. */
    public PoolUse use(String name) {
        HikariPoolMXBean present = pool.getHikariPoolMXBean();
        return present == null
                ? new PoolUse(name, 0, 0, 0, pool.getMaximumPoolSize())
                : new PoolUse(
                        name,
                        present.getActiveConnections(),
                        present.getIdleConnections(),
                        present.getThreadsAwaitingConnection(),
                        pool.getMaximumPoolSize());
    }

    /** Closes idle connections, so that the next caller does not get one that died with its server. */
    public void forgetIdle() {
        if (!closed && pool.getHikariPoolMXBean() != null) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /**
     * Refuses the call if the pool was closed.
     *
     * @throws dev.allotment.SaasException {@code backend.closed}
     */
    @Override
    public void checkNotClosed() {
        if (closed) {
            throw Failures.closed();
        }
    }

    @Override
    public void close() {
        closed = true;
        pool.close();
    }
}
