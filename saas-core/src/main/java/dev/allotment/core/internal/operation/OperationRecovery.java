// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.ServerId;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import org.jspecify.annotations.Nullable;

/** Finishes or undoes operations that have lost their node. */
public final class OperationRecovery {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");
    private static final int PAGE = 100;
    /** They may take hours, see {@link #isLong}. A campaign also waits for other operations. */
    private static final Set<OperationKind> LONG_KINDS = Set.of(
            OperationKind.CAMPAIGN,
            OperationKind.ERASE_CUSTOMER,
            OperationKind.DUPLICATE_TENANT,
            OperationKind.MIGRATE_TENANT,
            OperationKind.RUN_TENANT_ACTION,
            OperationKind.BACK_UP_TENANT,
            OperationKind.EXPORT_TENANT,
            OperationKind.RESTORE_BACKUP,
            OperationKind.RESTORE_IN_PLACE,
            OperationKind.DRILL_BACKUP,
            OperationKind.MOVE_TENANT,
            OperationKind.SWAP_TENANTS);

    private static final Filter<StoredOperation> NOT_LONG_KIND =
            Filter.not(Filter.in(StoredOperation.KIND, List.copyOf(LONG_KINDS)));

    private final CoreContext context;
    private final OperationLeases leases;
    private final OperationEngine operations;
    private final SagaRegistry sagas;
    private final OfferedOperations offeredOperations;
    private final ServerHealth serverHealth;
    private final @Nullable Executor executor;
    private final FailureLog failures;
    /** The operations that this process is taking over, or has taken over. */
    private final Set<UUID> recovering = ConcurrentHashMap.newKeySet();

    public OperationRecovery(
            CoreContext context,
            OperationEngine operations,
            SagaRegistry sagas,
            OfferedOperations offeredOperations,
            ServerHealth serverHealth,
            @Nullable Executor executor) {
        this.context = context;
        this.leases = operations.leases();
        this.operations = operations;
        this.sagas = sagas;
        this.offeredOperations = offeredOperations;
        this.serverHealth = serverHealth;
        this.executor = executor;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /** Recovers every operation without a node, also one that failed a moment ago; returns how many it finished. */
    public int recoverAll() {
        return recoverAndContinue(leases.orphaned(), List.of());
    }

    /**
     * Recovers like {@link #recoverAll}, but skips recent failures for a while, and operations on servers that are
     * down.
     */
    public int recoverDue() {
        return recoverAndContinue(leases.orphanedAndDue(), serverHealth.down());
    }

    /** Recovers like {@link #recoverDue}, but only operations that do not take long. */
    public int recoverShort() {
        return recover(leases.orphanedAndDue(), serverHealth.down(), false);
    }

    /** Recovers like {@link #recoverDue}, but only operations that may take hours. */
    public int recoverLong() {
        return recover(leases.orphanedAndDue(), serverHealth.down(), true);
    }

    /**
     * Recovers like {@link #recoverDue} when this process has just started: every operation under its node's name
     * belongs to a dead process. What may take hours is left to the maintenance.
     */
    public void recoverAtStart() {
        if (executor == null || page(atStart(), false, new OperationId(0)).isEmpty()) {
            recover(atStart(), serverHealth.down(), false);
            return;
        }
        LeaseRenewal renewal = LeaseRenewal.on(executor, leases, context);
        try {
            recover(atStart(), serverHealth.down(), false);
        } finally {
            renewal.close();
        }
    }

    private Filter<StoredOperation> atStart() {
        Filter<StoredOperation> ofThisNode = Filter.and(
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING),
                Filter.equal(StoredOperation.NODE, context.node()));
        return Filter.or(ofThisNode, leases.orphanedAndDue());
    }

    private int recoverAndContinue(Filter<StoredOperation> wanted, List<ServerId> unreachable) {
        return recover(wanted, unreachable, false) + recover(wanted, unreachable, true);
    }

    /** Whether it may take hours, so that the others are recovered first: it may copy a large database, for example. */
    private static boolean isLong(StoredOperation operation) {
        return LONG_KINDS.contains(operation.kind()) || SharedInput.wantsBackup(operation);
    }

    /** @param takesLong whether to recover those of these operations that may take hours, or the others */
    private int recover(Filter<StoredOperation> wanted, List<ServerId> unreachable, boolean takesLong) {
        return context.maintenance().call(() -> recoverPages(wanted, unreachable, takesLong));
    }

