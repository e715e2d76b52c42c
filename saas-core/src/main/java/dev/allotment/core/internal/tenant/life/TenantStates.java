// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.authentication.ApiKeyUseCases;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.DatabaseSetup;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationMarkers;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.SupersededOperations;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.core.internal.tenant.configuration.SwitchPlanSaga;
import dev.allotment.core.internal.tenant.move.LiveMoveSaga;
import dev.allotment.core.internal.tenant.restore.RestoreInPlaceSaga;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/** Makes the database of a tenant follow the state in the catalog. */
public final class TenantStates {
    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final TenantContent content;
    private final FailureLog failures;

    public TenantStates(CoreContext context, ServerRegistry serverRegistry, TenantContent content) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.content = content;
        this.failures = new FailureLog("dev.allotment.tenants", context.node());
    }

    public void write(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        boolean suspended = tenant.state() == TenantState.SUSPENDED;
        restoreName(operation, tenant);
        if (suspended) {
            // First: an application that is to be shut out could otherwise block the update of its database.
            serverRegistry.databases(tenant.serverId(), operation).close(DatabaseRefs.of(tenant));
        }
        settleSuperseded(operation, tenant);
        removeLeft(operation, tenant);
        StoredTenant settled = OperationTargets.tenant(context.catalog(), operation);
        boolean restored = isRestore(operation) || hasSupersededRestore(operation);
        content.databases().insist(operation, tenant, tx -> {
            if (!OperationMarkers.has(tx, operation)) {
                DatabaseSetup.writeParameters(tx, settled, suspended);
                if (restored) {
                    // The user who deleted the tenant does not expect that keys work again.
                    ApiKeyUseCases.revokeAll(tx, context.now());
                }
                OperationMarkers.put(tx, operation);
            }
            return null;
        });
        if (tenant.state() == TenantState.OPEN) {
            serverRegistry.databases(tenant.serverId(), operation).open(DatabaseRefs.of(tenant));
        }
    }

    /** A database that was removed by hand is closed enough. A tenant that may be restored needs its files. */
    public void close(StoredOperation operation) {
        StoredTenant tenant = OperationTargets.tenant(context.catalog(), operation);
        try {
            restoreName(operation, tenant);
            serverRegistry.databases(tenant.serverId(), operation).close(DatabaseRefs.of(tenant));
        } catch (SaasException e) {
            if (!DatabaseRemoval.isMissing(e)) {
                throw e;
            }
        }
        try {
            settleSuperseded(operation, tenant);
        } catch (RuntimeException e) {
            if (isOutage(e) && operation.kind() != OperationKind.DELETE_TENANT) {
                // Otherwise, the catalog would never follow a database that was replaced, for example.
                throw e;
            }
            // The database is closed, and gets the values of the catalog when it is restored.
            failures.warn("What a superseded operation did to a database could not be found out", operation, e);
        }
        removeLeft(operation, tenant);
    }

    private static boolean isOutage(RuntimeException e) {
        return e instanceof SaasException known && known.retryable();
    }

    /** The node that runs the superseded operation removes it, too, but that may be dead. */
    private void removeLeft(StoredOperation operation, StoredTenant tenant) {
        try {
            superseded(operation).forEach(each -> removeLeft(operation, tenant, each));
        } catch (RuntimeException e) {
            failures.warn("A database that a superseded operation has made could not be dropped", operation, e);
        }
    }

    /** Drops the database that a superseded operation has restored or copied, and that has not become the tenant's. */
    private void removeLeft(StoredOperation operation, StoredTenant tenant, StoredOperation superseded) {
        if (isRestoreInPlace(superseded)) {
            DatabaseRemoval.drop(
                    serverRegistry.databases(tenant.serverId(), operation),
                    RestoreInPlaceSaga.restored(superseded.uuid()));
        } else if (superseded.kind() == OperationKind.MOVE_TENANT) {
            LiveMoveSaga.removeSuperseded(serverRegistry, operation, superseded, tenant);
        }
    }

    private static boolean isRestoreInPlace(StoredOperation operation) {
        return operation.kind() == OperationKind.RESTORE_IN_PLACE;
    }

    private static boolean isRestore(StoredOperation operation) {
        return operation.kind() == OperationKind.RESTORE_TENANT;
    }

    /** A restore that was superseded may not have reached the database. */
    private boolean hasSupersededRestore(StoredOperation operation) {
        return superseded(operation).stream().anyMatch(TenantStates::isRestore);
    }

    private List<StoredOperation> superseded(StoredOperation operation) {
        List<UUID> superseded = SupersededOperations.unsettled(operation);
        return superseded.isEmpty()
                ? List.of()
                : context.catalog()
                        .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                                .list(Query.where(Filter.in(StoredOperation.UUID, superseded))));
    }

    /** A rename that was superseded may have taken place. */
    private void restoreName(StoredOperation operation, StoredTenant tenant) {
        if (!SupersededOperations.unsettled(operation).isEmpty()) {
            TenantSaga.restoreName(serverRegistry.databases(tenant.serverId(), operation), tenant);
        }
    }

    /**
     * After this, a stalled run of a superseded operation can commit nothing in the database. If it had, and switched
     * the plan, the catalog follows.
     */
    private void settleSuperseded(StoredOperation operation, StoredTenant tenant) {
        Set<UUID> restores = superseded(operation).stream()
                .filter(TenantStates::isRestoreInPlace)
                .map(StoredOperation::uuid)
                .collect(Collectors.toSet());
        for (UUID superseded : SupersededOperations.unsettled(operation)) {
            boolean applied = content.databases().settle(operation, tenant, superseded);
            if (restores.contains(superseded)) {
                RestoreInPlaceSaga.settleFiles(content.files(), tenant, superseded, applied);
            }
            SupersededOperations.settled(context, superseded, applied, this::keep);
        }
    }

    private void keep(Transaction tx, StoredOperation applied) {
        if (applied.kind() == OperationKind.SWITCH_PLAN) {
            SwitchPlanSaga.keep(context, tx, applied);
        } else if (isRestoreInPlace(applied)) {
            RestoreInPlaceSaga.keep(context, tx, applied);
        }
    }
}
