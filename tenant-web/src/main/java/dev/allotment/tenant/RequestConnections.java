// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Tenant;
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

/** The connections that one request has taken. Thread-safe, since a request may use several threads. */
final class RequestConnections {
    private static final Logger LOG = LoggerFactory.getLogger(RequestConnections.class);

    private final TenantDataSources sources;
    private final String path;
    private final Set<Connection> open = new LinkedHashSet<>();
    private boolean ended;

    RequestConnections(TenantDataSources sources, String path) {
        this.sources = sources;
        this.path = path;
    }

    DataSource of(Tenant tenant) {
        DataSource source = sources.of(tenant);
        return new SuppliedDataSource(() -> take(source));
    }

    private Connection take(DataSource source) throws SQLException {
        Connection connection = source.getConnection();
        Connection[] lent = new Connection[1];
        lent[0] = AcquiredConnection.of(connection, () -> giveBack(lent[0], connection));
        if (!remember(lent[0])) {
            connection.close();
            throw new SQLNonTransientConnectionException(
                    "The request that this data source belongs to has ended; background work uses"
                            + " TenantDataSources.of(tenant).");
        }
        return lent[0];
    }

    private synchronized boolean remember(Connection connection) {
        if (ended) {
            return false;
        }
        open.add(connection);
        return true;
    }

    private synchronized void giveBack(Connection lent, Connection ignored) {
        open.remove(lent);
    }

    /** Closes what is left open. */
    void end() {
        List<Connection> left;
        synchronized (this) {
            ended = true;
            left = new ArrayList<>(open);
        }
        if (!left.isEmpty()) {
            LOG.warn(
                    "{} left {} connections open; they are closed now. Close them where they are taken",
                    path,
                    left.size());
        }
        for (Connection each : left) {
            try {
                each.close();
            } catch (SQLException e) {
                LOG.debug("A connection that was left open could not be closed", e);
            }
        }
    }
}
