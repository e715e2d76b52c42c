// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.database;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseTransaction;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.UUID;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Runs transactions in the databases of tenants, on the server where each is. */
public final class TenantDatabases {
    private final ServerRegistry serverRegistry;

    public TenantDatabases(ServerRegistry serverRegistry) {
        this.serverRegistry = serverRegistry;
    }

    public <T extends @Nullable Object> T transact(
            StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        return serverRegistry.databases(tenant.serverId()).transact(DatabaseRefs.of(tenant), work);
    }

    /** Changes the structure of a database; the record quotas are enforced again after it, if the server can. */
    public <T extends @Nullable Object> T configure(
            StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        boolean enforces = serverRegistry.enforcesRecordQuotas(tenant.serverId());
        return serverRegistry.databases(tenant.serverId()).<T>configure(DatabaseRefs.of(tenant), tx -> {
            T result = work.apply(tx);
            if (enforces) {
                RecordQuotas.enforce(tx);
            }
            return result;
        });
    }

    /**
     * Finds out whether an operation's transaction in the database was committed, and if not, makes sure that it never
     * will be. Enforces no quotas, and needs nothing that the tenant's application could hold for ever: if its sessions
     * are in the way, they are closed.
     *
     * @param by the operation that has to know
     * @return false also if there is no such database
     */
    public boolean settle(StoredOperation by, StoredTenant tenant, UUID operation) {
        Function<DatabaseTransaction, Boolean> settling = tx -> OperationMarkers.settle(tx, operation);
        try {
            try {
                return insist(by, tenant, settling);
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.RECORD_DUPLICATE)) {
                    throw e;
                }
                // The transaction that this waited for was committed meanwhile.
                return insist(by, tenant, settling);
            }
        } catch (SaasException e) {
            if (DatabaseRemoval.isMissing(e)) {
                return false;
            }
            throw e;
        }
    }

    /** Opens the database of an open tenant, if it exists. */
    public void reopen(StoredOperation by, StoredTenant tenant) {
        try {
            serverRegistry.databases(tenant.serverId(), by).open(DatabaseRefs.of(tenant));
        } catch (SaasException e) {
            if (!DatabaseRemoval.isMissing(e)) {
                throw e;
            }
        }
    }

    /**
     * Runs a transaction; if it fails because the database makes it wait too long, the sessions of the application are
     * closed, and it runs again. An open tenant is reopened afterwards.
     */
    public <T extends @Nullable Object> T insist(
            StoredOperation by, StoredTenant tenant, Function<? super DatabaseTransaction, ? extends T> work) {
        try {
            return transact(tenant, work);
        } catch (SaasException e) {
            if (e.category() != ErrorCategory.UNAVAILABLE) {
                throw e;
            }
            Databases databases = serverRegistry.databases(tenant.serverId(), by);
            databases.close(DatabaseRefs.of(tenant));
            try {
                return transact(tenant, work);
            } finally {
                if (tenant.state() == TenantState.OPEN) {
                    databases.open(DatabaseRefs.of(tenant));
                }
            }
        }
    }
}
