// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.stream.CancellableStream;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.InputCodec;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.BiConsumer;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Moves a tenant to another server: its database is copied, and the catalog is switched to the copy. From then on, the
 * operation only goes forward: the copy is opened, and the old database is dropped. Before the copy is complete, the
 * database is closed and put aside under another name, so that neither the application nor another node of the control
 * plane changes it any more. How it is copied is a matter of {@link ClosedMoveSaga} and {@link LiveMoveSaga}.
 */
public abstract class MoveSaga extends TenantSaga<Saga.Nothing> implements Saga.Stateless {
    /**
     * The input of a move.
     *
     * @param live whether the tenant is open while it is copied
     * @param closedBecause why it is closed, for operators; null: it is live, or the servers cannot replicate
     */
    record Input(
            ServerId sourceServer,
            ServerId targetServer,
            boolean live,
            @Nullable String closedBecause) {}

    static final InputCodec<Input> INPUT = InputCodec.of(Input.class);

    final DatabaseServers servers;
    private final OperationLeases operationLeases;

    MoveSaga(CoreContext context, OperationEngine operations, DatabaseServers servers, TenantContent content) {
        super(context, content);
        this.operationLeases = operations.leases();
        this.servers = servers;
    }

    static ServerId source(StoredOperation operation) {
        return INPUT.read(operation).sourceServer();
    }

    static ServerId target(StoredOperation operation) {
        return INPUT.read(operation).targetServer();
    }

    /** The two servers of a move; none if an erasure has removed what it says. */
    public static List<ServerId> servers(StoredOperation operation) {
        return INPUT.find(operation)
                .map(input -> List.of(input.sourceServer(), input.targetServer()))
                .orElse(List.of());
    }

    /** The database on the old server while it is aside. */
    static DatabaseRef aside(StoredOperation operation, StoredTenant tenant) {
        return aside("moving", operation, tenant);
    }

    final Databases databases(StoredOperation operation, ServerId server) {
        return servers.registry().databases(server, operation);
    }

    /** The copy, under the name that it has until the tenant is switched to it. */
    abstract DatabaseRef copy(StoredOperation operation, StoredTenant tenant);

    /** Ends what the old server keeps for the copy. */
    abstract void endReplications(StoredOperation operation, DatabaseRef database);

    /** A step before the copy is complete, unless the tenant was moved already. */
    final Step<Nothing> copying(String name, BiConsumer<StoredOperation, StoredTenant> action) {
        return Step.of(name, operation -> {
            StoredTenant tenant = tenant(operation);
            if (!isMovedAlready(operation, tenant)) {
                action.accept(operation, tenant);
            }
        });
    }

    /** All steps, of which these are the first. */
    final List<Step<Nothing>> followedBySwitch(List<Step<Nothing>> copying) {
        return Stream.concat(
                        copying.stream(),
                        Stream.<Step<Nothing>>of(
                                Step.<Nothing>of("compared", this::compare).lastingLong(),
                                Step.of("switched", this::switchServer),
                                Step.of("opened", this::open),
                                Step.of("dropped", this::drop)))
                .toList();
    }

    final boolean isSwitched(StoredOperation operation) {
        return tenant(operation).serverId().equals(target(operation));
    }

    /**
     * Whether the old database is gone and the new one is complete: an older catalog was restored, and has brought this
     * operation back. A copy that is not complete is one of a source that was given up meanwhile.
     */
    final boolean isMovedAlready(StoredOperation operation, StoredTenant tenant) {
        return databases(operation, source(operation)).find(tenant.uuid()) == null
                && databases(operation, target(operation)).inventory().stream()
                        .anyMatch(each -> each.uuid().equals(tenant.uuid())
                                && tenant.name().equals(each.name())
                                && each.finished());
    }

    final InputStream own(StoredOperation operation, InputStream content, Runnable requireMine) {
        return new CancellableStream(content, context::tick, requireMine, () -> operationLeases.progress(operation));
    }

    /** Also enforces the record quotas, which a transfer does not contain. That does not count rows. */
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
                context.events()
                        .add(
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
        servers.placement().changed(source(operation));
        servers.placement().changed(target(operation));
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

    /** Never drops under the tenant's name: if both registered servers are in fact the same, that is its database. */
    private void drop(StoredOperation operation) {
        endReplications(operation, aside(operation, tenant(operation)));
        DatabaseRemoval.dropUnderItsName(databases(operation, source(operation)), aside(operation, tenant(operation)));
    }

    @Override
    public Ending ending() {
        return Ending.UNDONE
                .undoneIf(operation -> !isSwitched(operation) && !isMovedAlready(operation, tenant(operation)))
                .undoneWith((tx, operation) -> servers.placement().changed(target(operation)));
    }

    /** Undoes all steps. If the copy cannot be removed, the tenant is opened without waiting for that. */
    final void undo(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (isSwitched(operation) || databases(operation, source(operation)).find(tenant.uuid()) == null) {
            // The copy is all that there is.
            return;
        }
        // First: the server keeps its log for them.
        endReplications(operation, present(databases(operation, source(operation)), tenant));
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
     * taken for the copy if both registered servers are in fact the same.
     */
    void removeCopy(StoredOperation operation, StoredTenant tenant) {
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

    final void takeBack(StoredOperation operation, StoredTenant tenant) {
        Databases source = databases(operation, source(operation));
        giveNameBack(source, tenant, aside(operation, tenant));
        openAgain(source, DatabaseRefs.of(tenant), tenant);
    }

    static void openAgain(Databases source, DatabaseRef original, StoredTenant tenant) {
        if (tenant.state() == TenantState.OPEN) {
            source.open(original);
        } else {
            source.close(original);
        }
    }

    /** Whether the node that took the operation over still needs the copy. */
    final boolean isNeeded(StoredOperation operation) {
        return OperationLeases.running(context.catalog(), operation)
                .filter(each -> each.errorCode() == null)
                .isPresent();
    }

    @Override
    public String describeLeftovers(Transaction tx, StoredOperation operation) {
        StoredTenant tenant = lockTenant(tx, operation);
        String aside = OperationTargets.describe(tx, source(operation), aside(operation, tenant));
        if (tenant.serverId().equals(target(operation))) {
            return "The tenant was moved. What may be left of its old database: " + aside
                    + ". The new one may be closed: " + describe(tx, operation) + ".";
        }
        return "The tenant was not moved. Its database may be closed and have another name: " + aside
                + ". What may be left of the copy: "
                + OperationTargets.describe(tx, target(operation), copy(operation, tenant)) + ".";
    }
}