    private int recoverPages(Filter<StoredOperation> wanted, List<ServerId> unreachable, boolean takesLong) {
        leases.renew();
        int ended = 0;
        OperationId last = new OperationId(0);
        while (true) {
            List<StoredOperation> page = page(wanted, takesLong, last);
            if (page.isEmpty()) {
                return ended;
            }
            last = page.get(page.size() - 1).id();
            for (StoredOperation found : reachable(page, unreachable)) {
                if (isLong(found) == takesLong
                        && !leases.isActive(found)
                        && !isCampaignWithoutThread(found)
                        && canContinue(found)
                        && !isHelped(found)
                        && recovering.add(found.uuid())) {
                    try {
                        ended += leases.claim(found)
                                        .filter(this::finishOrHandOver)
                                        .isPresent()
                                ? 1
                                : 0;
                    } finally {
                        recovering.remove(found.uuid());
                    }
                }
            }
        }
    }

    /**
     * A part of the operations, in the order of their ids: after an outage, there may be thousands. The catalog can
     * leave out long kinds only, since it does not know which operations make a backup.
     */
    private List<StoredOperation> page(Filter<StoredOperation> wanted, boolean takesLong, OperationId last) {
        Query<StoredOperation> next = Query.where(Filter.and(
                        takesLong ? Filter.all() : NOT_LONG_KIND,
                        wanted,
                        Filter.compare(StoredOperation.ID, Filter.Operator.GREATER, last)))
                .orderBy(StoredOperation.ID)
                .page(0, PAGE);
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).list(next));
    }

    /** Queries the catalog only if some server is down. */
    private List<StoredOperation> reachable(List<StoredOperation> page, List<ServerId> down) {
        if (down.isEmpty()) {
            return page;
        }
        OperationTargets.OnServers there = context.catalog().transact(tx -> OperationTargets.onServers(tx, page, down));
        return page.stream().filter(each -> !there.contains(each)).toList();
    }

    /** An operation of a kind that cannot be judged must not stop the others. */
    private boolean canContinue(StoredOperation found) {
        try {
            return sagas.canTakeOver(found);
        } catch (RuntimeException e) {
            failures.warn("An operation is left to other nodes", found, e);
            return false;
        }
    }

    /**
     * Whether the executor, or another node, runs it: what a campaign offers is run by a free thread, and only on nodes
     * that have what the campaign wants.
     */
    private boolean isHelped(StoredOperation found) {
        OperationId campaign = found.campaign();
        if (campaign == null || !OfferedOperations.isOffered(found)) {
            return false;
        }
        boolean can = offeredOperations.canHelp(campaign);
        if (can) {
            offeredOperations.help(campaign);
        }
        return executor != null || !can;
    }

    private void reportTo(ServerHealth health, StoredOperation mine, RuntimeException failure) {
        try {
            OperationTargets.server(context.catalog(), mine).ifPresent(server -> health.failed(server, failure));
        } catch (RuntimeException e) {
            failures.warnUnless(true, "The server of a failed operation could not be found", e);
        }
    }

    /** A campaign may wait for the executor: it starts threads itself, and keeps no tenant busy. */
    private boolean isCampaignWithoutThread(StoredOperation found) {
        return found.kind() == OperationKind.CAMPAIGN && operations.waitsForThread(found);
    }

    /** Runs what the executor had no thread for before the lease expired. Returns whether it has finished. */
    private boolean finishOrHandOver(StoredOperation mine) {
        if (executor == null || !isLong(mine) || operations.waitsForThread(mine)) {
            return finish(mine);
        }
        operations.handOver(
                new StartedOperation<>(mine, sagas.get(mine)), failure -> reportTo(serverHealth, mine, failure));
        return false;
    }

    /** A failure must not stop the recovery of the other operations. */
    private boolean finish(StoredOperation mine) {
        try {
            operations.resume(mine, sagas.get(mine));
            String before = mine.step().equals(OperationLeases.QUEUED) ? "waited for a node" : "had lost its node";
            LOG.log(Level.INFO, () -> "Finished operation " + mine.id() + " (" + mine.kind() + "), which " + before);
            return true;
        } catch (OperationDeferred e) {
            return false;
        } catch (RuntimeException e) {
            failures.warn("An operation that no node worked on failed", mine, e);
            reportTo(serverHealth, mine, e);
            return context.catalog()
                    .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                            .find(mine.id().value())
                            .map(each -> each.state() != OperationState.RUNNING)
                            .orElse(true));
        }
    }
}
