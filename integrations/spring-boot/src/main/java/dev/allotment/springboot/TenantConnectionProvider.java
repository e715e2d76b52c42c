// SPDX-License-Identifier: Apache-2.0
package dev.allotment.springboot;

import dev.allotment.tenant.CurrentTenant;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.SQLNonTransientConnectionException;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.MultiTenantConnectionProvider;

/**
 * Gives Hibernate connections of the current tenant, for sessions of this tenant only. Thread-safe.
 */
final class TenantConnectionProvider implements MultiTenantConnectionProvider<String> {
    private static final long serialVersionUID = 1L;

    private final transient DataSource source;
    private final transient CurrentTenant current;

    TenantConnectionProvider(DataSource source, CurrentTenant current) {
        this.source = source;
        this.current = current;
    }

    /** Hibernate calls this to create or check the schema when the application starts. */
    @Override
    public Connection getAnyConnection() throws SQLException {
        throw new SchemaWithoutTenantException();
    }

    @Override
    public void releaseAnyConnection(Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    public Connection getConnection(String tenant) throws SQLException {
        String now = TenantIdentifierResolver.identifier(current);
        if (!tenant.equals(now) && !tenant.equals(TenantIdentifierResolver.NONE)) {
            throw new SQLNonTransientConnectionException(
                    "This session belongs to a tenant that the thread does not work for now. Open a session for each"
                            + " runAs.");
        }
        if (tenant.equals(TenantIdentifierResolver.NONE) && !now.equals(tenant)) {
            throw new SQLNonTransientConnectionException(
                    "This session was opened while the thread worked for no tenant. Open it inside of runAs.");
        }
        return source.getConnection();
    }

    @Override
    public void releaseConnection(String tenant, Connection connection) throws SQLException {
        connection.close();
    }

    @Override
    public boolean supportsAggressiveRelease() {
        return false;
    }

    @Override
    public boolean isUnwrappableAs(Class<?> type) {
        return type.isInstance(this);
    }

    @Override
    public <T> T unwrap(Class<T> type) {
        return type.cast(this);
    }
}
