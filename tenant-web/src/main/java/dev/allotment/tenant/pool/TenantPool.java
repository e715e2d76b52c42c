// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The connection pool of one tenant. It opens with the first connection, outside of the lock of {@link
 * TenantDataSources}, because opening takes as long as the database takes to answer. Thread-safe.
 */
public final class TenantPool {
    private final IntFunction<HikariDataSource> opener;
    private @Nullable HikariDataSource pool;

    public TenantPool(IntFunction<HikariDataSource> opener) {
        this.opener = opener;
    }

    /**
     * Takes a connection. The caller has acquired one from the allocator, so this never waits for another caller.
     *
     * @param size how many connections the pool may have, read while no other thread changes the pool
     */
    public Connection connect(IntSupplier size) throws SQLException {
        return resized(size).getConnection();
    }

    private synchronized HikariDataSource resized(IntSupplier current) {
        int size = current.getAsInt();
        HikariDataSource known = pool;
        if (known == null) {
            known = opener.apply(size);
            pool = known;
        } else if (known.getMaximumPoolSize() != size) {
            known.setMaximumPoolSize(size);
        }
        return known;
    }

    /** Closes a connection that the pool may not have any more, and returns when it is closed. */
    public void shrink(IntSupplier current) throws SQLException {
        HikariDataSource open;
        synchronized (this) {
            int size = current.getAsInt();
            open = pool;
            if (open == null) {
                return;
            }
            open.setMaximumPoolSize(size);
            if (open.getHikariPoolMXBean().getTotalConnections() <= size) {
                return;
            }
        }
        try (Connection idle = open.getConnection()) {
            // Hikari would close it later, on its own thread, and the limit would be exceeded until then.
            idle.unwrap(Connection.class).close();
            open.evictConnection(idle);
        }
    }

    public synchronized void close() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }
}
