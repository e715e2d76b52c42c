// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;

/** Waits for operations to finish, and requests their cancellation or their next attempt. */
public final class OperationAwaiter {
    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofDays(365);

    private final CoreContext context;
    private final OperationLeases leases;
    /** Notified when an operation of this process finishes. */
    private final Object ends = new Object();

    /** How many there were. */
    private long ended;

    public OperationAwaiter(CoreContext context, OperationLeases leases) {
        this.context = context;
        this.leases = leases;
    }

    /** Wakes up all waiting threads; each checks its operation. */
    void signal() {
        synchronized (ends) {
            ended++;
            ends.notifyAll();
        }
    }

    long ends() {
        synchronized (ends) {
            return ended;
        }
    }

    /** Waits until more operations of this process have ended than were seen, or for a time, or for no reason. */
    @SuppressWarnings("WaitNotInLoop") // its caller looks again
    void awaitEnd(long seen, Duration longest) throws InterruptedException {
        synchronized (ends) {
            if (ended == seen) {
                ends.wait(longest.toMillis());
            }
        }
    }

    /** Waits like {@link #await}, unless no node works on the operation: it failed, and is left for recovery. */
    public void awaitWorker(OperationId id, Duration timeout) {
        if (leases.isWorkedOn(find(id))) {
            await(id, timeout);
        }
    }

    /** Waits until an operation has finished, on any node, or until the timeout expires. */
    public StoredOperation await(OperationId id, Duration timeout) {
        long end = context.tick() + nanos(timeout);
        while (true) {
            StoredOperation operation = find(id);
            long left = end - context.tick();
            boolean ended = operation.state() == OperationState.DONE || operation.state() == OperationState.FAILED;
            if (ended || left <= 0) {
                return operation;
            }
            synchronized (ends) {
                try {
                    // An operation that finishes here wakes this thread; one that finishes on another node is noticed a
                    // little later.
                    ends.wait(Math.max(1, Math.min(LOOK_EVERY.toMillis(), left / 1_000_000)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return operation;
                }
            }
        }
    }

    /** The timeout in nanoseconds, capped so that it can be added to a tick. */
    private static long nanos(Duration timeout) {
        return timeout.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : timeout.toNanos();
    }

    StoredOperation cancel(OperationId id) {
        return context.catalog().transact(tx -> {
            StoredOperation found = tx.records(RecordTypes.OPERATIONS)
                    .lock(id.value())
                    .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value()));
            if (found.state() != OperationState.RUNNING) {
                return found;
            }
            // One that waits after a failure is cancelled at the next recovery, not after the rest of its wait.
            StoredOperation asked =
                    found.toBuilder().cancelRequested(true).attempts(0).build();
            tx.records(RecordTypes.OPERATIONS).update(asked);
            return asked;
        });
    }

    /**
     * Ends the wait of an operation that has failed: any node tries it again at its next recovery. One that a node
     * works on is returned unchanged.
     */
    StoredOperation retry(OperationId id) {
        return context.catalog().transact(tx -> {
            StoredOperation found = tx.records(RecordTypes.OPERATIONS)
                    .lock(id.value())
                    .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value()));
            if (found.state() != OperationState.RUNNING) {
                throw ended(found);
            }
            if (!leases.isOrphaned(found)) {
                return found;
            }
            StoredOperation due = found.toBuilder().attempts(0).build();
            tx.records(RecordTypes.OPERATIONS).update(due);
            return due;
        });
    }

    private static SaasException ended(StoredOperation operation) {
        String what = operation.kind() == OperationKind.CAMPAIGN
                ? "Resume the campaign, or retry its failed tenants."
                : operation.state() == OperationState.DONE
                        ? "It has succeeded."
                        : "What it did was undone. Repeat the request that started it.";
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.OPERATION_ENDED,
                "Operation " + operation.id() + " does not run, so it cannot be retried. " + what,
                Map.of(
                        "operation",
                        operation.id().toString(),
                        "state",
                        operation.state().name().toLowerCase(Locale.ROOT)),
                false,
                null);
    }

    private StoredOperation find(OperationId id) {
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).find(id.value()))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value()));
    }
}
