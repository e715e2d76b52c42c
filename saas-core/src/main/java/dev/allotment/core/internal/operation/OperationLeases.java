// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.operation;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TemplateId;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.parameter.CatalogEpoch;
import dev.allotment.core.internal.record.FailureInput;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;
import java.util.function.Supplier;

/**
 * Decides which node may work on an operation.
 *
 * <p>The node that works on an operation has a lease, which each step renews, and a fencing token: a number that grows
 * when another node takes over. Every record is made under a lock and only with the present token, so that a node which
 * was taken for dead does no harm when it resumes.
 */
public final class OperationLeases {
    /**
     * How long a node may be silent, so that another one continues within half a minute; {@link #renew} renews the
     * leases of this node.
     */
    public static final Duration LEASE = Duration.ofSeconds(20);

    /** How long an operation that failed is left alone; twice as long each time. */
    public static final Duration FIRST_WAIT = Duration.ofSeconds(5);

    public static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final int MAX_DOUBLINGS = 7;

    /** How long a step may take that copies nothing and runs no code of others. */
    static final Duration SHORT_STEP = Duration.ofMinutes(5);

    /** How long a step may take that copies a database, or runs scripts or code of the embedder. */
    static final Duration LONG_STEP = Duration.ofHours(6);

    /** A lease that lasts longer than this, and not too long, need not be renewed yet. */
    private static final Duration FRESH = Duration.ofSeconds(15);

    /** The step of an operation that waits to be started. */
    public static final String QUEUED = "queued";

    private final CoreContext context;
    private final CatalogEpoch epoch;
    private final FailureLog failures;
    /** The operations that this process is working on: it does not recover these while they make progress. */
    private final Map<UUID, Work> active = new ConcurrentHashMap<>();

    private final LongAdder takenOver = new LongAdder();
    private final LongAdder lost = new LongAdder();

    /**
     * The work on an operation.
     *
     * @param runs how often this process is working on it
     * @param since the tick at which its present step started
     * @param longest the longest time that this step may take
     */
    private record Work(int runs, long since, Duration longest) {
        boolean isOverdue(long tick) {
            return tick - since > longest.toNanos();
        }
    }

    public OperationLeases(CoreContext context, CatalogEpoch epoch) {
        this.context = context;
        this.epoch = epoch;
        this.failures = new FailureLog("dev.allotment.operations", context.node());
    }

    /**
     * Drafts an operation of this node. The caller adds its subject, stores it with {@link #start}, and runs it, all
     * within {@link #during}.
     */
    StoredOperation.Builder draft(OperationKind kind, Actor actor) {
        Instant now = context.now();
        return StoredOperation.builder(context.secrets().uuid(), kind, context.node(), now.plus(LEASE), now)
                .epoch(epoch.get())
                .startedBy(actor.login())
                .clientAddress(actor.clientAddress());
    }

    /**
     * Runs the work of an operation. From before it is stored until it has finished, this process counts as working on
     * it.
     */
    public <T> T during(StoredOperation.Builder draft, Supplier<T> work) {
        UUID uuid = draft.build().uuid();
        enter(uuid);
        try {
            return work.get();
        } finally {
            leave(uuid);
        }
    }

    void enter(UUID operation) {
        active.merge(
                operation,
                new Work(1, context.tick(), SHORT_STEP),
                (before, first) -> new Work(before.runs() + 1, first.since(), first.longest()));
    }

    void leave(UUID operation) {
        active.computeIfPresent(
                operation,
                (uuid, work) -> work.runs() == 1 ? null : new Work(work.runs() - 1, work.since(), work.longest()));
    }

    /**
     * Notes that a step starts, or that what follows it does. If that takes longer than it may, the lease is no longer
     * renewed: the thread hangs, and another one can take over.
     */
    void progress(StoredOperation operation, Duration longest) {
        active.computeIfPresent(operation.uuid(), (uuid, work) -> new Work(work.runs(), context.tick(), longest));
    }

    /** Notes that a long step makes progress, so that the lease is renewed for as long again. */
    public void progress(StoredOperation operation) {
        progress(operation, LONG_STEP);
    }

    /** Whether this process is working on the operation, and makes progress. */
    boolean isActive(StoredOperation operation) {
        Work work = active.get(operation.uuid());
        return work != null && !work.isOverdue(context.tick());
    }

