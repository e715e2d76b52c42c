// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.Reconciliation;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.event.EventLog;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Placement;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Moves a tenant to another server. Its database is closed and put aside under another name first, so that neither the
 * application nor another node of the control plane changes it any more. Then it is copied, and the catalog is switched
 * to the copy. From then on, the operation only goes forward: the copy is opened, and the old database is dropped.
 */
public final class MoveSaga extends TenantSaga<Saga.Nothing> {
    private final ServerRegistry serverRegistry;
    private final Placement placement;
    private final EventLog eventLog;

    public MoveSaga(
            CoreContext context,
            ServerRegistry serverRegistry,
            Placement placement,
            TenantDatabases tenantDatabases,
            EventLog eventLog,
            Reconciliation reconciliation) {
        super(context, tenantDatabases, reconciliation);
        this.serverRegistry = serverRegistry;
        this.placement = placement;
        this.eventLog = eventLog;
    }

    static ServerId source(StoredOperation operation) {
        return server(operation, OperationInputs.SOURCE_SERVER);
    }

    static ServerId target(StoredOperation operation) {
        return server(operation, OperationInputs.TARGET_SERVER);
    }

    private static ServerId server(StoredOperation operation, String key) {
        return new ServerId(Long.parseLong(operation.input().getOrDefault(key, "0")));
    }

    /** The input of an operation that moves a tenant to a server. */
    static Map<String, String> input(StoredOperation operation, StoredTenant tenant, ServerId target) {
        // An older node that takes the move over would have no name for the database without the stored one.
        return Map.of(
                OperationInputs.SOURCE_SERVER,
                tenant.serverId().toString(),
                OperationInputs.TARGET_SERVER,
                target.toString(),
                OperationInputs.ASIDE_NAME,
                derivedAside(operation, tenant).name());
    }

    private static DatabaseRef derivedAside(StoredOperation operation, StoredTenant tenant) {
        return aside("moving", operation, tenant);
    }

    private static DatabaseRef aside(StoredOperation operation, StoredTenant tenant) {
        String stored = operation.input().get(OperationInputs.ASIDE_NAME);
        return stored == null ? derivedAside(operation, tenant) : new DatabaseRef(stored, tenant.uuid());
    }

    /** Gives up the name that an older version has reserved. */
    private static void releaseReserved(Transaction tx, StoredOperation operation) {
        String stored = operation.input().get(OperationInputs.ASIDE_NAME);
        if (stored != null) {
            ReservedNames.release(tx, stored, lockTenant(tx, operation).uuid(), null);
        }
    }

    private Databases databases(StoredOperation operation, ServerId server) {
        return serverRegistry.databases(server, operation);
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(
                Step.of("closed", this::putAside),
                Step.<Nothing>of("copied", this::copy).lastingLong(),
                Step.<Nothing>of("compared", this::compare).lastingLong(),
                Step.of("switched", this::switchServer),
                Step.of("opened", this::open),
                Step.of("dropped", this::drop));
    }

    private boolean isSwitched(StoredOperation operation) {
        return tenant(operation).serverId().equals(target(operation));
    }

    /**
     * Whether the old database is gone and the new one is complete: an older catalog was restored, and has brought this
     * operation back. A copy that is not complete is one of a source that was given up meanwhile.
     */
    private boolean isMovedAlready(StoredOperation operation, StoredTenant tenant) {
        return databases(operation, source(operation)).find(tenant.uuid()) == null
                && databases(operation, target(operation)).inventory().stream()
                        .anyMatch(each -> each.uuid().equals(tenant.uuid())
                                && tenant.name().equals(each.name())
                                && each.finished());
    }

    private void putAside(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (!isMovedAlready(operation, tenant)) {
            putAside(databases(operation, source(operation)), tenant, aside(operation, tenant));
        }
    }

