// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.SagaRegistry;
import dev.allotment.core.internal.server.DatabaseServers;
import java.util.Map;

/** What gives a tenant another database: a move to another server, or an exchange with another tenant. */
public record MoveFeature(
        TenantMoving moving,
        TenantSwapping swapping,
        Rebalancer rebalancer,
        Map<OperationKind, ? extends SagaRegistry.Choice> sagas)
        implements Feature {
    public static MoveFeature of(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            DatabaseNames names,
            TenantHosts hosts) {
        MoveSagas move = new MoveSagas(
                new LiveMoveSaga(context, operations, servers, content),
                new ClosedMoveSaga(context, operations, servers, content));
        SwapSaga swap = new SwapSaga(context, servers.registry(), content);
        return new MoveFeature(
                new TenantMoving(context, servers, operations, names, hosts, move),
                new TenantSwapping(context, servers.registry(), content.databases(), operations, swap),
                new Rebalancer(context, servers.registry()),
                Map.of(OperationKind.MOVE_TENANT, move, OperationKind.SWAP_TENANTS, swap));
    }
}
