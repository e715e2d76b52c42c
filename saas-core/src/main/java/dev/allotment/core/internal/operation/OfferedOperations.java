// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import org.jspecify.annotations.Nullable;

/**
 * The operations that campaigns offer to all nodes: each is on record without a lease, and the first thread that is
 * free on any node claims it. Thread-safe.
 */
public final class OfferedOperations {
    /** How many operations a thread looks at: other threads may claim the first ones meanwhile. */
    private static final int PAGE = 50;

    private final CoreContext context;
    private final OperationEngine operations;
    private final OperationAwaiter awaiter;
    private final SagaRegistry sagas;
    private final @Nullable Executor executor;
    private final FailureLog failures;
    /** The campaigns for which a task waits for a thread. One is enough, so other work need not wait for many. */
    private final Set<OperationId> waiting = ConcurrentHashMap.newKeySet();

    /** @param executor the embedder's; null: this node has no threads for operations */
    public OfferedOperations(
            CoreContext context, OperationEngine operations, SagaRegistry sagas, @Nullable Executor executor) {
        this.context = context;
        this.operations = operations;
        this.awaiter = operations.awaiter();
        this.sagas = sagas;
        this.executor = executor;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /** Whether this node has threads for operations. */
    public boolean hasThreads() {
        return executor != null;
    }

    /** Starts an operation that the first free thread of any node runs; empty if there was nothing to do. */
    public Optional<StoredOperation> offer(OperationRequest<?> request) {
        return operations.offer(request);
    }

    /** Whether an operation is offered, and no node has claimed it. */
    static boolean isOffered(StoredOperation operation) {
        return operation.campaign() != null && operation.step().equals(OperationLeases.QUEUED);
    }

    /** Whether this node has the version, or the action, that a campaign wants. */
    boolean canHelp(OperationId campaign) {
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).find(campaign.value()))
                .filter(found -> sagas.get(found).canContinue(found))
                .isPresent();
    }

    /** Lets the next free thread of this node run what the campaign offers, if it offers anything then. */
    public void help(OperationId campaign) {
        if (executor == null || !waiting.add(campaign)) {
            return;
        }
        try {
            executor.execute(() -> {
                waiting.remove(campaign);
                work(campaign);
            });
        } catch (RejectedExecutionException e) {
            waiting.remove(campaign);
        } catch (RuntimeException | Error e) {
            waiting.remove(campaign);
            throw e;
        }
    }

    /** Runs one operation, and has the next free thread look for another one at once, and again afterwards. */
    private void work(OperationId campaign) {
        try {
            for (StoredOperation each : offered(campaign)) {
                if (operations.takeOver(each, sagas.get(each), () -> help(campaign))) {
                    help(campaign);
                    return;
                }
            }
        } catch (RuntimeException e) {
            failures.warn("The operations of campaign " + campaign + " could not be claimed", e);
        }
    }

    private List<StoredOperation> offered(OperationId campaign) {
        Query<StoredOperation> offered = Query.where(Filter.and(
                        Filter.equal(StoredOperation.CAMPAIGN, campaign),
                        Filter.equal(StoredOperation.STATE, OperationState.RUNNING),
                        Filter.equal(StoredOperation.STEP, OperationLeases.QUEUED),
                        Filter.compare(StoredOperation.LEASE_UNTIL, Filter.Operator.LESS_OR_EQUAL, context.now())))
                .orderBy(StoredOperation.ID)
                .page(0, PAGE);
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).list(offered));
    }

    /**
     * Takes an offer back that no node has claimed: the operation ends, what its start changed in the catalog is
     * undone, and it does not count for its campaign.
     */
    public void withdraw(StoredOperation offered, String code, String message) {
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.OPERATIONS)
                    .lock(offered.id().value())
                    .filter(each -> each.uuid().equals(offered.uuid())
                            && each.state() == OperationState.RUNNING
                            && isOffered(each)
                            && !each.leaseUntil().isAfter(context.now()))
                    .ifPresent(each -> {
                        StoredOperation ended = each.toBuilder()
                                .state(OperationState.FAILED)
                                .campaign(null)
                                .errorCode(code)
                                .errorMessage(message)
                                .updatedAt(context.now())
                                .build();
                        sagas.get(each).ending().undone().in(tx, ended);
                        tx.records(RecordTypes.OPERATIONS).update(ended);
                    });
            return null;
        });
    }

    /** Whether a node works on an operation, so that its lease is renewed. */
    public boolean isWorkedOn(StoredOperation operation) {
        Instant now = context.now();
        return operation.state() == OperationState.RUNNING
                && operation.leaseUntil().isAfter(now);
    }

    /** How many operations of this process have ended; a number for {@link #awaitEnd}. */
    public long ends() {
        return awaiter.ends();
    }

    /** Waits until another operation of this process has ended, or for a time. It may return earlier. */
    public void awaitEnd(long seen, Duration longest) throws InterruptedException {
        awaiter.awaitEnd(seen, longest);
    }
}
