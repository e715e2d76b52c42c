// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.PendingOperation;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.Map;
import java.util.Optional;

/** Renames tenants. */
public final class TenantRenaming {
    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final DatabaseNames databaseNames;
    private final RenameSaga renameSaga;

    public TenantRenaming(
            CoreContext context, OperationLeases operationLeases, DatabaseNames databaseNames, RenameSaga renameSaga) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.databaseNames = databaseNames;
        this.renameSaga = renameSaga;
    }

    public PendingOperation<Saga.Nothing> renaming(Actor actor, TenantId id, String name) {
        actor.requireAdministrator("rename tenants");
        StoredOperation.Builder draft =
                operationLeases.draft(OperationKind.RENAME_TENANT, actor).tenantId(id);
        return new PendingOperation<>(
                draft, () -> start(actor, id, name, draft).map(started -> new StartedOperation<>(started, renameSaga)));
    }

    /** Empty if the tenant has that name already. */
    private Optional<StoredOperation> start(Actor actor, TenantId id, String name, StoredOperation.Builder draft) {
        try {
            return context.catalog().transact(tx -> {
                StoredTenant tenant = new TenantLookup(context.work(), actor).lock(tx, id);
                TenantRows.requireState(tenant, "renamed", TenantState.OPEN, TenantState.SUSPENDED);
                if (tenant.name().equals(name)) {
                    return Optional.empty();
                }
                DatabaseNames.check(name, databaseNames.refusedOn(tx, tenant.serverId()));
                Map<String, String> input = renameSaga.reserve(tx, tenant, name);
                return Optional.of(OperationLeases.start(tx, draft.input(input).build()));
            });
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.RECORD_DUPLICATE) ? ReservedNames.nameTaken(name) : e;
        }
    }
}
