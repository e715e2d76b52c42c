// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.tenant.move.TenantMoving;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Optional;

/** Moves tenants to a database server. */
record MoveWork(TenantMoving tenantMoving, ServerId server) implements TenantWork {
    @Override
    public OperationKind kind() {
        return OperationKind.MOVE_TENANT;
    }

    @Override
    public Filter<StoredTenant> needingChange(Transaction tx) {
        return Filter.notEqual(StoredTenant.SERVER_ID, server);
    }

    @Override
    public boolean needsChange(StoredTenant tenant) {
        return !tenant.serverId().equals(server);
    }

    @Override
    public Optional<OperationRequest<?>> changing(Actor actor, TenantId tenant) {
        return Optional.of(tenantMoving.moving(actor, tenant, server));
    }

    @Override
    public void finishOrphaned(TenantId tenant) {
        tenantMoving.finishOrphaned(tenant);
    }
}
