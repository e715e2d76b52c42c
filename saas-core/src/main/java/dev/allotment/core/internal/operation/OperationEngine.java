// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.hook.WorkObserver;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The only way to start an operation. A use case describes what it wants as an {@link OperationRequest}; {@link #run}
 * waits until the operation has finished, and {@link #start} does not. Both recognise a repeated request by its
 * idempotency key. Thread-safe.
 */
public final class OperationEngine {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");

    private final CoreContext context;
    private final OperationLeases leases;
    private final OperationAwaiter awaiter;
    private final OperationRunner runner;
    private final @Nullable Executor executor;
    private final FailureLog failures;
    /** The operations that wait for a thread of the executor. */
    private final Set<UUID> waiting = ConcurrentHashMap.newKeySet();

    /**
     * @param executor the embedder's threads for operations that no caller waits for; null: none
     * @param observers are called around operations and their steps
     * @param refused finds out why a server refuses the changes of an operation that belongs to this node
     */
    public OperationEngine(
            CoreContext context,
            CatalogEpoch epoch,
            @Nullable Executor executor,
            List<WorkObserver> observers,
            Runnable refused) {
        this.context = context;
        this.leases = new OperationLeases(context, epoch);
        this.awaiter = new OperationAwaiter(context, leases);
        this.runner = new OperationRunner(context, leases, awaiter, observers, refused);
        this.executor = executor;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /** Which node works on an operation, and until when. */
    public OperationLeases leases() {
        return leases;
    }

    /** Waits for operations. */
    public OperationAwaiter awaiter() {
        return awaiter;
    }

    /** Drafts an operation of this node. The caller adds its subject, and makes an {@link OperationRequest} of it. */
    public StoredOperation.Builder draft(OperationKind kind, Actor actor) {
        return leases.draft(kind, actor);
    }

    /**
     * How a request ended.
     *
     * @param operation the operation as it was stored when it started; of a repeated request, the one that has ended
     * @param found what its steps have found; empty if an earlier request with the same key has run them
     */
    public record Outcome<F>(StoredOperation operation, Optional<F> found) {}

    /**
     * Runs an operation until it has finished. A repeated request gets the result of the first one.
     *
     * @return empty if there was nothing to do
     * @throws dev.allotment.SaasException as the request and its steps do; {@code idempotency.mismatch}; {@code
     *     operation.in-progress} if the first request with the same key is running
     */
    public <F> Optional<Outcome<F>> run(OperationRequest<F> request) {
        return leases.during(request.draft(), () -> {
            Reserved<F> reserved = reserve(request, Idempotency::requireEnded, tx -> Optional.empty());
            if (reserved.earlier().isPresent()) {
                return reserved.earlier().map(earlier -> new Outcome<>(earlier, Optional.empty()));
            }
            return reserved.started().map(started -> this.<F>outcome(started));
        });
    }

    private <F> Outcome<F> outcome(StartedOperation<? extends F> started) {
        return new Outcome<>(started.operation(), Optional.of(runner.run(started)));
    }

    /**
     * Starts an operation that runs in the background. If there is nothing to do, it is finished at once. A repeated
     * request gets the operation that the first one has started, which may be running.
     *
     * @throws dev.allotment.SaasException as the request does; {@code idempotency.mismatch}
     */
    public StoredOperation start(OperationRequest<?> request) {
        StoredOperation.Builder draft = request.draft().step(OperationLeases.QUEUED);
        return leases.during(draft, () -> {
            Reserved<?> reserved = reserve(request, running -> {}, tx -> Optional.of(nothingToDo(tx, draft.build())));
            reserved.started().ifPresent(this::handOver);
            return reserved.earlier()
                    .or(() -> reserved.started().map(StartedOperation::operation))
                    .orElseThrow();
        });
    }

    /** Starts an operation that any node may claim and run; empty if there is nothing to do. */
    Optional<StoredOperation> offer(OperationRequest<?> request) {
        StoredOperation.Builder draft =
                request.draft().step(OperationLeases.QUEUED).leaseUntil(Instant.EPOCH);
        return leases.during(
                draft,
                () -> reserve(request, running -> {}, tx -> Optional.empty())
                        .started()
                        .map(StartedOperation::operation));
    }

    /**
     * What a request has reserved.
     *
     * @param earlier the operation that has been stored already: that of an earlier request with the same key, or one
     *     that had nothing to do; empty: there is none
     * @param started the operation of this request; empty: there is nothing to do
     */
    private record Reserved<F>(
            Optional<StoredOperation> earlier, Optional<? extends StartedOperation<? extends F>> started) {}

    /**
     * @param acceptable refuses an earlier operation by an exception
     * @param nothing what is stored if there is nothing to do
     */
    private <F> Reserved<F> reserve(
            OperationRequest<F> request,
            Consumer<StoredOperation> acceptable,
            Function<Transaction, Optional<StoredOperation>> nothing) {
        String key = request.draft().build().idempotencyKey();
        if (request.prepared() && key != null) {
            Optional<StoredOperation> earlier = context.catalog().transact(tx -> earlier(tx, request, key, acceptable));
            if (earlier.isPresent()) {
                return new Reserved<>(earlier, Optional.empty());
            }
        }
        OperationRequest.Reservation<F> reservation = request.preparation().get();
        return context.work().orAgain(tx -> {
            Optional<StoredOperation> earlier = earlier(tx, request, key, acceptable);
            if (earlier.isPresent()) {
                return new Reserved<F>(earlier, Optional.empty());
            }
            Optional<? extends StartedOperation<? extends F>> started = reservation.in(tx);
            return new Reserved<F>(started.isPresent() ? earlier : nothing.apply(tx), started);
        });
    }

    private static Optional<StoredOperation> earlier(
            Transaction tx, OperationRequest<?> request, @Nullable String key, Consumer<StoredOperation> acceptable) {
        Optional<StoredOperation> same = Idempotency.same(tx, request.draft(), key);
        same.ifPresent(earlier -> {
            request.admission().check(tx, earlier);
            acceptable.accept(earlier);
        });
        return same;
    }

    /** Runs an operation that a larger transaction has stored, until it has finished. */
    public <F> F run(StartedOperation<F> started) {
        return runner.run(started);
    }

    /** Runs what is left of an operation of which nothing is known but what is stored. */
    <F> void resume(StoredOperation stored, Saga<F> saga) {
        runner.resume(stored, saga);
    }

    /**
     * Runs the work of an operation that a larger transaction stores. From before it is stored until it has finished,
     * this process counts as working on it.
     */
    public <T> T during(StoredOperation.Builder draft, Supplier<T> work) {
        return leases.during(draft, work);
    }

    private static StoredOperation nothingToDo(Transaction tx, StoredOperation draft) {
        return tx.records(RecordTypes.OPERATIONS)
                .insert(draft.toBuilder()
                        .step("")
                        .state(OperationState.DONE)
                        .percent(100)
                        .build());
    }

    /** Passes an operation to the embedder's executor; without one, to the node that next runs the maintenance. */
    public <F> void handOver(StartedOperation<F> started) {
        handOver(started, failure -> {});
    }

    /** @param failed receives the reason if the run failed */
    <F> void handOver(StartedOperation<F> started, Consumer<RuntimeException> failed) {
        StoredOperation operation = started.operation();
        if (executor == null) {
            leaveToOthers(operation);
            return;
        }
        waiting.add(operation.uuid());
        try {
            executor.execute(() -> {
                waiting.remove(operation.uuid());
                try {
                    runner.run(started);
                } catch (OperationDeferred e) {
                    LOG.log(Level.DEBUG, () -> "Operation " + operation.id() + " is left for later");
                } catch (OperationTakenOver e) {
                    // It waited longer for a thread than its lease lasts.
                    LOG.log(Level.DEBUG, () -> "Operation " + operation.id() + " is run otherwise");
                } catch (RuntimeException e) {
                    failures.warn("An operation in the background failed", operation, e);
                    failed.accept(e);
                } catch (Error e) {
                    failures.warn("An operation in the background failed", operation, e);
                    throw e;
                }
            });
        } catch (RejectedExecutionException e) {
            waiting.remove(operation.uuid());
            leaveToOthers(operation);
        } catch (RuntimeException | Error e) {
            waiting.remove(operation.uuid());
            throw e;
        }
    }

    /** Whether the embedder's executor has it, and has no thread for it yet. */
    boolean waitsForThread(StoredOperation operation) {
        return waiting.contains(operation.uuid());
    }

    /** Leaves an operation to the node that next runs the maintenance. */
    public void leaveToOthers(StoredOperation operation) {
        try {
            leases.release(operation);
        } catch (OperationTakenOver e) {
            LOG.log(Level.DEBUG, () -> "Operation " + operation.id() + " is being worked on already");
        } catch (RuntimeException e) {
            // It is on record, so its caller must not be refused: other nodes take it over when its lease expires.
            failures.warn("An operation could not be left to other nodes before its lease expires", operation, e);
        }
    }

    /** Finishes an operation without a node; a failure is logged, and left to a later recovery. */
    public <F> void takeOver(StoredOperation operation, Saga<F> saga) {
        takeOver(operation, saga, () -> {});
    }

    /**
     * Finishes an operation as {@link #takeOver(StoredOperation, Saga)}.
     *
     * @param claimed runs after this node has claimed the operation
     * @return whether this node has claimed it
     */
    <F> boolean takeOver(StoredOperation operation, Saga<F> saga, Runnable claimed) {
        boolean mine = false;
        // Before it is claimed: a caller that sees the claim has to see that this process works on it.
        leases.enter(operation.uuid());
        try {
            if (leases.isOrphaned(operation)) {
                Optional<StoredOperation> claim = leases.claim(operation);
                mine = claim.isPresent();
                if (mine) {
                    claimed.run();
                    runner.resume(claim.get(), saga);
                }
            }
        } catch (RuntimeException e) {
            failures.warn("An operation that was taken over failed", operation, e);
        } finally {
            leases.leave(operation.uuid());
        }
        return mine;
    }

    /**
     * Finishes the operations of a tenant that have lost their node, and have waited long enough since their last
     * failure; a failure is logged, and left to a later recovery.
     */
    public void takeOverDue(TenantId tenant, OperationKind kind, SagaRegistry.Choice sagas) {
        Query<StoredOperation> running = Query.where(Filter.and(
                Filter.equal(StoredOperation.TENANT_ID, tenant),
                Filter.equal(StoredOperation.KIND, kind),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING)));
        context.catalog().transact(tx -> tx.records(RecordTypes.OPERATIONS).list(running)).stream()
                .filter(each -> leases.isDue(each) && SagaRegistry.canTakeOver(sagas.sagaOf(each), each))
                .forEach(each -> takeOver(each, sagas.sagaOf(each)));
    }
}
