// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.pool;

import dev.allotment.DatabaseLogin;
import dev.allotment.SaasException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import java.time.Duration;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * Opens the connections of a session of support that only reads. Its login ends after a while, so it gets another one
 * before, and after the server has refused the one that it has: the tenant may have been moved. Thread-safe.
 */
public final class ReaderDataSource extends SuppliedDataSource {
    /** Shorter than a login lasts. */
    private static final long LOGIN_NANOS = Duration.ofMinutes(50).toNanos();
    /** The class of SQL states that say that a login is not accepted. */
    private static final String REFUSED = "28";

    private final Supplier<DatabaseLogin> logins;
    private final LongSupplier ticker;
    private @Nullable DatabaseLogin login;
    private long since;

    /** @param logins creates a login, if the session is still open */
    public ReaderDataSource(Supplier<DatabaseLogin> logins, LongSupplier ticker) {
        this.logins = logins;
        this.ticker = ticker;
    }

    @Override
    public Connection getConnection() throws SQLException {
        DatabaseLogin known = after(null);
        try {
            return connect(known);
        } catch (SQLException e) {
            if (e.getSQLState() == null || !e.getSQLState().startsWith(REFUSED)) {
                throw e;
            }
            return connect(after(known));
        }
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    /** @param refused a login that is not accepted any more; null: none */
    private synchronized DatabaseLogin after(@Nullable DatabaseLogin refused) throws SQLException {
        long now = ticker.getAsLong();
        DatabaseLogin known = login;
        if (known == null || known.equals(refused) || now - since >= LOGIN_NANOS) {
            try {
                known = logins.get();
            } catch (SaasException e) {
                throw new SQLNonTransientConnectionException(e.getMessage(), e);
            }
            login = known;
            since = now;
        }
        return known;
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
