// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.EventType;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
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
public final class RepairSaga extends TenantSaga<Saga.Nothing> implements Saga.Stateless {
    /** @param findings the codes of what a check found, separated by spaces */
    record Input(String findings) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    private final ServerRegistry serverRegistry;
    private final TenantStates tenantStates;

    public RepairSaga(
            CoreContext context, ServerRegistry serverRegistry, TenantContent content, TenantStates tenantStates) {
        super(context, content);
        this.serverRegistry = serverRegistry;
        this.tenantStates = tenantStates;
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
    public void finish(Transaction tx, StoredOperation operation) {
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
                                INPUT.read(operation).findings()));
    }

    @Override
    public Ending ending() {
        return Ending.AT_ANY_TIME;
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        return "It may not be repaired yet: " + describe(tx, operation) + ".";
    }
}
