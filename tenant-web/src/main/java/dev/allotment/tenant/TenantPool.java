// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.UUID;
import java.util.function.IntFunction;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/**
 * The place of one tenant's pool. Its numbers are guarded by the lock of {@link TenantDataSources}; the pool itself by this
 * object, since opening it takes as long as the database takes to answer.
 */
final class TenantPool {
    /** A tenant under its present name: one that was renamed is reached at another URL. */
    record Key(UUID tenant, String name) {
        static Key of(Tenant tenant) {
            return new Key(tenant.uuid(), tenant.name());
        }
    }

    final Key key;
    final ServerId server;
    private final IntFunction<HikariDataSource> opener;

    /** Connections that it may open, all of which count against the ceilings. */
    int reserved = 1;
    /** Connections that are lent. */
    int lent;
    /** When one was lent or given back last, in the ticker's nanoseconds. */
    long usedAt;
    /** Being closed: whoever wants it waits for another. */
    boolean closing;

    private @Nullable HikariDataSource pool;

    TenantPool(Tenant tenant, IntFunction<HikariDataSource> opener) {
        key = Key.of(tenant);
        server = tenant.serverId();
        this.opener = opener;
    }

    /**
     * Only while one is lent by the numbers: so it never waits for another borrower.
     *
     * @param present how many it may have, asked when nobody else changes the pool
     */
    Connection connect(IntSupplier present) throws SQLException {
        return pool(present).getConnection();
    }

    private synchronized HikariDataSource pool(IntSupplier present) {
        int size = present.getAsInt();
        HikariDataSource known = pool;
        if (known == null) {
            known = opener.apply(size);
            pool = known;
        } else if (known.getMaximumPoolSize() != size) {
            known.setMaximumPoolSize(size);
        }
        return known;
    }

    /** Closes a connection that it may not have any more, and returns when it is closed. */
    void shrink(IntSupplier present) throws SQLException {
        HikariDataSource open;
        synchronized (this) {
            int size = present.getAsInt();
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
            // The pool itself closes later, on a thread of its own: the ceiling is held until then.
            idle.unwrap(Connection.class).close();
            open.evictConnection(idle);
        }
    }

    synchronized void close() {
        if (pool != null) {
            pool.close();
            pool = null;
        }
    }
}
