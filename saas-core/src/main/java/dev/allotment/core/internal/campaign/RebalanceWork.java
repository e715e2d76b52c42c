// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.tenant.move.TenantMoving;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Moves each tenant of a list to its server, unless it has left the one where it was. */
record RebalanceWork(TenantMoving tenantMoving, Map<TenantId, Rebalancing.Move> moves) implements TenantWork {
    static RebalanceWork of(TenantMoving tenantMoving, List<Rebalancing.Move> moves) {
        Map<TenantId, Rebalancing.Move> byTenant = new HashMap<>();
        moves.forEach(each -> byTenant.put(each.tenant(), each));
        return new RebalanceWork(tenantMoving, byTenant);
    }

    @Override
    public OperationKind kind() {
        return OperationKind.MOVE_TENANT;
    }

    @Override
    public Filter<StoredTenant> needingChange(Transaction tx) {
        Map<ServerId, List<TenantId>> byServer = moves.values().stream()
                .collect(Collectors.groupingBy(
                        Rebalancing.Move::from,
                        LinkedHashMap::new,
                        Collectors.mapping(Rebalancing.Move::tenant, Collectors.toList())));
        return Filter.or(byServer.entrySet().stream()
                .map(each -> Filter.<StoredTenant>and(
                        Filter.equal(StoredTenant.SERVER_ID, each.getKey()),
                        Filter.in(StoredTenant.ID, each.getValue())))
                .toList());
    }

    @Override
    public boolean needsChange(StoredTenant tenant) {
        Rebalancing.Move move = moves.get(tenant.id());
        return move != null && tenant.serverId().equals(move.from());
    }

    @Override
    public Optional<OperationRequest<?>> changing(Actor actor, TenantId tenant) {
        return Optional.ofNullable(moves.get(tenant)).map(move -> tenantMoving.moving(actor, tenant, move.to()));
    }

    @Override
    public void finishOrphaned(TenantId tenant) {
        tenantMoving.finishOrphaned(tenant);
    }
}
