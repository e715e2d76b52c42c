// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.reconciliation;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CatalogGuard;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.feature.DueWork;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.tenant.life.TenantRepair;
import java.util.List;
import java.util.Map;

/** Whether the catalog and the servers agree, and whether the catalog is the one that belongs to the servers. */
public final class ReconciliationFeature implements Feature {
    private final CoreContext context;
    private final CatalogGuard guard;
    private final DatabaseServers servers;
    private final OperationEngine operations;
    private final RestoredCatalog restoredCatalog;
    private final Repairs repairs;
    private final RepairEverythingSaga saga;

    public ReconciliationFeature(
            CoreContext context,
            CatalogGuard guard,
            DatabaseServers servers,
            OperationEngine operations,
            DatabaseNames names,
            RestoredCatalog restoredCatalog,
            TenantRepair tenantRepair) {
        this.context = context;
        this.guard = guard;
        this.servers = servers;
        this.operations = operations;
        this.restoredCatalog = restoredCatalog;
        this.repairs = new Repairs(context, servers, names.coolDown(), tenantRepair);
        this.saga = new RepairEverythingSaga(context, this::useCases);
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return Map.of(OperationKind.REPAIR, saga);
    }

    @Override
    public List<DueWork> dueWork() {
        return List.of(DueWork.of(
                DueWork.Stage.SERVERS,
                "restored-catalog",
                "Checking whether the catalog was restored",
                restoredCatalog::lookIfDue));
    }

    public ReconciliationUseCases useCases(Actor actor) {
        return new ReconciliationUseCases(context, servers, repairs, operations, saga, actor);
    }

    public CatalogIdentityUseCases catalogIdentity(Actor actor) {
        return new CatalogIdentityUseCases(context, guard, servers.registry(), restoredCatalog, actor);
    }
}
