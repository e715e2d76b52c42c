// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.host.TenantHosts;
import dev.allotment.core.internal.name.DatabaseNames;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.RequiredLabels;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Moves tenants to other database servers. */
public final class TenantMoving {
    private final CoreContext context;
    private final DatabaseServers servers;
    private final OperationEngine operations;
    private final DatabaseNames databaseNames;
    private final TenantHosts tenantHosts;
    private final MoveSagas moveSagas;

    public TenantMoving(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            DatabaseNames databaseNames,
            TenantHosts tenantHosts,
            MoveSagas moveSagas) {
        this.context = context;
        this.servers = servers;
        this.operations = operations;
        this.databaseNames = databaseNames;
        this.tenantHosts = tenantHosts;
        this.moveSagas = moveSagas;
    }

    public OperationRequest<Saga.Nothing> moving(Actor actor, TenantId id, ServerId server) {
        actor.requireAdministrator("move tenants");
        StoredTenant seen = new TenantLookup(context.work(), actor).get(id);
        TenantRows.requireState(seen, "moved", TenantState.OPEN, TenantState.SUSPENDED);
        if (!seen.serverId().equals(server)) {
            requirePossible(actor, seen, server);
        }
        MoveSaga.Input input = input(seen, server);
        StoredOperation.Builder draft =
                operations.draft(OperationKind.MOVE_TENANT, actor).tenantId(id);
        return new OperationRequest<>(draft, tx -> start(actor, tx, id, input, draft));
    }

    /** Asks both servers before anything is changed, so that a refusal does not close the tenant. */
    private void requirePossible(Actor actor, StoredTenant tenant, ServerId server) {
        context.catalog().transact(tx -> {
            OperationLeases.requireIdle(tx, tenant.id());
            requireTarget(actor, tx, tenant, server);
            return null;
        });
        String host = tenantHosts.address(tenant.serverId(), tenant.name());
        String newHost = tenantHosts.address(server, tenant.name());
        if (!host.equals(newHost)) {
            throw SaasException.conflict(
                    ErrorCodes.SERVER_OTHER_HOSTS,
                    "Database \"" + tenant.name() + "\" is reached at " + host + ", and would be reached at " + newHost
                            + " on database server " + server + ". A move does not change the host. Give both servers"
                            + " the same template for hosts, or choose another server.");
        }
        Databases source = servers.registry().databases(tenant.serverId());
        DatabaseRef database = source.find(tenant.uuid());
        if (database == null) {
            throw SaasException.notFound(
                    ErrorCodes.DATABASE_UNKNOWN,
                    "Database \"" + tenant.name() + "\" does not exist on database server " + tenant.serverId()
                            + ", so it cannot be moved.");
        }
        Databases target = servers.registry().databases(server);
        if (target.find(tenant.uuid()) != null) {
            throw SaasException.conflict(
                    ErrorCodes.DATABASE_FOREIGN,
                    "Database server " + server + " already has a database of tenant " + tenant.id()
                            + ": it is the same server under another name, or an earlier move left the database."
                            + " Nothing was changed. Check the servers.");
        }
        if (target.exists(tenant.name())) {
            throw ReservedNames.nameTaken(tenant.name());
        }
        MoveObstacles.refuse(source, database, tenant);
    }

    /** Also how to move the tenant: live, or closed with the reason. */
    private MoveSaga.Input input(StoredTenant tenant, ServerId server) {
        ServerId there = tenant.serverId();
        MoveSaga.Input closed = new MoveSaga.Input(there, server, false, null);
        if (there.equals(server)) {
            return closed;
        }
        Replication source = servers.registry().databases(there).replication();
        Replication target = servers.registry().databases(server).replication();
        if (source == null || target == null) {
            return closed;
        }
        ReplicationSource from =
                source.source(TenantSaga.present(servers.registry().databases(there), tenant));
        List<String> obstacles = from.obstacles().isEmpty() ? target.obstacles(from) : from.obstacles();
        return new MoveSaga.Input(
                there, server, obstacles.isEmpty(), obstacles.isEmpty() ? null : String.join("; ", obstacles));
    }

    /** Returns the labels that the server must have, if it accepts the database. */
    private RequiredLabels requireTarget(Actor actor, Transaction tx, StoredTenant tenant, ServerId server) {
        RequiredLabels required = RequiredLabels.of(actor, tx, tenant);
        servers.placement().ranked(tx, server, required);
        servers.registry().requireTransfer(tx, tenant.serverId(), server);
        DatabaseNames.check(tenant.name(), databaseNames.refusedOn(tx, server));
        return required;
    }

    /** Empty if the tenant is there already. */
    private Optional<StartedOperation<Saga.Nothing>> start(
            Actor actor, Transaction tx, TenantId id, MoveSaga.Input input, StoredOperation.Builder draft) {
        ServerId server = input.targetServer();
        StoredTenant tenant = new TenantLookup(context.work(), actor).lock(tx, id);
        TenantRows.requireState(tenant, "moved", TenantState.OPEN, TenantState.SUSPENDED);
        if (tenant.serverId().equals(server)) {
            return Optional.empty();
        }
        OperationLeases.requireIdle(tx, id);
        ServerRegistry.lockShared(tx, tenant.serverId());
        servers.placement().choose(tx, server, requireTarget(actor, tx, tenant, server));
        // Not before the choice, which needs an exclusive lock near the limit: two moves would wait for each other.
        ServerRegistry.lockShared(tx, server);
        Map<String, String> stored = MoveSaga.INPUT.write(
                new MoveSaga.Input(tenant.serverId(), server, input.live(), input.closedBecause()));
        Map<String, String> manner = new HashMap<>(stored);
        manner.keySet().retainAll(Set.of("live", "closedBecause"));
        draft.input(stored).result(manner);
        return Optional.of(StartedOperation.store(tx, draft, moveSagas.sagaOf(draft.build())));
    }

    /** Finishes a move of this tenant that has lost its node, for which the tenant would stay busy. */
    public void finishOrphaned(TenantId id) {
        operations.takeOverDue(id, OperationKind.MOVE_TENANT, moveSagas);
    }
}
