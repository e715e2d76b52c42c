// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transfer;
import java.util.List;

/**
 * Moves a tenant that is closed meanwhile. The database is put aside first, and then copied under the name of the
 * tenant.
 */
final class ClosedMoveSaga extends MoveSaga {
    ClosedMoveSaga(CoreContext context, OperationEngine operations, DatabaseServers servers, TenantContent content) {
        super(context, operations, servers, content);
    }

    @Override
    public List<Step<Nothing>> steps() {
        return followedBySwitch(List.of(
                copying("closed", this::close).undoneBy(this::undo),
                copying("copied", this::copyAside).lastingLong()));
    }

    private void close(StoredOperation operation, StoredTenant tenant) {
        Databases databases = databases(operation, source(operation));
        DatabaseRef present = present(databases, tenant);
        if (present.equals(DatabaseRefs.of(tenant))) {
            MoveObstacles.refuse(databases, present, tenant);
        }
        putAside(databases, tenant, aside(operation, tenant));
    }

    private void copyAside(StoredOperation operation, StoredTenant tenant) {
        Transfer target = Abilities.transfer(databases(operation, target(operation)));
        Runnable requireMine = () -> context.catalog().transact(tx -> OperationLeases.requireMine(tx, operation));
        try {
            Abilities.transfer(databases(operation, source(operation)))
                    .send(
                            aside(operation, tenant),
                            content -> target.receive(DatabaseRefs.of(tenant), own(operation, content, requireMine)));
        } catch (SaasException e) {
            throw ReservedNames.asTaken(e, tenant.name());
        }
    }

    @Override
    DatabaseRef copy(StoredOperation operation, StoredTenant tenant) {
        return DatabaseRefs.of(tenant);
    }

    @Override
    void endReplications(StoredOperation operation, DatabaseRef database) {
        // There are none.
    }

    /**
     * A copy that was made too late is removed, unless the node that took over still needs it; if the tenant has moved
     * there, its database follows the catalog. Before the first step is recorded, nothing is copied. A database that is
     * aside is the original: then both registered servers are in fact the same.
     */
    @Override
    public void retractLateEffects(StoredOperation operation, Nothing found) {
        StoredTenant tenant = tenant(operation);
        boolean needed = isNeeded(operation);
        Databases target = databases(operation, target(operation));
        DatabaseRef there = target.find(tenant.uuid());
        if (there == null || operation.step().isEmpty() || there.equals(aside(operation, tenant))) {
            return;
        }
        if (isSwitched(operation)) {
            reconciliation.reconcile(operation, target(operation), there);
        } else if (!needed) {
            DatabaseRemoval.discard(target, there);
        }
    }
}
