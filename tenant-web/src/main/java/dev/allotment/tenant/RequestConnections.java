// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Tenant;
import dev.allotment.tenant.pool.AcquiredConnection;
import dev.allotment.tenant.pool.SuppliedDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import javax.sql.DataSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The connections that one request has acquired. Thread-safe, because a request may use several threads. */
final class RequestConnections {
    private static final Logger LOG = LoggerFactory.getLogger(RequestConnections.class);

    private final TenantDataSources sources;
    private final String path;
    private final Set<Connection> open = new LinkedHashSet<>();
    private boolean finished;

    RequestConnections(TenantDataSources sources, String path) {
        this.sources = sources;
        this.path = path;
    }

    DataSource of(Tenant tenant) {
        DataSource source = sources.of(tenant);
        return SuppliedDataSource.of(() -> acquire(source));
    }

    private Connection acquire(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        Connection[] acquired = new Connection[1];
        acquired[0] = AcquiredConnection.of(connection, () -> release(acquired[0], connection));
        if (!remember(acquired[0])) {
            connection.close();
            throw new SQLNonTransientConnectionException(
                    "The request of this data source has finished. For background work, use"
                            + " TenantDataSources.of(tenant).");
        }
        return acquired[0];
    }

    private synchronized boolean remember(Connection connection) {
        if (finished) {
            return false;
        }
        open.add(connection);
        return true;
    }

    private synchronized void release(Connection acquired, Connection ignored) {
        open.remove(acquired);
    }

    /** Closes the connections that are still open. */
    void finish() {
        List<Connection> left;
        synchronized (this) {
            finished = true;
            left = new ArrayList<>(open);
        }
        if (!left.isEmpty()) {
            LOG.warn(
                    "A request left connections open; they are closed now. Close each one after use: path={} count={}",
                    path,
                    left.size());
        }
        for (Connection each : left) {
            try {
                each.close();
            } catch (SQLException e) {
                LOG.debug("A connection could not be closed", e);
            }
        }
    }
}
