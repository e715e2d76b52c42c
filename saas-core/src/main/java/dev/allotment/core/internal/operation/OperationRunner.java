// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.hook.Work;
import dev.allotment.hook.WorkObserver;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.lang.System.Logger;
import java.lang.System.Logger.Level;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Runs operations step by step, each recorded before the next starts; undoes or leaves those that fail. */
final class OperationRunner {
    private static final Logger LOG = System.getLogger("dev.allotment.operations");

    /** Why an operation was stopped from outside, by another operation or an administrator. */
    private static final Set<String> STOPPED = Set.of(ErrorCodes.OPERATION_SUPERSEDED, ErrorCodes.OPERATION_ABANDONED);

    private final CoreContext context;
    private final OperationLeases leases;
    private final OperationAwaiter awaiter;
    /** Finds out why a server refuses the changes of an operation that belongs to this node. */
    private final Runnable refused;

    private final ObservedWork observed;
    private final FailureLog failures;

    OperationRunner(
            CoreContext context,
            OperationLeases leases,
            OperationAwaiter awaiter,
            List<WorkObserver> observers,
            Runnable refused) {
        this.context = context;
        this.leases = leases;
        this.awaiter = awaiter;
        this.refused = refused;
        this.observed = new ObservedWork(context, observers);
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /** Runs what is left of an operation of which nothing is known but what is stored. */
    <F> void resume(StoredOperation stored, Saga<F> saga) {
        run(new StartedOperation<>(stored, saga));
    }

    /**
     * Runs the rest of an operation until it finishes. Rethrows what its saga throws, after undoing it.
     *
     * @return what the steps found
     */
    <F> F run(StartedOperation<F> started) {
        Work work = observed.describe(started.operation());
        return observed.around(work, () -> run(started, work));
    }

    private <F> F run(StartedOperation<F> started, Work work) {
        Run<F> run = new Run<>(started, work);
        leases.enter(started.operation().uuid());
        try {
            if (!SagaRegistry.knowsStep(run.saga, run.operation)) {
                throw SaasException.unavailable(
                        ErrorCodes.RECORD_NEWER,
                        "A newer version of the program has started operation " + run.operation.id()
                                + ", and this version does not know its step " + run.operation.step()
                                + ". A node of the newer version continues it.",
                        null);
            }
            run.operation = run.operation.step().equals(OperationLeases.QUEUED)
                    ? start(run.operation)
                    : leases.stillMine(run.operation);
            run.started = true;
            logStart(run.operation);
            if (run.operation.errorCode() != null) {
                undoOrLeave(run.operation, run);
                throw SaasException.conflict(
                        ErrorCodes.OPERATION_FAILED, "Operation " + run.operation.id() + " was undone.");
            }
            if (run.operation.cancelRequested()) {
                cancelResumed(run);
            }
            return forward(run);
        } catch (OperationTakenOver e) {
            if (run.started) {
                leases.noteLost();
                retractLateEffects(run);
            }
            throw answer(run.operation, e);
        } catch (SaasException e) {
            throw run.ended ? e : unfinished(run.operation, e);
        } finally {
            leases.leave(started.operation().uuid());
            awaiter.signal();
        }
    }

    /** With the id of the request that a program adds to each line, it says which operations a request has started. */
    private static void logStart(StoredOperation operation) {
        LOG.log(
                Level.INFO,
                () -> "Operation " + operation.id() + " starts: kind=" + operation.kind()
                        + (operation.tenantId() == null ? "" : " tenant=" + operation.tenantId()));
    }

    /** One run of one operation, and its progress. It is confined to the thread that runs it. */
    private static final class Run<F> {
        private final Saga<F> saga;

        private final Ending ending;

        private final Work work;
        /** Whether an earlier run had started, on a node that died or left it: what failed may come from that. */
        private final boolean resumed;

        private StoredOperation operation;
        private F found;
        /** Whether it may have done anything: it had been taken over otherwise before its first step. */
        private boolean started;
        /** Whether nothing is left to be done: it is finished, or undone. */
        private boolean ended;

        Run(StartedOperation<F> started, Work work) {
            this.saga = started.saga();
            this.ending = saga.ending();
            this.work = work;
            this.operation = started.operation();
            this.resumed = operation.fencingToken() > 1 && !operation.step().equals(OperationLeases.QUEUED);
            this.found = started.found();
        }
    }

    /** The answer to the caller of a run that another node or operation has stopped. */
    private SaasException answer(StoredOperation mine, OperationTakenOver e) {
        return stored(mine)
                .filter(each -> each.uuid().equals(mine.uuid()) && each.state() == OperationState.FAILED)
                .<SaasException>flatMap(each -> Optional.ofNullable(each.errorCode())
                        .filter(STOPPED::contains)
                        .map(code -> unknown(each, code, String.valueOf(each.errorMessage()), e)))
                .orElse(e);
    }

    private Optional<StoredOperation> stored(StoredOperation mine) {
        try {
            return context.catalog()
                    .transact(tx ->
                            tx.records(RecordTypes.OPERATIONS).find(mine.id().value()));
        } catch (RuntimeException e) {
            failures.warn("The result of an operation that was taken over could not be read", mine, e);
            return Optional.empty();
        }
    }

    /** A definite refusal would be wrong for what is on record, and is done or undone later. */
    private SaasException unfinished(StoredOperation operation, SaasException e) {
        if (e.category() == ErrorCategory.UNAVAILABLE && e.retryable()) {
            return unknown(
                    operation,
                    e.code(),
                    e.getMessage() + " Operation " + operation.id()
                            + " has started; repeat the request with the same key, or request its result.",
                    e);
        }
        failures.warn("An operation failed, and is left for recovery", operation, e);
        return unknown(
                operation,
                ErrorCodes.OPERATION_UNFINISHED,
                "Operation " + operation.id() + " has started and failed: " + FailureReason.forEveryone(e)
                        + " It is tried again; repeat the request with the same key, or request its result.",
                e);
    }

    private static SaasException unknown(StoredOperation operation, String code, String message, Throwable cause) {
        return new SaasException(
                ErrorCategory.UNAVAILABLE,
                code,
                message,
                Map.of("operation", operation.id().toString()),
                true,
                cause);
    }

    /** Cancels an operation before its first step, which is possible for every kind. */
    private StoredOperation start(StoredOperation queued) {
        return context.catalog().transact(tx -> {
            StoredOperation.Builder started = queued.toBuilder().step("");
            if (OperationLeases.requireMine(tx, queued).cancelRequested()) {
                started.cancelRequested(true)
                        .errorCode(ErrorCodes.OPERATION_CANCELLED)
                        .errorMessage("Operation " + queued.id() + " was cancelled before it started.");
            }
            return leases.store(tx, started);
        });
    }

    private <F> void retractLateEffects(Run<F> run) {
        try {
            run.saga.retractLateEffects(run.operation, run.found);
        } catch (RuntimeException e) {
            failures.warn(
                    "An operation was taken over by another node, and what this node did to its database meanwhile could"
                            + " not be repaired",
                    run.operation,
                    e);
        }
    }

    private <F> F forward(Run<F> run) {
        List<Saga.Step<F>> steps = run.saga.steps();
        for (int i = next(steps, run.operation); i < steps.size(); i++) {
            Saga.Step<F> step = steps.get(i);
            run.operation = leases.stillMine(run.operation);
            leases.progress(
                    run.operation,
                    step.lasting().test(run.operation) ? OperationLeases.LONG_STEP : OperationLeases.SHORT_STEP);
            try {
                run.found = observed.around(
                        ObservedWork.step(run.work, step.name()),
                        () -> step.action().run(run.operation, run.found));
            } catch (OperationDeferred e) {
                throw e;
            } catch (RuntimeException | Error e) {
                leases.progress(run.operation, OperationLeases.SHORT_STEP);
                fail(run, e);
                throw e;
            }
            leases.progress(run.operation, OperationLeases.SHORT_STEP);
            if (i < steps.size() - 1 && step.recorded().test(run.operation)) {
                run.operation = leases.record(withResult(run)
                        .step(step.name())
                        .percent(100 * (i + 1) / steps.size())
                        .attempts(0));
                cancelIfRequested(run);
            }
        }
        try {
            return end(run);
        } catch (OperationTakenOver e) {
            throw e;
        } catch (RuntimeException | Error e) {
            leaveAlone(run.operation, e);
            throw e;
        }
    }

    private static <F> int next(List<Saga.Step<F>> steps, StoredOperation operation) {
        int next = 0;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).name().equals(operation.step())) {
                next = i + 1;
            }
        }
        return next;
    }

    /** The last one first. A step that is not recorded may have been followed by the next one. */
    private static <F> List<Saga.Step<F>> mayHaveStarted(List<Saga.Step<F>> steps, StoredOperation operation) {
        int last = Math.min(next(steps, operation), steps.size() - 1);
        while (last < steps.size() - 1 && !steps.get(last).recorded().test(operation)) {
            last++;
        }
        List<Saga.Step<F>> started = new ArrayList<>(steps.subList(0, last + 1));
        Collections.reverse(started);
        return started;
    }

    /** A cancellation may have been requested during the last step; the record just written says so. */
    private <F> void cancelIfRequested(Run<F> run) {
        if (run.operation.cancelRequested() && run.ending.undoable().test(run.operation)) {
            SaasException cancelled = SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED, run.ending.cancelled().apply(run.operation));
            fail(run, cancelled);
            throw cancelled;
        }
    }

    /** Cancels an operation that failed or lost its node after its cancellation was requested, or before. */
    private <F> void cancelResumed(Run<F> run) {
        cancelIfRequested(run);
        if (run.ending.canBeGivenUp()) {
            giveUp(
                    run,
                    ErrorCodes.OPERATION_CANCELLED,
                    "Operation " + run.operation.id()
                            + " was cancelled. The tenant keeps what was changed; its database"
                            + " gets the values when it is read next.");
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED, "Operation " + run.operation.id() + " was cancelled.");
        }
    }

    private <F> F end(Run<F> run) {
        F found = context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, run.operation);
            F finished = run.saga.finish(tx, run.operation, run.found);
            StoredOperation ended = withResult(run).build();
            leases.store(
                    tx,
                    SagaRegistry.withoutSecrets(run.saga, ended)
                            .state(OperationState.DONE)
                            .percent(100));
            return finished;
        });
        run.found = found;
        run.ended = true;
        return found;
    }

    /** If the step that finds the result ran earlier, the result is what was recorded then. */
    private static <F> StoredOperation.Builder withResult(Run<F> run) {
        Map<String, String> result = run.saga.result(run.found);
        return run.operation.toBuilder().result(result.isEmpty() ? run.operation.result() : result);
    }

    /**
     * If undoing fails, nothing changes for the caller: the operation is stored, and a later recovery continues with
     * it.
     */
    private <F> void fail(Run<F> run, Throwable cause) {
        StoredOperation operation = run.operation;
        try {
            if (isRefused(cause)) {
                endRefused(run);
            } else if (!isOfNewerVersion(cause) && undoable(run)) {
                boolean tryAgain = run.resumed || (cause instanceof SaasException known && known.retryable());
                StoredOperation failing = leases.recordFailure(operation, cause, tryAgain);
                undoOrLeave(failing, run);
            } else {
                leases.release(operation, cause);
            }
        } catch (OperationTakenOver e) {
            e.addSuppressed(cause);
            throw e;
        } catch (RuntimeException e) {
            failures.warn("An operation failed, could not be undone, and is left for recovery", operation, e);
        }
    }

    /** Whether a newer version can continue with what this one cannot read, so that it must not be undone. */
    private static boolean isOfNewerVersion(Throwable cause) {
        return cause instanceof SaasException known && known.code().equals(ErrorCodes.RECORD_NEWER);
    }

    private <F> boolean undoable(Run<F> run) {
        try {
            return run.ending.undoable().test(run.operation);
        } catch (RuntimeException e) {
            leaveAlone(run.operation, e);
            throw e;
        }
    }

    /** Leaves what cannot be undone now to a later recovery. */
    private <F> void undoOrLeave(StoredOperation failing, Run<F> run) {
        try {
            undo(failing, run);
        } catch (OperationTakenOver e) {
            throw e;
        } catch (RuntimeException e) {
            if (isRefused(e)) {
                endRefused(run);
            } else {
                leaveAlone(failing, e);
            }
            throw e;
        }
    }

    private static boolean isRefused(Throwable cause) {
        return cause instanceof SaasException known && known.code().equals(ErrorCodes.OPERATION_TAKEN_OVER);
    }

    /**
     * Ends an operation of this node whose database a later operation changed. The catalog does not know that one: an
     * older catalog was restored, and brought this one back. What the later one did stays.
     *
     * @throws OperationTakenOver if another node has taken this one over, and changed the database
     */
    private <F> void endRefused(Run<F> run) {
        String message = "A later operation has changed the database, which the catalog does not know. Operation "
                + run.operation.id() + " has ended, and changes nothing more.";
        giveUp(run, ErrorCodes.OPERATION_TAKEN_OVER, message);
        LOG.log(Level.WARNING, () -> message + " (" + run.operation + ")");
        refused.run();
    }

    /** Ends an operation of this node as failed, and leaves what it did. */
    private <F> void giveUp(Run<F> run, String code, String message) {
        run.operation = context.catalog().transact(tx -> {
            StoredOperation present = OperationLeases.requireMine(tx, run.operation);
            run.ending.abandoned().in(tx, present);
            return leases.store(
                    tx,
                    SagaRegistry.withoutSecrets(run.saga, present)
                            .state(OperationState.FAILED)
                            .idempotencyKey(null)
                            .errorCode(code)
                            .errorMessage(message));
        });
        run.ended = true;
    }

    private void leaveAlone(StoredOperation failing, Throwable cause) {
        try {
            leases.release(failing, cause);
        } catch (RuntimeException alsoFailed) {
            // The lease must expire, unless the operation has finished and only the response was lost.
            cause.addSuppressed(alsoFailed);
        }
    }

    private <F> void undo(StoredOperation failing, Run<F> run) {
        try {
            mayHaveStarted(run.saga.steps(), failing)
                    .forEach(step -> step.undo().accept(failing));
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_MISSING) || !isServerGone(failing)) {
                throw e;
            }
            failures.warn("An operation is undone without its database server, which has been deleted", failing, e);
        }
        context.catalog().transact(tx -> {
            OperationLeases.requireMine(tx, failing);
            run.ending.undone().in(tx, failing);
            return leases.store(
                    tx,
                    SagaRegistry.withoutSecrets(run.saga, failing)
                            .state(OperationState.FAILED)
                            .idempotencyKey(null));
        });
        run.ended = true;
    }

    /** Whether its server has been deleted, with everything on it. */
    private boolean isServerGone(StoredOperation operation) {
        return OperationTargets.server(context.catalog(), operation)
                .filter(server -> context.catalog()
                        .transact(tx -> tx.records(RecordTypes.SERVERS).find(server.value()))
                        .isEmpty())
                .isPresent();
    }
}