    private void copy(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (isMovedAlready(operation, tenant)) {
            return;
        }
        Databases target = databases(operation, target(operation));
        try {
            databases(operation, source(operation))
                    .send(aside(operation, tenant), content -> target.receive(DatabaseRefs.of(tenant), content));
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.DATABASE_FOREIGN) ? ReservedNames.nameTaken(tenant.name()) : e;
        }
    }

    /** Also enforces the record quotas, which a transfer does not contain. */
    private void compare(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        List<Long> copied = tenantDatabases.configure(target(operation), DatabaseRefs.of(tenant), MoveSaga::counts);
        if (isMovedAlready(operation, tenant)) {
            return;
        }
        List<Long> original =
                databases(operation, source(operation)).transact(aside(operation, tenant), MoveSaga::counts);
        if (!copied.equals(original)) {
            throw SaasException.internal(
                    ErrorCodes.OPERATION_FAILED,
                    "The copy of database \"" + tenant.name() + "\" on database server " + target(operation)
                            + " has other numbers of records than the original: " + copied + " instead of " + original
                            + ".",
                    null);
        }
    }

    private static List<Long> counts(Transaction tx) {
        List<Long> counts = new ArrayList<>();
        for (RecordType<?> type : RecordTypes.database()) {
            counts.add(tx.records(type).count(Filter.all()));
        }
        return counts;
    }

    /** From here on, a run that was considered dead can no longer remove the copy: it has the token of this run. */
    private void switchServer(StoredOperation operation) {
        if (!isSwitched(operation)) {
            databases(operation, target(operation)).close(DatabaseRefs.of(tenant(operation)));
        }
        context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, operation);
            StoredTenant tenant = lockTenant(tx, operation);
            if (!tenant.serverId().equals(target(operation))) {
                tx.records(RecordTypes.TENANTS)
                        .update(tenant.toBuilder().serverId(target(operation)).build());
                eventLog.add(
                        tx,
                        operation,
                        EventType.TENANT_MOVED,
                        tenant.id(),
                        Map.of(
                                "name",
                                tenant.name(),
                                "from",
                                name(tx, source(operation)),
                                "to",
                                name(tx, target(operation))));
            }
            return null;
        });
        placement.changed(source(operation));
        placement.changed(target(operation));
    }

    private static String name(Transaction tx, ServerId server) {
        return tx.records(RecordTypes.SERVERS)
                .find(server.value())
                .map(Server::name)
                .orElseGet(server::toString);
    }

    private void open(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (tenant.state() == TenantState.OPEN) {
            databases(operation, target(operation)).open(DatabaseRefs.of(tenant));
        }
    }

    /** Never under the tenant's own name: that is its database if both servers turn out to be one. */
    private void drop(StoredOperation operation) {
        DatabaseRemoval.dropUnderItsName(databases(operation, source(operation)), aside(operation, tenant(operation)));
    }

    @Override
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
        releaseReserved(tx, operation);
        return found;
    }

    @Override
    public boolean undoable(StoredOperation operation) {
        return !isSwitched(operation) && !isMovedAlready(operation, tenant(operation));
    }

    /** If the copy cannot be removed, the tenant is opened without waiting for that. */
    @Override
    public void undo(StoredOperation operation, Nothing found) {
        StoredTenant tenant = tenant(operation);
        if (isSwitched(operation) || databases(operation, source(operation)).find(tenant.uuid()) == null) {
            // The copy is all that there is.
            return;
        }
        try {
            removeCopy(operation, tenant);
        } catch (RuntimeException e) {
            if (!isTakenOver(e)) {
                takeBack(operation, tenant);
            }
            throw e;
        }
        takeBack(operation, tenant);
    }

    private static boolean isTakenOver(RuntimeException e) {
        return e instanceof SaasException known && known.code().equals(ErrorCodes.OPERATION_TAKEN_OVER);
    }

    /**
     * Removes the copy while the original is aside, also if an earlier run has taken that back. So the original is not
     * taken for the copy if both servers turn out to be one.
     */
    private void removeCopy(StoredOperation operation, StoredTenant tenant) {
        Databases target = databases(operation, target(operation));
        if (!target.remains(DatabaseRefs.of(tenant)).containsValue(true)) {
            return;
        }
        DatabaseRef aside = aside(operation, tenant);
        putAside(databases(operation, source(operation)), tenant, aside);
        if (!aside.equals(target.find(tenant.uuid()))) {
            DatabaseRemoval.discard(target, DatabaseRefs.of(tenant));
        }
    }

    private void takeBack(StoredOperation operation, StoredTenant tenant) {
        Databases source = databases(operation, source(operation));
        giveNameBack(source, tenant, aside(operation, tenant));
        if (tenant.state() == TenantState.OPEN) {
            source.open(DatabaseRefs.of(tenant));
        } else {
            source.close(DatabaseRefs.of(tenant));
        }
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        placement.changed(target(operation));
        releaseReserved(tx, operation);
    }

    /**
     * A copy that was made too late is removed, unless the node that took over still needs it; if the tenant has moved
     * there, its database follows the catalog. Before the first step is recorded, nothing was copied, and a database
     * that is aside is the original: then both servers turn out to be one.
     */
    @Override
    public void withdraw(StoredOperation operation, Nothing found) {
        boolean needed = OperationLeases.running(context.catalog(), operation)
                .filter(each -> each.errorCode() == null)
                .isPresent();
        StoredTenant tenant = tenant(operation);
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

    @Override
    public String mayRemain(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        String aside = OperationTargets.describe(tx, source(operation), aside(operation, tenant));
        if (tenant.serverId().equals(target(operation))) {
            return "The tenant was moved. What may be left of its old database: " + aside
                    + ". The new one may be closed: " + describe(tx, operation) + ".";
        }
        return "The tenant was not moved. Its database may be closed and have another name: " + aside
                + ". What may be left of the copy: "
                + OperationTargets.describe(tx, target(operation), DatabaseRefs.of(tenant)) + ".";
    }
}
