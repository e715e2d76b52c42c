// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.OperationKind;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import java.util.Optional;

/** Renames tenants. */
public final class TenantRenaming {
    private final CoreContext context;
    private final OperationEngine operations;
    private final DatabaseNames databaseNames;
    private final RenameSaga renameSaga;

    public TenantRenaming(
            CoreContext context, OperationEngine operations, DatabaseNames databaseNames, RenameSaga renameSaga) {
        this.context = context;
        this.operations = operations;
        this.databaseNames = databaseNames;
        this.renameSaga = renameSaga;
    }

    public OperationRequest<Saga.Nothing> renaming(Actor actor, TenantId id, String name) {
        actor.requireAdministrator("rename tenants");
        StoredOperation.Builder draft =
                operations.draft(OperationKind.RENAME_TENANT, actor).tenantId(id);
        return new OperationRequest<>(draft, tx -> {
            StoredTenant tenant = new TenantLookup(context.work(), actor).lock(tx, id);
            TenantRows.requireState(tenant, "renamed", TenantState.OPEN, TenantState.SUSPENDED);
            if (tenant.name().equals(name)) {
                return Optional.empty();
            }
            DatabaseNames.check(name, databaseNames.refusedOn(tx, tenant.serverId()));
            draft.input(renameSaga.reserve(tx, tenant, name));
            return Optional.of(StartedOperation.store(tx, draft, renameSaga));
        });
    }
}
