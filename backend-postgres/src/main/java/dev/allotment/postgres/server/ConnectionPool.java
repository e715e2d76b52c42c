// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres.server;

import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Transactions;
import java.sql.Connection;
import java.sql.SQLException;
import javax.sql.DataSource;

/** The connections to the catalog, pooled. Making it does no I/O; the first use opens the first connection. */
public final class ConnectionPool implements Connections, AutoCloseable {
    private static final long CONNECTION_TIMEOUT = 5_000;
    private static final long VALIDATION_TIMEOUT = 2_000;

    private final HikariDataSource pool = new HikariDataSource();
    private volatile boolean closed;

    /**
     * A pool over a driver's data source.
     *
     * @param name for the names of its threads and its log lines
     * @param size most connections at once
     * @param autoCommit how connections are between transactions; {@link Transactions} works with both
     */
    public ConnectionPool(String name, DataSource driver, int size, boolean autoCommit) {
        pool.setPoolName(name);
        pool.setDataSource(driver);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        pool.setAutoCommit(autoCommit);
        pool.setConnectionTimeout(CONNECTION_TIMEOUT);
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
            // It may have been closed meanwhile, which is all that there is to say then.
            checkNotClosed();
            throw e;
        }
    }

    @Override
    public void release(Connection connection, boolean reusable) {
        if (!reusable) {
            pool.evictConnection(connection);
        }
        Connections.close(connection);
    }

    /** Has connections that lie idle closed: those that died with their server are not found by whoever asks next. */
    public void forgetIdle() {
        if (!closed && pool.getHikariPoolMXBean() != null) {
            pool.getHikariPoolMXBean().softEvictConnections();
        }
    }

    /**
     * Refuses use after closing.
     *
     * @throws dev.allotment.SaasException {@code backend.closed}
     */
    void checkNotClosed() {
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