    /** Whether a node is working on it, this one or another one that renews its lease, or will start it soon. */
    boolean isWorkedOn(StoredOperation operation) {
        return (operation.node().equals(context.node()) && !operation.step().equals(QUEUED))
                ? isActive(operation)
                : !isOrphaned(operation);
    }

    /**
     * Stores an operation in the transaction that reserves what it needs.
     *
     * @throws SaasException {@code tenant.busy}
     */
    public static StoredOperation start(Transaction tx, StoredOperation operation) {
        TenantId tenant = operation.tenantId();
        if (tenant != null) {
            requireIdle(tx, tenant);
        }
        return tx.records(RecordTypes.OPERATIONS).insert(operation);
    }

    /**
     * Requires that no operation works on the tenant. The caller holds the lock on the tenant, so none starts
     * meanwhile.
     *
     * @throws SaasException {@code tenant.busy}
     */
    public static void requireIdle(Transaction tx, TenantId tenant) {
        if (!isIdle(tx, tenant)) {
            throw busy(tenant);
        }
    }

    /**
     * Requires that no operation of a kind works on the tenant, which the caller has locked.
     *
     * @throws SaasException {@code tenant.busy}
     */
    public static void requireNone(Transaction tx, TenantId tenant, OperationKind kind) {
        Filter<StoredOperation> running = Filter.and(
                OperationTargets.workOn(tenant),
                Filter.equal(StoredOperation.KIND, kind),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        if (tx.records(RecordTypes.OPERATIONS).count(running) > 0) {
            throw busy(tenant);
        }
    }

    public static SaasException busy(TenantId tenant) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.TENANT_BUSY,
                "Another operation is working on tenant " + tenant + "; try again when it has finished.",
                Map.of("tenant", tenant.toString()),
                true,
                null);
    }

    /** Whether no operation is working on it. */
    public static boolean isIdle(Transaction tx, TenantId tenant) {
        Filter<StoredOperation> running = Filter.and(
                OperationTargets.workOn(tenant), Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        return tx.records(RecordTypes.OPERATIONS).count(running) == 0;
    }

    /** Checks before a step that starts after the lease has expired: the node may have stalled. */
    StoredOperation stillMine(StoredOperation operation) {
        return operation.leaseUntil().isAfter(context.now()) ? operation : record(operation.toBuilder());
    }

    /**
     * Checks, and renews the lease, right before an action that cannot be repaired if another node has taken over.
     *
     * @throws OperationTakenOver if another node has taken over
     */
    public void requireMine(StoredOperation operation) {
        record(operation.toBuilder());
    }

    /**
     * Returns the operation in its stored state.
     *
     * @throws OperationTakenOver if another node has taken over
     */
    public static StoredOperation requireMine(Transaction tx, StoredOperation mine) {
        Optional<StoredOperation> present = tx.records(RecordTypes.OPERATIONS)
                .lock(mine.id().value())
                .filter(each -> isSame(each, mine) && each.state() == OperationState.RUNNING);
        if (present.isEmpty()) {
            throw new OperationTakenOver(mine);
        }
        return present.get();
    }

    /** A server that lost an operation in a crash may assign its id again, so the id alone proves nothing. */
    private static boolean isSame(StoredOperation present, StoredOperation known) {
        return present.uuid().equals(known.uuid()) && present.fencingToken() == known.fencingToken();
    }

    /** The present record of an operation that another node may have taken over; empty if it has ended. */
    public static Optional<StoredOperation> running(Catalog catalog, StoredOperation known) {
        return catalog.transact(
                        tx -> tx.records(RecordTypes.OPERATIONS).find(known.id().value()))
                .filter(each -> each.uuid().equals(known.uuid()) && each.state() == OperationState.RUNNING);
    }

    StoredOperation record(StoredOperation.Builder change) {
        StoredOperation changed = change.build();
        return context.catalog().transact(tx -> {
            boolean cancel = requireMine(tx, changed).cancelRequested();
            return store(tx, change.cancelRequested(cancel));
        });
    }

    /** Stores an operation; every record renews its lease. */
    StoredOperation store(Transaction tx, StoredOperation.Builder change) {
        Instant now = context.now();
        StoredOperation stored =
                change.updatedAt(now).leaseUntil(now.plus(LEASE)).build();
        tx.records(RecordTypes.OPERATIONS).update(stored);
        return stored;
    }

    /** Stores why an operation failed, and keeps the progress that its step has stored. */
    StoredOperation recordFailure(StoredOperation operation, Throwable failure, boolean tryAgain) {
        return context.catalog().transact(tx -> {
            StoredOperation present = requireMine(tx, operation);
            return store(tx, failed(present.toBuilder(), failure, tryAgain));
        });
    }

    /**
     * Adds why an operation failed.
     *
     * @param tryAgain whether the failure says nothing about the tenant, see {@link SharedInput}
     */
    public static StoredOperation.Builder failed(
            StoredOperation.Builder operation, Throwable failure, boolean tryAgain) {
        String code = FailureReason.code(failure);
        StoredOperation failed = FailureInput.of(operation.build(), code, FailureReason.whole(failure))
                .errorCode(code)
                .errorMessage(FailureReason.forEveryone(failure))
                .build();
        return tryAgain ? SharedInput.withTryAgain(failed) : failed.toBuilder();
    }

    /**
     * Gives up the lease, so that any node can take the operation over, but not before a time.
     *
     * @param until not later than {@link #LONGEST_WAIT} from now
     */
    public void putOff(StoredOperation operation, Instant until) {
        context.catalog().transact(tx -> {
            tx.records(RecordTypes.OPERATIONS)
                    .update(requireMine(tx, operation).toBuilder()
                            .leaseUntil(until)
                            .updatedAt(context.now())
                            .attempts(0)
                            .build());
            return null;
        });
    }

    /** Gives up the lease, so that any node can take the operation over. */
    void release(StoredOperation operation) {
        context.catalog().transact(tx -> released(tx, requireMine(tx, operation).toBuilder()));
    }

    /**
     * Gives up the lease after a failure, so that any node can take the operation over. Each failure doubles the time
     * until that.
     */
    void release(StoredOperation operation, Throwable failure) {
        context.catalog().transact(tx -> {
            StoredOperation present = requireMine(tx, operation);
            return released(
                    tx,
                    FailureInput.of(present, FailureReason.code(failure), FailureReason.whole(failure))
                            .attempts(present.attempts() + 1));
        });
    }

    private StoredOperation released(Transaction tx, StoredOperation.Builder change) {
        StoredOperation released =
                change.leaseUntil(Instant.EPOCH).updatedAt(context.now()).build();
        tx.records(RecordTypes.OPERATIONS).update(released);
        return released;
    }

    /** How many operations this process has taken over from other nodes. */
    public long takenOver() {
        return takenOver.sum();
    }

    /** How many operations this process had to leave, because they were taken from it. */
    public long lost() {
        return lost.sum();
    }

    void noteLost() {
        lost.increment();
    }

    /** Takes an operation over; empty if another node was faster, or its node has renewed the lease. */
    Optional<StoredOperation> claim(StoredOperation found) {
        Optional<StoredOperation> claimed = context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                        .lock(found.id().value())
                        .filter(each -> each.state() == OperationState.RUNNING
                                && isSame(each, found)
                                && each.leaseUntil().equals(found.leaseUntil()))
                        .map(each -> store(
                                tx, each.toBuilder().node(context.node()).fencingToken(each.fencingToken() + 1))));
        if (claimed.isPresent() && isFromDeadNode(found)) {
            takenOver.increment();
        }
        return claimed;
    }

    /**
     * Whether another node had started it, and has not left it to others: it waits for no thread, its lease was not
     * given up, and it is no campaign, which is left to any node while it waits.
     */
    private boolean isFromDeadNode(StoredOperation found) {
        return !found.node().equals(context.node())
                && !found.step().equals(QUEUED)
                && found.leaseUntil().isAfter(Instant.EPOCH)
                && found.kind() != OperationKind.CAMPAIGN;
    }

    /** Whether no node is working on it; a lease longer than any node takes does not count. */
    boolean isOrphaned(StoredOperation operation) {
        Instant now = context.now();
        return operation.state() == OperationState.RUNNING
                && (!operation.leaseUntil().isAfter(now)
                        || operation.leaseUntil().isAfter(now.plus(LONGEST_WAIT)));
    }

    /** Whether it has waited long enough since its failure; a time in the far future does not count. */
    boolean isDue(StoredOperation operation) {
        Instant now = context.now();
        return operation.attempts() == 0
                || !now.isBefore(operation.updatedAt().plus(waitAfter(operation.attempts())))
                || operation.updatedAt().isAfter(now.plus(LONGEST_WAIT));
    }

    /**
     * Selects the operations that {@link #isOrphaned no node is working on}, and that have {@link #isDue waited long
     * enough}. The catalog has an index for the most of it, so the cost does not depend on how many are running.
     */
    Filter<StoredOperation> orphanedAndDue() {
        Instant now = context.now();
        List<Filter<StoredOperation>> due = new ArrayList<>();
        due.add(Filter.equal(StoredOperation.ATTEMPTS, 0));
        due.add(Filter.compare(StoredOperation.UPDATED_AT, Filter.Operator.GREATER, now.plus(LONGEST_WAIT)));
        for (int attempts = 1; attempts <= MAX_DOUBLINGS + 1; attempts++) {
            due.add(Filter.and(
                    Filter.compare(
                            StoredOperation.ATTEMPTS,
                            attempts > MAX_DOUBLINGS ? Filter.Operator.GREATER_OR_EQUAL : Filter.Operator.EQUAL,
                            attempts),
                    Filter.compare(
                            StoredOperation.UPDATED_AT,
                            Filter.Operator.LESS_OR_EQUAL,
                            now.minus(waitAfter(attempts)))));
        }
        return Filter.and(orphaned(), Filter.or(due));
    }

    /** Selects the operations that {@link #isOrphaned no node is working on}. */
    Filter<StoredOperation> orphaned() {
        Instant now = context.now();
        return Filter.and(
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING),
                Filter.or(
                        Filter.compare(StoredOperation.LEASE_UNTIL, Filter.Operator.LESS_OR_EQUAL, now),
                        Filter.compare(StoredOperation.LEASE_UNTIL, Filter.Operator.GREATER, now.plus(LONGEST_WAIT))));
    }

    private static Duration waitAfter(int attempts) {
        Duration grown = FIRST_WAIT.multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS));
        return grown.compareTo(LONGEST_WAIT) < 0 ? grown : LONGEST_WAIT;
    }

    /** Whether building a template has failed recently, so that it is not tried again yet. */
    public boolean waits(Transaction tx, TemplateId template) {
        Filter<StoredOperation> building = Filter.and(
                Filter.equal(StoredOperation.TEMPLATE_ID, template),
                Filter.equal(StoredOperation.KIND, OperationKind.BUILD_TEMPLATE),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING));
        return tx.records(RecordTypes.OPERATIONS).list(Query.where(building)).stream()
                .anyMatch(each -> !isDue(each));
    }

    /**
     * Renews the leases of the operations that this process has started and makes progress with. So there are at most
     * as many as threads: those that still wait for a thread are left to any node that has one. One that cannot be
     * renewed does not stop the others, and one that another transaction has locked is left until the next time.
     */
    public void renew() {
        long tick = context.tick();
        List<UUID> working = active.entrySet().stream()
                .filter(each -> !each.getValue().isOverdue(tick))
                .map(Map.Entry::getKey)
                .toList();
        if (working.isEmpty()) {
            return;
        }
        Instant now = context.now();
        Filter<StoredOperation> mine = Filter.and(
                Filter.in(StoredOperation.UUID, working),
                Filter.equal(StoredOperation.NODE, context.node()),
                Filter.equal(StoredOperation.STATE, OperationState.RUNNING),
                // Without a lease, it waits for the first node that claims it. This one may be about to do so.
                Filter.compare(StoredOperation.LEASE_UNTIL, Filter.Operator.GREATER, Instant.EPOCH),
                Filter.not(Filter.and(
                        Filter.compare(StoredOperation.LEASE_UNTIL, Filter.Operator.GREATER, now.plus(FRESH)),
                        Filter.compare(StoredOperation.LEASE_UNTIL, Filter.Operator.LESS_OR_EQUAL, now.plus(LEASE)))));
        // One statement for all of them would wait for a row that is locked, until the leases of the others have ended.
        context.catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).list(Query.where(mine)))
                .forEach(found -> renew(found, mine));
    }

    private void renew(StoredOperation found, Filter<StoredOperation> mine) {
        Filter<StoredOperation> same = Filter.and(
                mine,
                Filter.equal(StoredOperation.ID, found.id()),
                Filter.equal(StoredOperation.FENCING_TOKEN, found.fencingToken()));
        try {
            context.catalog()
                    .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                            .lockFree(Query.where(same))
                            .map(each -> {
                                StoredOperation renewed = each.toBuilder()
                                        .leaseUntil(context.now().plus(LEASE))
                                        .build();
                                tx.records(RecordTypes.OPERATIONS).update(renewed);
                                return renewed;
                            }));
        } catch (RuntimeException e) {
            failures.warn("The lease of an operation could not be renewed", found, e);
        }
    }
}
