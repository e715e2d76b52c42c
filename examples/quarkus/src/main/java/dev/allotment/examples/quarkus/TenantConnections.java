// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.quarkus;

import dev.allotment.tenant.TenantDataSources;
import io.quarkus.hibernate.orm.PersistenceUnitExtension;
import io.quarkus.hibernate.orm.runtime.tenant.TenantConnectionResolver;
import jakarta.enterprise.context.ApplicationScoped;
import jakarta.transaction.RollbackException;
import jakarta.transaction.Status;
import jakarta.transaction.SystemException;
import jakarta.transaction.TransactionManager;
import jakarta.transaction.TransactionSynchronizationRegistry;
import java.sql.Connection;
import java.sql.SQLException;
import org.hibernate.engine.jdbc.connections.spi.ConnectionProvider;

/** Connects each session to the database of its tenant. A transaction has one connection, until JTA ends it. */
@ApplicationScoped
@PersistenceUnitExtension
class TenantConnections implements TenantConnectionResolver {
    private final TenantDataSources sources;
    private final TransactionManager transactions;
    private final TransactionSynchronizationRegistry registry;

    TenantConnections(
            TenantDataSources sources, TransactionManager transactions, TransactionSynchronizationRegistry registry) {
        this.sources = sources;
        this.transactions = transactions;
        this.registry = registry;
    }

    @Override
    public ConnectionProvider resolve(String tenant) {
        return new Connections(tenant);
    }

    private Connection connect(String tenant) throws SQLException {
        if (!tenant.equals(sources.currentTenant().get().uuid().toString())) {
            throw new IllegalStateException("This session belongs to another tenant. Open a session for each runAs.");
        }
        if (registry.getTransactionStatus() == Status.STATUS_NO_TRANSACTION) {
            return sources.current().getConnection();
        }
        if (registry.getResource(tenant) instanceof Connection connection) {
            return connection;
        }
        Connection connection = sources.current().getConnection();
        boolean enlisted = false;
        try {
            connection.setAutoCommit(false);
            enlisted = transactions.getTransaction().enlistResource(new LocalTransaction(connection));
            if (!enlisted) {
                throw new SQLException("The transaction does not accept the connection");
            }
            registry.putResource(tenant, connection);
            return connection;
        } catch (SystemException | RollbackException e) {
            throw new SQLException("The connection cannot take part in the transaction", e);
        } finally {
            if (!enlisted) {
                connection.close();
            }
        }
    }

    /** The connections of one tenant. Hibernate may return one before its transaction ends. */
    private final class Connections implements ConnectionProvider {
        private static final long serialVersionUID = 1L;

        private final String tenant;

        Connections(String tenant) {
            this.tenant = tenant;
        }

        @Override
        public Connection getConnection() throws SQLException {
            return connect(tenant);
        }

        @Override
        public void closeConnection(Connection connection) throws SQLException {
            if (!connection.isClosed() && connection.getAutoCommit()) {
                connection.close();
            }
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
}
