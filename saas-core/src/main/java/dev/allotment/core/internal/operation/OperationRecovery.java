// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
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
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Finishes or undoes operations that have lost their node. */
public final class OperationRecovery {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");

    private final CoreContext context;
    private final OperationLeases leases;
    private final OperationRunner runner;
    private final SagaRegistry sagas;
    private final ServerHealth serverHealth;
    private final @Nullable Executor executor;
    private final FailureLog failures;
    /** The operations that this process is taking over, or has taken over. */
    private final Set<UUID> recovering = ConcurrentHashMap.newKeySet();

    public OperationRecovery(
            CoreContext context,
            OperationLeases leases,
            OperationRunner runner,
            SagaRegistry sagas,
            ServerHealth serverHealth,
            @Nullable Executor executor) {
        this.context = context;
        this.leases = leases;
        this.runner = runner;
        this.sagas = sagas;
        this.serverHealth = serverHealth;
        this.executor = executor;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /** Recovers every operation without a node, also one that failed a moment ago; returns how many it finished. */
    public int recoverAll() {
        return recover(leases::isOrphaned);
    }

    /**
     * Recovers like {@link #recoverAll}, but skips recent failures for a while, and operations on servers that are
     * down.
     */
    public int recoverDue() {
        return recover(found -> leases.isOrphaned(found) && leases.isDue(found) && isReachable(found));
    }

    /**
     * Recovers like {@link #recoverDue} when this process has just started: every operation under its node's name
     * belongs to a dead process.
     */
    public void recoverAtStart() {
        if (executor == null || running().isEmpty()) {
            takeWhatIsLeft();
            return;
        }
        LeaseRenewal renewal = LeaseRenewal.on(executor, leases, context);
        try {
            takeWhatIsLeft();
        } finally {
            renewal.close();
        }
    }

    private void takeWhatIsLeft() {
        recover(found -> (found.node().equals(context.node()) || (leases.isOrphaned(found) && leases.isDue(found)))
                && isReachable(found));
    }

    private int recover(Predicate<StoredOperation> wanted) {
        leases.renew();
        int ended = 0;
        for (StoredOperation found : running()) {
            if (!leases.isActive(found) && isWanted(found, wanted) && recovering.add(found.uuid())) {
                try {
                    ended += leases.claim(found).filter(this::finish).isPresent() ? 1 : 0;
                } finally {
                    recovering.remove(found.uuid());
                }
            }
        }
        return ended;
    }

    /** An operation that cannot be judged, since a newer version has stored its tenant, must not stop the others. */
    private boolean isWanted(StoredOperation found, Predicate<StoredOperation> wanted) {
        try {
            return sagas.canContinue(found) && wanted.test(found);
        } catch (RuntimeException e) {
            failures.warn("An operation is left to other nodes", found, e);
            return false;
        }
    }

    private List<StoredOperation> running() {
        Query<StoredOperation> running = Query.where(Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).list(running));
    }

    /** Queries the catalog only if some server is down. */
    private boolean isReachable(StoredOperation operation) {
        List<ServerId> down = serverHealth.down();
        return down.isEmpty()
                || OperationTargets.server(context.catalog(), operation)
                        .filter(down::contains)
                        .isEmpty();
    }

    private void reportTo(ServerHealth health, StoredOperation mine, RuntimeException failure) {
        try {
            OperationTargets.server(context.catalog(), mine).ifPresent(server -> health.failed(server, failure));
        } catch (RuntimeException e) {
            failures.warnUnless(true, "The server of a failed operation could not be found", e);
        }
    }

    /** A failure must not stop the recovery of the other operations. */
    private boolean finish(StoredOperation mine) {
        try {
            runner.resume(mine, sagas.get(mine.kind()));
            String before = mine.step().equals(OperationLeases.QUEUED) ? "waited for a node" : "had lost its node";
            LOG.log(Level.INFO, () -> "Finished operation " + mine.id() + " (" + mine.kind() + "), which " + before);
            return true;
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
