// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.move;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.RecordQuotas;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.name.ReservedNames;
import dev.allotment.core.internal.operation.Ending;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.server.Abilities;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Replication;
import dev.allotment.spi.backend.ReplicationSource;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.spi.backend.Transfer;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Moves a tenant that stays open. The copy has its own name, and follows all changes. The database is closed and put
 * aside when the copy has almost all of them, and the copy gets the rest and its name.
 */
public final class LiveMoveSaga extends MoveSaga {
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

    LiveMoveSaga(CoreContext context, OperationEngine operations, DatabaseServers servers, TenantContent content) {
        super(context, operations, servers, content);
    }

    @Override
    public List<Step<Nothing>> steps() {
        return followedBySwitch(List.of(
                copying(REPLICATED, this::replicate).lastingLong().undoneBy(this::undo),
                copying("caughtUp", this::catchUp).lastingLong(),
                copying("settled", this::settle).lastingLong(),
                copying("arrived", this::arrive).lastingLong()));
    }

    /** Even if the two registered servers are in fact the same, it cannot be taken for the original. */
    @Override
    DatabaseRef copy(StoredOperation operation, StoredTenant tenant) {
        return arriving(operation, tenant);
    }

    private static DatabaseRef arriving(StoredOperation operation, StoredTenant tenant) {
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
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED, ending().cancelled().apply(operation));
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
            throw ReservedNames.asTaken(e, tenant.name());
        }
    }

    @Override
    void endReplications(StoredOperation operation, DatabaseRef database) {
        Replication source = databases(operation, source(operation)).replication();
        if (source != null) {
            source.end(operation.uuid(), database);
        }
    }

    /** A copy with its own name is never taken for the original, so it is removed when the tenant is open again. */
    @Override
    void removeCopy(StoredOperation operation, StoredTenant tenant) {
        Databases target = databases(operation, target(operation));
        DatabaseRef there = target.find(tenant.uuid());
        if (there != null && there.name().equals(tenant.name())) {
            super.removeCopy(operation, tenant);
        } else {
            takeBack(operation, tenant);
            discardCopy(target, copy(operation, tenant));
        }
    }

    /**
     * A copy that was made too late is removed, unless the node that took over still needs it; if the tenant has moved
     * there, its database follows the catalog. A database that is aside is the original: then both registered servers
     * are in fact the same.
     */
    @Override
    public void retractLateEffects(StoredOperation operation, Nothing found) {
        StoredTenant tenant = tenant(operation);
        Databases target = databases(operation, target(operation));
        if (isSwitched(operation)) {
            DatabaseRef there = target.find(tenant.uuid());
            if (there != null && !there.equals(aside(operation, tenant))) {
                reconciliation.reconcile(operation, target(operation), there);
            }
        } else if (!isNeeded(operation)) {
            endReplications(operation, present(databases(operation, source(operation)), tenant));
            discardCopy(target, copy(operation, tenant));
        }
    }

    @Override
    public Ending ending() {
        Ending ending = super.ending();
        return ending.supersededBy((tx, operation, by) -> supersede(ending, tx, operation));
    }

    /**
     * It ends at once until it closes the database, which may be hours from now. What it has left is removed by the
     * operation that supersedes it, by the node that ran it, and by the maintenance. Afterwards, it is waited for, as
     * all other moves are.
     */
    private static Optional<OperationState> supersede(Ending ending, Transaction tx, StoredOperation operation) {
        if (!OPEN_STEPS.contains(operation.step())) {
            return Optional.empty();
        }
        ending.undone().in(tx, operation);
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
        discardCopy(servers.databases(target(superseded), by), arriving(superseded, tenant));
    }
}
