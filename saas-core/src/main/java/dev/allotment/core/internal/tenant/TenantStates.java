// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;

/** Makes the database of a tenant follow the state in the catalog. */
public final class TenantStates {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final TenantDatabases tenantDatabases;

    public TenantStates(CoreContext context, ServerRegistry serverRegistry, TenantDatabases tenantDatabases) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.tenantDatabases = tenantDatabases;
    }

    public void write(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        boolean suspended = tenant.state() == TenantState.SUSPENDED;
        if (suspended) {
            // First: an application that is to be shut out could otherwise block the update of its database.
            serverRegistry.databases(tenant.serverId(), operation).close(DatabaseRefs.of(tenant));
        }
        tenantDatabases.transact(tenant, tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                DatabaseSetup.writeParameters(tx, tenant, suspended);
                OperationMarkers.put(tx, operation);
            }
            return null;
        });
        if (tenant.state() == TenantState.OPEN) {
            serverRegistry.databases(tenant.serverId(), operation).open(DatabaseRefs.of(tenant));
        }
    }

    /** A database that was removed by hand is closed enough. */
    public void close(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        try {
            serverRegistry.databases(tenant.serverId(), operation).close(DatabaseRefs.of(tenant));
        } catch (SaasException e) {
            if (!DatabaseRemoval.isMissing(e)) {
                throw e;
            }
        }
    }
}
