// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.guides;

import dev.allotment.tenant.TenantDataSources;
import javax.sql.DataSource;
import org.hibernate.engine.jdbc.connections.spi.AbstractDataSourceBasedMultiTenantConnectionProviderImpl;

/** Connects a session to the database of its tenant. */
final class TenantConnections extends AbstractDataSourceBasedMultiTenantConnectionProviderImpl<String> {
    private static final long serialVersionUID = 1L;

    private final transient TenantDataSources sources;

    TenantConnections(TenantDataSources sources) {
        this.sources = sources;
    }

    @Override
    protected DataSource selectDataSource(String tenant) {
        if (!tenant.equals(sources.currentTenant().get().uuid().toString())) {
            throw new IllegalStateException("This session belongs to another tenant. Open a session for each runAs.");
        }
        return sources.current();
    }

    /** Hibernate calls this to create or check tables when it starts. Migrations do that for each tenant. */
    @Override
    protected DataSource selectAnyDataSource() {
        throw new IllegalStateException("Tables are created by migrations. Do not set hibernate.hbm2ddl.auto.");
    }
}
