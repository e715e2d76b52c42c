// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.EventType;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.EndableSaga;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;

/** Brings the name, the rights and the state of a tenant database in line with the catalog. */
public final class RepairSaga extends TenantSaga<Saga.Nothing> implements EndableSaga<Saga.Nothing> {
    private final ServerRegistry serverRegistry;
    private final TenantStates tenantStates;

    public RepairSaga(
            CoreContext context, ServerRegistry serverRegistry, TenantContent content, TenantStates tenantStates) {
        super(context, content);
        this.serverRegistry = serverRegistry;
        this.tenantStates = tenantStates;
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(Step.of("repaired", this::repair));
    }

    private void repair(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        Databases databases = serverRegistry.databases(tenant.serverId(), operation);
        restoreName(databases, tenant);
        Abilities.restoreRights(databases, DatabaseRefs.of(tenant));
        if (tenant.state() == TenantState.RETAINED) {
            tenantStates.close(operation);
        } else {
            tenantStates.write(operation);
        }
    }

    @Override
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        StoredTenant tenant = lockTenant(tx, operation);
        context.events()
                .add(
                        tx,
                        operation,
                        EventType.TENANT_REPAIRED,
                        tenant.id(),
                        Map.of(
                                "name",
                                tenant.name(),
                                "findings",
                                operation.input().getOrDefault(OperationInputs.FINDINGS, "")));
        return found;
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "It may not be repaired yet: " + describe(tx, operation) + ".";
    }
}
