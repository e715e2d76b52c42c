// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.CancellableStream;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.DatabaseRemoval;
import dev.allotment.core.internal.database.RecordQuotas;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationTargets;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.record.DatabaseRefs;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.core.internal.tenant.change.TenantSaga;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/**
 * Moves a tenant to another server. Its database is closed and put aside under another name first, so that neither the
 * application nor another node of the control plane changes it any more. Then it is copied, and the catalog is switched
 * to the copy. From then on, the operation only goes forward: the copy is opened, and the old database is dropped.
 *
 * <p>A live move copies the database while it is open. The copy has its own name, and follows all changes. The
 * database is closed and put aside when the copy has almost all of them, and the copy gets the rest and its name.
 */
public final class MoveSaga extends TenantSaga<Saga.Nothing> {
    /** The key of the result with what the copy lacks, in bytes of the log, while it catches up. */
    private static final String BEHIND = "behind";

    /** How long to wait for a copy before the operation is looked at again: it may have been cancelled. */
    private static final Duration LOOK = Duration.ofSeconds(2);

    /** After how long a copy that does not catch up with its source is given up. */
    private static final Duration LONGEST_CATCH_UP = Duration.ofHours(1);

    /** How often the database is closed for a copy that does not get the rest of the changes in time. */
    private static final int ATTEMPTS = 5;

    private static final String REPLICATED = "replicated";

    /** What is recorded of a live move until the database is closed. */
    private static final Set<String> OPEN_STEPS = Set.of(OperationLeases.QUEUED, "", REPLICATED);

    private final OperationLeases operationLeases;
    private final DatabaseServers servers;

    public MoveSaga(CoreContext context, OperationEngine operations, DatabaseServers servers, TenantContent content) {
        super(context, content);
        this.operationLeases = operations.leases();
        this.servers = servers;
    }

    public static ServerId source(StoredOperation operation) {
        return server(operation, OperationInputs.SOURCE_SERVER);
    }

    public static ServerId target(StoredOperation operation) {
        return server(operation, OperationInputs.TARGET_SERVER);
    }

    private static ServerId server(StoredOperation operation, String key) {
        return new ServerId(Long.parseLong(operation.input().getOrDefault(key, "0")));
    }

    /**
     * The input of an operation that moves a tenant to a server.
     *
     * @param more whether it is live, or why not
     */
    static Map<String, String> input(StoredTenant tenant, ServerId target, Map<String, String> more) {
        Map<String, String> input = new HashMap<>(more);
        input.put(OperationInputs.SOURCE_SERVER, tenant.serverId().toString());
        input.put(OperationInputs.TARGET_SERVER, target.toString());
        return input;
    }

    private static boolean isLive(StoredOperation operation) {
        return operation.input().containsKey(OperationInputs.LIVE);
    }

    /**
     * The copy of a live move until it gets the name of the tenant. Even if the two registered servers are in fact the
     * same, it cannot be taken for the original.
     */
    private static DatabaseRef copy(StoredOperation operation, StoredTenant tenant) {
        return aside("arriving", operation, tenant);
    }

    private Replication replication(StoredOperation operation, ServerId server) {
        Replication replication = databases(operation, server).replication();
        if (replication == null) {
            throw SaasException.unsupported(
                    ErrorCodes.BACKEND_UNSUPPORTED,
                    "Database server " + server + " cannot replicate databases any more. Move the tenant again.");
        }
        return replication;
    }

    private static DatabaseRef aside(StoredOperation operation, StoredTenant tenant) {
        return aside("moving", operation, tenant);
    }

    private Databases databases(StoredOperation operation, ServerId server) {
        return servers.registry().databases(server, operation);
    }

    @Override
    public Nothing resume() {
        return Nothing.NOTHING;
    }

    @Override
    public List<Step<Nothing>> steps() {
        return List.of(
                live(REPLICATED, this::replicate),
                live("caughtUp", this::catchUp),
                live("settled", this::settle),
                live("arrived", this::arrive),
                closed("closed", this::putAside),
                closed("copied", this::copy).lastingLong(),
                Step.<Nothing>of("compared", this::compare).lastingLong(),
                Step.of("switched", this::switchServer),
                Step.of("opened", this::open),
                Step.of("dropped", this::drop));
    }

    /** A step of a live move, unless the tenant was moved already. */
    private Step<Nothing> live(String name, BiConsumer<StoredOperation, StoredTenant> action) {
        return new Step<>(
                name,
                (operation, found) -> {
                    if (isLive(operation)) {
                        StoredTenant tenant = tenant(operation);
                        if (!isMovedAlready(operation, tenant)) {
                            action.accept(operation, tenant);
                        }
                    }
                    return found;
                },
                MoveSaga::isLive,
                MoveSaga::isLive);
    }

