// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger.Level;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.RejectedExecutionException;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * Runs operations step by step, each recorded before the next begins, and takes over those that have lost their node.
 *
 * <p>Who works on an operation holds a lease, which each step renews, and a fence: a number that grows when somebody else
 * takes over. Every record is made under a lock and only with the present fence, so that a node which was taken for dead
 * does no harm when it wakes up.
 */
final class Sagas {
    /**
     * How long a node may be silent, so that another one goes on within half a minute; {@link #renew} renews the leases of
     * its own node.
     */
    static final Duration LEASE = Duration.ofSeconds(20);

    /** How long one that failed is left alone; twice as long each time. */
    static final Duration FIRST_WAIT = Duration.ofSeconds(5);

    static final Duration LONGEST_WAIT = Duration.ofMinutes(10);
    private static final int MAX_DOUBLINGS = 7;

    /** The step of an operation that waits to be begun. */
    static final String QUEUED = "queued";

    private static final Duration LOOK_EVERY = Duration.ofMillis(200);
    private static final Duration LONGEST = Duration.ofDays(365);

    private static final Logger LOG = System.getLogger("dev.allotment.operations");

    private final ControlPlane plane;
    private final String node;
    /** What this process works on now, and how often: not for it to recover, however long the clock says that it takes. */
    private final Map<UUID, Integer> active = new ConcurrentHashMap<>();
    /** What this process is about to take over, or has. */
    private final Set<UUID> recovering = ConcurrentHashMap.newKeySet();
    /** Told whenever an operation of this process ends. */
    private final Object ends = new Object();

    Sagas(ControlPlane plane, String node) {
        this.plane = plane;
        this.node = node;
    }

    /**
     * A new operation of this node; the caller adds what it is about, stores it with {@link #begin} and then runs it, all
     * {@link #during} it.
     */
    Operation.Builder draft(OperationKind kind, Actor actor) {
        Instant now = plane.now();
        return Operation.builder(plane.secrets.uuid(), kind, node, now.plus(LEASE), now)
                .startedBy(actor.login())
                .clientAddress(actor.clientAddress());
    }

    /** Does what belongs to an operation: from before it is stored until it has ended, this process works on it. */
    <T> T during(Operation.Builder draft, Supplier<T> work) {
        UUID uuid = draft.build().uuid();
        enter(uuid);
        try {
            return work.get();
        } finally {
            leave(uuid);
        }
    }

    private void enter(UUID operation) {
        active.merge(operation, 1, Integer::sum);
    }

    private void leave(UUID operation) {
        active.computeIfPresent(operation, (uuid, times) -> times == 1 ? null : times - 1);
    }

    /**
     * Stores an operation in the transaction that reserves what it needs.
     *
     * @throws SaasException {@code tenant.busy}
     */
    Operation begin(Transaction tx, Operation operation) {
        TenantId tenant = operation.tenantId();
        if (tenant != null) {
            requireIdle(tx, tenant);
        }
        return tx.records(RecordTypes.OPERATIONS).insert(operation);
    }

    /**
     * The caller holds the lock on the tenant, so nobody else begins meanwhile.
     *
     * @throws SaasException {@code tenant.busy}
     */
    static void requireIdle(Transaction tx, TenantId tenant) {
        if (!idle(tx, tenant)) {
            throw new SaasException(
                    ErrorCategory.CONFLICT,
                    ErrorCodes.TENANT_BUSY,
                    "Another operation works on client database " + tenant + "; try again when it has ended.",
                    Map.of("tenant", tenant.toString()),
                    true,
                    null);
        }
    }

    /** Begins an operation, and runs it to its end. */
    void now(Wish wish) {
        during(wish.draft(), () -> {
            wish.begin().get().ifPresent(begun -> run(begun.operation(), begun.saga()));
            return true;
        });
    }

    /** Begins an operation that is run when somebody comes to it. One that has nothing to do has ended at once. */
    Operation later(Wish wish) {
        Operation.Builder draft = wish.draft().step(QUEUED);
        return during(draft, () -> {
            Optional<Begun> begun = wish.begin().get();
            begun.ifPresent(this::runLater);
            return begun.map(Begun::operation).orElseGet(() -> ended(draft));
        });
    }

