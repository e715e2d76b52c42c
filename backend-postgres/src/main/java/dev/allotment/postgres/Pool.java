// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.jdbc.Connections;
import dev.allotment.jdbc.Failures;
import dev.allotment.jdbc.Jdbis;
import dev.allotment.jdbc.Transactions;
import javax.sql.DataSource;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections to the catalog, pooled. Making it does no I/O; the first use opens the first connection. */
final class Pool implements Connections, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Pool.class);

    private static final long CONNECTION_TIMEOUT = 5_000;
    private static final long VALIDATION_TIMEOUT = 2_000;

    private final HikariDataSource pool = new HikariDataSource();
    private final Jdbi jdbi;
    private volatile boolean closed;

    /**
     * A pool over a driver's data source.
     *
     * @param name for the names of its threads and its log lines
     * @param size most connections at once
     * @param autoCommit how connections are between transactions; {@link Transactions} works with both
     */
    Pool(String name, DataSource driver, int size, boolean autoCommit) {
        pool.setPoolName(name);
        pool.setDataSource(driver);
        pool.setMaximumPoolSize(size);
        pool.setMinimumIdle(1);
        pool.setAutoCommit(autoCommit);
        pool.setConnectionTimeout(CONNECTION_TIMEOUT);
        pool.setValidationTimeout(VALIDATION_TIMEOUT);
        pool.setInitializationFailTimeout(-1);
        pool.setTransactionIsolation("TRANSACTION_READ_COMMITTED");
        jdbi = Jdbis.over(pool::getConnection);
    }

    @Override
    public Handle take() {
        checkNotClosed();
        try {
            return jdbi.open();
        } catch (RuntimeException e) {
            // It may have been closed meanwhile, which is all that there is to say then.
            checkNotClosed();
            throw e;
        }
    }

    @Override
    public void giveBack(Handle handle, boolean reusable) {
        if (!reusable) {
            pool.evictConnection(handle.getConnection());
        }
        try {
            handle.close();
        } catch (RuntimeException e) {
            // It is gone either way, and what it was used for has told how it ended.
            LOG.debug("A connection could not be given back", e);
        }
    }

    /** Has connections that lie idle closed: those that died with their server are not found by whoever asks next. */
    void forgetIdle() {
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