    /** A step of a move that is not live. */
    private static Step<Nothing> closed(String name, Consumer<StoredOperation> action) {
        return new Step<>(
                name,
                (operation, found) -> {
                    if (!isLive(operation)) {
                        action.accept(operation);
                    }
                    return found;
                },
                operation -> !isLive(operation));
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

    /**
     * Copies the database, also if an earlier run has done so: what was changed since is kept for the copy of the same
     * run only. Record quotas are only tried: while the copy follows, code of the application runs as the owner of each
     * table, and the owner of a limited one could remove the quotas.
     */
    private void replicate(StoredOperation operation, StoredTenant tenant) {
        Replication source = replication(operation, source(operation));
        DatabaseRef original = present(databases(operation, source(operation)), tenant);
        ReplicationSource from = source.source(original);
        String name = operation.uuid().toString().replace("-", "") + "_" + operation.fencingToken();
        requireWanted(operation);
        // A run that was frozen since it was asked has the smaller number, and ends nothing of its successor.
        source.end(operation.uuid(), operation.fencingToken(), original);
        Databases target = databases(operation, target(operation));
        Transfer receiving = Abilities.transfer(target);
        DatabaseRef copy = copy(operation, tenant);
        discardCopy(target, copy);
        source.send(original, name, content -> {
            requireWanted(operation);
            receiving.receive(copy, own(operation, content, () -> requireWanted(operation)));
        });
        if (servers.registry().enforcesRecordQuotas(target(operation))) {
            RecordQuotas.tryOut(target, copy, tx -> {});
        }
        replication(operation, target(operation)).follow(copy, name, from);
    }

    private InputStream own(StoredOperation operation, InputStream content, Runnable requireMine) {
        return new CancellableStream(content, context::tick, requireMine, () -> operationLeases.progress(operation));
    }

    /** Never drops under another name: if both registered servers are in fact the same, that is the original. */
    private static void discardCopy(Databases target, DatabaseRef copy) {
        try {
            target.discard(copy);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.DATABASE_FOREIGN)) {
                throw e;
            }
        }
    }

    private void catchUp(StoredOperation operation, StoredTenant tenant) {
        DatabaseRef original = present(databases(operation, source(operation)), tenant);
        if (original.equals(aside(operation, tenant))) {
            return;
        }
        Replication source = replication(operation, source(operation));
        String name = followed(operation, tenant);
        long start = context.tick();
        for (long behind = source.behind(original, name, LOOK);
                behind > 0;
                behind = source.behind(original, name, LOOK)) {
            noteBehind(operation, behind);
            requireWanted(operation);
            if (context.tick() - start > LONGEST_CATCH_UP.toNanos()) {
                throw SaasException.conflict(
                        ErrorCodes.DATABASE_NOT_TRANSFERABLE,
                        "The copy of database \"" + tenant.name() + "\" on database server " + target(operation)
                                + " has not caught up with the changes of the original within "
                                + LONGEST_CATCH_UP.toMinutes() + " minutes: it lacks " + behind
                                + " bytes of the log. Try again when fewer changes are made.");
            }
        }
    }

    /** The replication that the copy follows; it may be one that an earlier run has started. */
    private String followed(StoredOperation operation, StoredTenant tenant) {
        String name = replication(operation, target(operation)).followed(copy(operation, tenant));
        if (name == null) {
            throw SaasException.internal(
                    ErrorCodes.OPERATION_FAILED,
                    "The copy of database \"" + tenant.name() + "\" on database server " + target(operation)
                            + " does not follow the original any more.",
                    null);
        }
        return name;
    }

    /** Stores how much is left, for operators. */
    private void noteBehind(StoredOperation operation, long behind) {
        context.catalog().transact(tx -> {
            StoredOperation present = OperationLeases.requireMine(tx, operation);
            Map<String, String> result = new HashMap<>(present.result());
            result.put(BEHIND, Long.toString(behind));
            tx.records(RecordTypes.OPERATIONS)
                    .update(present.toBuilder().result(result).build());
            return null;
        });
    }

    private void requireWanted(StoredOperation operation) {
        if (context.catalog()
                .transact(tx -> OperationLeases.requireMine(tx, operation))
                .cancelRequested()) {
            throw SaasException.conflict(ErrorCodes.OPERATION_CANCELLED, cancelled(operation));
        }
    }

    /** Closes the database and puts it aside. If the copy does not get the rest in time, it is opened again. */
    private void settle(StoredOperation operation, StoredTenant tenant) {
        Databases databases = databases(operation, source(operation));
        Replication source = replication(operation, source(operation));
        DatabaseRef original = present(databases, tenant);
        String name = followed(operation, tenant);
        replication(operation, target(operation)).hasten(copy(operation, tenant));
        for (int attempt = 1;
                !source.settle(original, name, aside(operation, tenant).name());
                attempt++) {
            openAgain(databases, original, tenant);
            if (attempt == ATTEMPTS) {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "The copy of database \"" + tenant.name() + "\" on database server " + target(operation)
                                + " did not get the last changes in time. The tenant was not moved. Try again.",
                        null);
            }
            catchUp(operation, tenant);
        }
    }

    /** Gives the copy what it could not follow, and its name. */
    private void arrive(StoredOperation operation, StoredTenant tenant) {
        Databases target = databases(operation, target(operation));
        Replication copies = replication(operation, target(operation));
        DatabaseRef copy = copy(operation, tenant);
        String name = copies.followed(copy);
        if (name != null) {
            copies.unfollow(copy, replication(operation, source(operation)).counters(aside(operation, tenant), name));
        }
        try {
            target.rename(copy, tenant.name());
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.DATABASE_FOREIGN) ? ReservedNames.nameTaken(tenant.name()) : e;
        }
    }

    private void putAside(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (!isMovedAlready(operation, tenant)) {
            Databases databases = databases(operation, source(operation));
            DatabaseRef present = present(databases, tenant);
            if (present.equals(DatabaseRefs.of(tenant))) {
                MoveObstacles.refuse(databases, present, tenant);
            }
            putAside(databases, tenant, aside(operation, tenant));
        }
    }

    private void copy(StoredOperation operation) {
        StoredTenant tenant = tenant(operation);
        if (isMovedAlready(operation, tenant)) {
            return;
        }
        Transfer target = Abilities.transfer(databases(operation, target(operation)));
        try {
            Abilities.transfer(databases(operation, source(operation)))
                    .send(
                            aside(operation, tenant),
                            content -> target.receive(
                                    DatabaseRefs.of(tenant),
                                    own(
                                            operation,
                                            content,
                                            () -> context.catalog()
                                                    .transact(tx -> OperationLeases.requireMine(tx, operation)))));
        } catch (SaasException e) {
            throw e.code().equals(ErrorCodes.DATABASE_FOREIGN) ? ReservedNames.nameTaken(tenant.name()) : e;
        }
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
    public Nothing finish(Transaction tx, StoredOperation operation, Nothing found) {
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

    private void endReplications(StoredOperation operation, DatabaseRef database) {
        Replication source = databases(operation, source(operation)).replication();
        if (isLive(operation) && source != null) {
            source.end(operation.uuid(), database);
        }
    }

    /**
     * Removes the copy while the original is aside, also if an earlier run has taken that back. So the original is not
     * taken for the copy if both registered servers are in fact the same. A copy with its own name is never taken for
     * the original, so it is removed when the tenant is open again.
     */
    private void removeCopy(StoredOperation operation, StoredTenant tenant) {
        Databases target = databases(operation, target(operation));
        DatabaseRef there = isLive(operation) ? target.find(tenant.uuid()) : null;
        if (isLive(operation) && (there == null || !there.name().equals(tenant.name()))) {
            takeBack(operation, tenant);
            discardCopy(target, copy(operation, tenant));
            return;
        }
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
        openAgain(source, DatabaseRefs.of(tenant), tenant);
    }

    private static void openAgain(Databases source, DatabaseRef original, StoredTenant tenant) {
        if (tenant.state() == TenantState.OPEN) {
            source.open(original);
        } else {
            source.close(original);
        }
    }

    @Override
    public void undone(Transaction tx, StoredOperation operation) {
        servers.placement().changed(target(operation));
    }

    /**
     * A copy that was made too late is removed, unless the node that took over still needs it; if the tenant has moved
     * there, its database follows the catalog. Before a move that is not live has recorded its first step, it has
     * copied nothing. A database that is aside is the original: then both registered servers are in fact the same.
     */
    @Override
    public void retractLateEffects(StoredOperation operation, Nothing found) {
        boolean needed = OperationLeases.running(context.catalog(), operation)
                .filter(each -> each.errorCode() == null)
                .isPresent();
        StoredTenant tenant = tenant(operation);
        Databases target = databases(operation, target(operation));
        if (isLive(operation) && !isSwitched(operation) && !needed) {
            endReplications(operation, present(databases(operation, source(operation)), tenant));
            discardCopy(target, copy(operation, tenant));
            return;
        }
        DatabaseRef there = target.find(tenant.uuid());
        boolean nothingCopied = !isLive(operation) && operation.step().isEmpty();
        if (there == null || nothingCopied || there.equals(aside(operation, tenant))) {
            return;
        }
        if (isSwitched(operation)) {
            reconciliation.reconcile(operation, target(operation), there);
        } else if (!needed) {
            DatabaseRemoval.discard(target, there);
        }
    }

    /**
     * A live move ends at once until it closes the database, which may be hours from now. What it has left is removed
     * by the operation that supersedes it, by the node that ran it, and by the maintenance. All other moves are waited
     * for.
     */
    @Override
    public Optional<OperationState> supersede(Transaction tx, StoredOperation operation, OperationKind by) {
        if (!isLive(operation) || !OPEN_STEPS.contains(operation.step())) {
            return Optional.empty();
        }
        undone(tx, operation);
        return Optional.of(OperationState.FAILED);
    }

    /** Removes what a live move has left that another operation has superseded. */
    public static void removeSuperseded(
            ServerRegistry servers, StoredOperation by, StoredOperation superseded, StoredTenant tenant) {
        Databases source = servers.databases(source(superseded), by);
        Replication replication = source.replication();
        if (replication != null) {
            replication.end(superseded.uuid(), present(source, tenant));
        }
        discardCopy(servers.databases(target(superseded), by), copy(superseded, tenant));
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
                + OperationTargets.describe(
                        tx, target(operation), isLive(operation) ? copy(operation, tenant) : DatabaseRefs.of(tenant))
                + ".";
    }
}