    private Operation ended(Operation.Builder draft) {
        Operation nothing =
                draft.step("").state(OperationState.DONE).percent(100).build();
        return plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS).insert(nothing));
    }

    /** Hands an operation to the host's executor; without one, to whoever runs the maintenance next. */
    void runLater(Begun begun) {
        Operation operation = begun.operation();
        Saga saga = begun.saga();
        if (plane.executor == null) {
            leaveToOthers(operation);
            return;
        }
        enter(operation.uuid());
        try {
            plane.executor.execute(() -> {
                try {
                    run(operation, saga);
                } catch (RuntimeException e) {
                    LOG.log(Level.WARNING, () -> "Operation " + operation.id() + " failed: " + e.getMessage());
                } finally {
                    leave(operation.uuid());
                }
            });
        } catch (RejectedExecutionException e) {
            leave(operation.uuid());
            leaveToOthers(operation);
        }
    }

    /** Whoever runs the maintenance next goes on with it. */
    void leaveToOthers(Operation operation) {
        try {
            release(operation, 0);
        } catch (TakenOver e) {
            LOG.log(Level.DEBUG, () -> "Operation " + operation.id() + " is being worked on already");
        }
    }

    /** As {@link #await}, unless nobody works on it: it failed, and is left for a later recovery. */
    void awaitWorker(OperationId id, Duration timeout) {
        Operation operation = find(id);
        boolean worked = operation.node().equals(node) ? active.containsKey(operation.uuid()) : !isOrphaned(operation);
        if (worked) {
            await(id, timeout);
        }
    }

    /** Waits until an operation has ended, on whatever node, or the time is over. */
    Operation await(OperationId id, Duration timeout) {
        long end = plane.ticker.getAsLong() + nanos(timeout);
        while (true) {
            Operation operation = find(id);
            long left = end - plane.ticker.getAsLong();
            if (operation.state() != OperationState.RUNNING || left <= 0) {
                return operation;
            }
            synchronized (ends) {
                try {
                    // Whoever ends one here wakes this up; one that ends on another node is seen a little later.
                    ends.wait(Math.max(1, Math.min(LOOK_EVERY.toMillis(), left / 1_000_000)));
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    return operation;
                }
            }
        }
    }

    /** So many that they can be added to a tick, however long somebody wants to wait. */
    private static long nanos(Duration timeout) {
        return timeout.compareTo(LONGEST) > 0 ? LONGEST.toNanos() : timeout.toNanos();
    }

    Operation cancel(OperationId id) {
        return plane.catalog.transact(tx -> {
            Operation found = tx.records(RecordTypes.OPERATIONS)
                    .lock(id.value())
                    .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value()));
            if (found.state() != OperationState.RUNNING) {
                return found;
            }
            Operation asked = found.toBuilder().cancelRequested(true).build();
            tx.records(RecordTypes.OPERATIONS).update(asked);
            return asked;
        });
    }

    private Operation find(OperationId id) {
        return plane.catalog
                .transact(tx -> tx.records(RecordTypes.OPERATIONS).find(id.value()))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Operation", id.value()));
    }

    /** Whether no operation works on it. */
    static boolean idle(Transaction tx, TenantId tenant) {
        Filter<Operation> running = Filter.and(Filter.equal(Operation.TENANT_ID, tenant), Filter.equal(Operation.STATE, OperationState.RUNNING));
        return tx.records(RecordTypes.OPERATIONS).count(running) == 0;
    }

    /** Runs what is left of an operation, to its end. What its saga throws comes out, after it was undone. */
    Operation run(Operation stored, Saga saga) {
        Operation begun = stored;
        enter(stored.uuid());
        try {
            if (stored.step().equals(QUEUED)) {
                begun = start(stored);
            }
            if (begun.errorCode() != null) {
                undoOrLeave(begun, saga);
                throw SaasException.conflict(ErrorCodes.OPERATION_FAILED, "Operation " + begun.id() + " was undone.");
            }
            return forward(begun, saga);
        } catch (TakenOver e) {
            withdraw(begun, saga);
            throw e;
        } finally {
            leave(begun.uuid());
            synchronized (ends) {
                ends.notifyAll();
            }
        }
    }

    /** Nothing was done yet: so whatever it is, it can be cancelled. */
    private Operation start(Operation queued) {
        return plane.catalog.transact(tx -> {
            Operation.Builder started = queued.toBuilder().step("");
            if (requireMine(tx, queued).cancelRequested()) {
                started.cancelRequested(true)
                        .errorCode(ErrorCodes.OPERATION_CANCELLED)
                        .errorMessage("Operation " + queued.id() + " was cancelled before it began.");
            }
            return store(tx, started);
        });
    }

    private static void withdraw(Operation begun, Saga saga) {
        try {
            saga.withdraw(begun);
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "Operation " + begun.id() + " was taken over by another node, and what this one did to its"
                            + " database meanwhile could not be made good: " + e.getMessage());
        }
    }

    private Operation forward(Operation begun, Saga saga) {
        Operation operation = begun;
        List<Saga.Step> steps = saga.steps();
        int next = 0;
        for (int i = 0; i < steps.size(); i++) {
            if (steps.get(i).name().equals(begun.step())) {
                next = i + 1;
            }
        }
        for (int i = next; i < steps.size(); i++) {
            Saga.Step step = steps.get(i);
            operation = stillMine(operation);
            try {
                step.action().accept(operation);
            } catch (RuntimeException | Error e) {
                fail(operation, saga, e);
                throw e;
            }
            if (i < steps.size() - 1 && step.recorded().test(operation)) {
                operation = record(withResult(operation, saga)
                        .step(step.name())
                        .percent(100 * (i + 1) / steps.size())
                        .attempts(0));
                cancelIfAsked(operation, saga);
            }
        }
        try {
            return end(operation, saga);
        } catch (TakenOver e) {
            throw e;
        } catch (RuntimeException | Error e) {
            leaveAlone(operation, e);
            throw e;
        }
    }

    /** Somebody else may have asked while the last step ran; the record just made says so. */
    private void cancelIfAsked(Operation operation, Saga saga) {
        if (operation.cancelRequested() && saga.undoable(operation)) {
            SaasException cancelled = SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED, "Operation " + operation.id() + " was cancelled and undone.");
            fail(operation, saga, cancelled);
            throw cancelled;
        }
    }

    /** A node that was silent for longer than its lease asks before it touches anything. */
    private Operation stillMine(Operation operation) {
        return operation.leaseUntil().isAfter(plane.now()) ? operation : record(operation.toBuilder());
    }

    /**
     * For what cannot be made good if another one has taken over: asks right before it, and renews the lease.
     *
     * @throws TakenOver if so
     */
    void requireMine(Operation operation) {
        record(operation.toBuilder());
    }

    private Operation end(Operation operation, Saga saga) {
        return plane.catalog.transact(tx -> {
            requireMine(tx, operation);
            saga.finish(tx, operation);
            Operation told = withResult(operation, saga).build();
            return store(tx, withoutSecrets(told).state(OperationState.DONE).percent(100));
        });
    }

    /** Of a run that began after the step which finds it, the result is what was recorded then. */
    private static Operation.Builder withResult(Operation operation, Saga saga) {
        Map<String, String> result = saga.result();
        return operation.toBuilder().result(result.isEmpty() ? operation.result() : result);
    }

    /** What has ended is kept on record, and needs no password any more. */
    static Operation.Builder withoutSecrets(Operation operation) {
        Map<String, String> input = new HashMap<>(operation.input());
        input.remove(CreateSaga.ADMIN_HASH);
        input.remove(ConfigureSaga.REQUEST);
        return operation.toBuilder().input(input);
    }

    /** Failing to undo changes nothing for the caller: the operation stays on record, and whoever recovers it goes on. */
    private void fail(Operation operation, Saga saga, Throwable cause) {
        try {
            if (undoable(operation, saga)) {
                Operation failing = record(operation.toBuilder()
                        .errorCode(cause instanceof SaasException known ? known.code() : ErrorCodes.OPERATION_FAILED)
                        .errorMessage(publicMessage(cause)));
                undoOrLeave(failing, saga);
            } else {
                release(operation, 1);
            }
        } catch (TakenOver e) {
            e.addSuppressed(cause);
            throw e;
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
            LOG.log(
                    Level.WARNING,
                    () -> "Operation " + operation.id() + " failed and is left for recovery: " + e.getMessage());
        }
    }

    private boolean undoable(Operation operation, Saga saga) {
        try {
            return saga.undoable(operation);
        } catch (RuntimeException e) {
            leaveAlone(operation, e);
            throw e;
        }
    }

    /** What cannot be undone now is left to whoever comes by next. */
    private void undoOrLeave(Operation failing, Saga saga) {
        try {
            undo(failing, saga);
        } catch (TakenOver e) {
            throw e;
        } catch (RuntimeException e) {
            leaveAlone(failing, e);
            throw e;
        }
    }

    private void leaveAlone(Operation failing, Throwable cause) {
        try {
            release(failing, 1);
        } catch (RuntimeException alsoFailed) {
            // Then its lease has to run out, unless it has ended, and only the answer was lost.
            cause.addSuppressed(alsoFailed);
        }
    }

    private void undo(Operation failing, Saga saga) {
        try {
            saga.undo(failing);
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.RECORD_MISSING) || !serverIsGone(failing)) {
                throw e;
            }
            LOG.log(
                    Level.WARNING,
                    () -> "Operation " + failing.id()
                            + " is undone without its database server, which has been deleted");
        }
        plane.catalog.transact(tx -> {
            requireMine(tx, failing);
            saga.undone(tx, failing);
            return store(
                    tx, withoutSecrets(failing).state(OperationState.FAILED).idempotencyKey(null));
        });
    }

    private static String publicMessage(Throwable cause) {
        boolean tellable = cause instanceof SaasException known
                && known.category() != ErrorCategory.INTERNAL
                && known.category() != ErrorCategory.UNAVAILABLE
                && known.getMessage() != null;
        return tellable ? String.valueOf(cause.getMessage()) : "Something failed inside.";
    }

    private Operation record(Operation.Builder change) {
        Operation changed = change.build();
        return plane.catalog.transact(tx -> {
            boolean cancel = requireMine(tx, changed).cancelRequested();
            return store(tx, change.cancelRequested(cancel));
        });
    }

    /** Whatever is recorded of an operation renews its lease. */
    private Operation store(Transaction tx, Operation.Builder change) {
        Instant now = plane.now();
        Operation stored = change.updatedAt(now).leaseUntil(now.plus(LEASE)).build();
        tx.records(RecordTypes.OPERATIONS).update(stored);
        return stored;
    }

    /**
     * Lets anybody take it over, whatever time it is there.
     *
     * @param failures that are new; with each, it is left alone for longer
     */
    private void release(Operation operation, int failures) {
        plane.catalog.transact(tx -> {
            Operation present = requireMine(tx, operation);
            tx.records(RecordTypes.OPERATIONS)
                    .update(present.toBuilder()
                            .leaseUntil(Instant.EPOCH)
                            .updatedAt(plane.now())
                            .attempts(present.attempts() + failures)
                            .build());
            return null;
        });
    }

    /** Whether nobody works on it; a lease that nobody can have taken does not count. */
    private boolean isOrphaned(Operation operation) {
        Instant now = plane.now();
        return operation.state() == OperationState.RUNNING
                && (!operation.leaseUntil().isAfter(now)
                        || operation.leaseUntil().isAfter(now.plus(LONGEST_WAIT)));
    }

    /** Whether it has waited for long enough since it failed; a time that nobody can have noted does not count. */
    private boolean isDue(Operation operation) {
        Instant now = plane.now();
        return operation.attempts() == 0
                || !now.isBefore(operation.updatedAt().plus(waitAfter(operation.attempts())))
                || operation.updatedAt().isAfter(now.plus(LONGEST_WAIT));
    }

    private static Duration waitAfter(int attempts) {
        Duration grown = FIRST_WAIT.multipliedBy(1L << Math.min(attempts - 1, MAX_DOUBLINGS));
        return grown.compareTo(LONGEST_WAIT) < 0 ? grown : LONGEST_WAIT;
    }

    /** Whether a template is being built by somebody who failed, and is to be left alone for now. */
    boolean waits(Transaction tx, TemplateId template) {
        Filter<Operation> building = Filter.and(
                Filter.equal(Operation.TEMPLATE_ID, template),
                Filter.equal(Operation.KIND, OperationKind.BUILD_TEMPLATE),
                Filter.equal(Operation.STATE, OperationState.RUNNING));
        return tx.records(RecordTypes.OPERATIONS).list(Query.where(building)).stream()
                .anyMatch(each -> !isDue(each));
    }

    /** The operation as it is stored now. */
    static Operation requireMine(Transaction tx, Operation mine) {
        Optional<Operation> present = tx.records(RecordTypes.OPERATIONS)
                .lock(mine.id().value())
                .filter(each -> each.fence() == mine.fence() && each.state() == OperationState.RUNNING);
        if (present.isEmpty()) {
            throw new TakenOver(mine);
        }
        return present.get();
    }

    /** Ends what lost its node, also what failed a moment ago; gives how many operations were ended. */
    int recover() {
        return recover(this::isOrphaned);
    }

    /** As {@link #recover}, but leaves alone what failed, for a while, and what its server is down for. */
    int recoverDue() {
        return recover(found -> isOrphaned(found) && isDue(found) && isReachable(found));
    }

    /** As {@link #recoverDue}, when this process has just begun, so that whatever bears its node's name is a dead one's. */
    void recoverAtStart() {
        if (plane.executor == null || running().isEmpty()) {
            takeWhatIsLeft();
            return;
        }
        Renewal renewal = Renewal.on(plane.executor, this, plane.ticker);
        try {
            takeWhatIsLeft();
        } finally {
            renewal.close();
        }
    }

    private void takeWhatIsLeft() {
        recover(found -> (found.node().equals(node) || (isOrphaned(found) && isDue(found))) && isReachable(found));
    }

    private int recover(Predicate<Operation> wanted) {
        renew();
        int ended = 0;
        for (Operation found : running()) {
            if (!active.containsKey(found.uuid()) && wanted.test(found) && recovering.add(found.uuid())) {
                try {
                    ended += claim(found).filter(this::finish).isPresent() ? 1 : 0;
                } finally {
                    recovering.remove(found.uuid());
                }
            }
        }
        return ended;
    }

    private List<Operation> running() {
        Query<Operation> running = Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING));
        return plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS).list(running));
    }

    /** Whether its server has been deleted, and whatever is there with it. */
    private boolean serverIsGone(Operation operation) {
        return server(operation)
                .filter(server -> plane.catalog
                        .transact(tx -> tx.records(RecordTypes.SERVERS).find(server.value()))
                        .isEmpty())
                .isPresent();
    }

    /** Asks the catalog only where some server is down. */
    private boolean isReachable(Operation operation) {
        List<ServerId> down = plane.fleet.down();
        return down.isEmpty() || server(operation).filter(down::contains).isEmpty();
    }

    /** The server that an operation works on; empty where what it is about is gone. */
    private Optional<ServerId> server(Operation operation) {
        TenantId tenant = operation.tenantId();
        TemplateId template = operation.templateId();
        return plane.catalog.transact(tx -> {
            if (tenant != null) {
                return tx.records(RecordTypes.TENANTS).find(tenant.value()).map(Tenant::serverId);
            }
            return template == null
                    ? Optional.<ServerId>empty()
                    : tx.records(RecordTypes.TEMPLATES).find(template.value()).map(Template::serverId);
        });
    }

    /** Renews the leases of what this process works on. One that cannot be renewed does not keep the others from it. */
    void renew() {
        if (active.isEmpty()) {
            return;
        }
        Filter<Operation> mine = Filter.and(
                Filter.in(Operation.UUID, active.keySet()),
                Filter.equal(Operation.NODE, node),
                Filter.equal(Operation.STATE, OperationState.RUNNING));
        for (Operation found :
                plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS).list(Query.where(mine)))) {
            try {
                plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS)
                        .lock(found.id().value())
                        .filter(each -> each.fence() == found.fence() && each.state() == OperationState.RUNNING)
                        .map(each -> store(tx, each.toBuilder())));
            } catch (RuntimeException e) {
                LOG.log(
                        Level.WARNING,
                        () -> "The lease of operation " + found.id() + " could not be renewed: " + e.getMessage());
            }
        }
    }

    /** Finishes an operation that nobody works on; what fails is logged, and left as {@link #recover} leaves it. */
    void takeOver(Operation operation) {
        // From before it is this node's: whoever sees that it is has to see that somebody works on it.
        enter(operation.uuid());
        try {
            if (isOrphaned(operation)) {
                claim(operation).ifPresent(mine -> run(mine, saga(mine.kind())));
            }
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "Operation " + operation.id() + " (" + operation.kind() + ") failed: " + e.getMessage());
        } finally {
            leave(operation.uuid());
        }
    }

    /** Empty where somebody else was faster, or its worker has renewed its lease. */
    private Optional<Operation> claim(Operation found) {
        return plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS)
                .lock(found.id().value())
                .filter(each -> each.state() == OperationState.RUNNING
                        && each.fence() == found.fence()
                        && each.leaseUntil().equals(found.leaseUntil()))
                .map(each -> store(tx, each.toBuilder().node(node).fence(each.fence() + 1))));
    }

    /** One that fails must not keep the others from being finished. */
    private boolean finish(Operation mine) {
        try {
            run(mine, saga(mine.kind()));
            LOG.log(
                    Level.INFO,
                    () -> "Finished operation " + mine.id() + " (" + mine.kind() + "), which nobody worked on");
            return true;
        } catch (RuntimeException e) {
            LOG.log(
                    Level.WARNING,
                    () -> "Operation " + mine.id() + " (" + mine.kind() + "), which nobody worked on: "
                            + e.getMessage());
            server(mine).ifPresent(server -> plane.fleet.failed(server, e));
            return plane.catalog.transact(tx -> tx.records(RecordTypes.OPERATIONS)
                    .find(mine.id().value())
                    .map(each -> each.state() != OperationState.RUNNING)
                    .orElse(true));
        }
    }

    static long tenantId(Operation operation) {
        TenantId tenant = operation.tenantId();
        return tenant == null ? 0 : tenant.value();
    }

    static Tenant tenant(ControlPlane plane, Operation operation) {
        return plane.catalog
                .transact(tx -> tx.records(RecordTypes.TENANTS).find(tenantId(operation)))
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TENANTS, "Client database", tenantId(operation)));
    }

    static Template template(ControlPlane plane, Operation operation) {
        return plane.catalog.transact(tx -> template(tx, operation));
    }

    static Template template(Transaction tx, Operation operation) {
        TemplateId template = operation.templateId();
        long id = template == null ? 0 : template.value();
        return tx.records(RecordTypes.TEMPLATES)
                .lock(id)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.TEMPLATES, "Template", id));
    }

    private Saga saga(OperationKind kind) {
        return switch (kind) {
            case CREATE_CUSTOMER, CREATE_PLAN -> throw new IllegalStateException("Operation " + kind + " has no steps");
            case CREATE_TENANT, DUPLICATE_TENANT -> new CreateSaga(plane);
            case CONFIGURE_TENANT -> new ConfigureSaga(plane, null);
            case RENAME_TENANT -> new RenameSaga(plane);
            case SUSPEND_TENANT, RESUME_TENANT, UPDATE_TENANT -> new UpdateSaga(plane);
            case SWITCH_PLAN -> new SwitchPlanSaga(plane);
            case RETAIN_TENANT -> new RetainSaga(plane);
            case RESTORE_TENANT -> new RestoreSaga(plane);
            case DELETE_TENANT -> new DeleteSaga(plane);
            case BUILD_TEMPLATE -> new BuildTemplateSaga(plane);
            case DELETE_TEMPLATE -> new DeleteTemplateSaga(plane);
            case BUILD_SPARE -> new BuildSpareSaga(plane);
            case DELETE_SPARE -> new DeleteSpareSaga(plane);
            case ADOPT_TENANT -> new AdoptTenantSaga(plane, null);
            case ADOPT_TEMPLATE -> new AdoptTemplateSaga(plane);
        };
    }
}
