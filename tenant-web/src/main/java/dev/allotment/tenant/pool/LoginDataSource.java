// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import dev.allotment.DatabaseLogin;
import dev.allotment.ServerId;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.util.function.Supplier;

/**
 * Opens the connections of one tenant pool. If that fails, and the tenant has been moved to another server, it connects
 * there, with the login that the tenant has there. Thread-safe.
 */
public final class LoginDataSource extends SuppliedDataSource {
    private final Supplier<DatabaseLogin> logins;
    private final Supplier<ServerId> servers;
    private Place place;

    /** The last known server of the tenant, and its login there. */
    private record Place(ServerId server, DatabaseLogin login) {
        Connection connect() throws SQLException {
            return DriverManager.getConnection(login.url(), login.user(), login.password());
        }
    }

    /**
     * Reads the login. Does no other I/O.
     *
     * @param server where the tenant was when it was read
     * @param servers returns where the tenant is now; asked after each failure
     */
    public LoginDataSource(Supplier<DatabaseLogin> logins, ServerId server, Supplier<ServerId> servers) {
        this.logins = logins;
        this.servers = servers;
        this.place = new Place(server, logins.get());
    }

    @Override
    public Connection getConnection() throws SQLException {
        Place known = place();
        try {
            return known.connect();
        } catch (SQLException e) {
            return placeAfter(known, e).connect();
        }
    }

    private synchronized Place place() {
        return place;
    }

    private synchronized Place placeAfter(Place known, SQLException failure) throws SQLException {
        if (!place.equals(known)) {
            return place;
        }
        try {
            ServerId present = servers.get();
            if (!present.equals(known.server())) {
                place = new Place(present, logins.get());
                return place;
            }
        } catch (RuntimeException e) {
            // The control plane does not respond, or the tenant is being moved.
            failure.addSuppressed(e);
        }
        throw failure;
    }

    /** As a pool does for a URL. */
    @Override
    public void setLoginTimeout(int seconds) {
        DriverManager.setLoginTimeout(seconds);
    }

    @Override
    public int getLoginTimeout() {
        return DriverManager.getLoginTimeout();
    }
}
