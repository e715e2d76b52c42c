// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import java.io.PrintWriter;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLFeatureNotSupportedException;
import java.util.logging.Logger;
import javax.sql.DataSource;
import org.jspecify.annotations.Nullable;

/** A data source that gets its connections from somewhere else. */
final class SuppliedDataSource implements DataSource {
    /** Where connections come from. */
    @FunctionalInterface
    interface Lender {
        Connection lend() throws SQLException;
    }

    private final Lender lender;

    SuppliedDataSource(Lender lender) {
        this.lender = lender;
    }

    @Override
    public Connection getConnection() throws SQLException {
        return lender.lend();
    }

    @Override
    public Connection getConnection(String user, String password) throws SQLException {
        throw new SQLFeatureNotSupportedException(
                "A tenant's database is connected to as its own user: call getConnection() without arguments.");
    }

    @Override
    public @Nullable PrintWriter getLogWriter() {
        return null;
    }

    @Override
    public void setLogWriter(@Nullable PrintWriter out) throws SQLException {
        throw new SQLFeatureNotSupportedException("Nothing is written to a log writer.");
    }

    @Override
    public void setLoginTimeout(int seconds) throws SQLException {
        throw new SQLFeatureNotSupportedException("How long to wait is set where the data sources are built.");
    }

    @Override
    public int getLoginTimeout() {
        return 0;
    }

    @Override
    public Logger getParentLogger() throws SQLFeatureNotSupportedException {
        throw new SQLFeatureNotSupportedException("Nothing is logged by java.util.logging.");
    }

    @Override
    public <T> T unwrap(Class<T> type) throws SQLException {
        if (type.isInstance(this)) {
            return type.cast(this);
        }
        throw new SQLException("No " + type.getSimpleName() + " is behind this data source.");
    }

    @Override
    public boolean isWrapperFor(Class<?> type) {
        return type.isInstance(this);
    }
}
