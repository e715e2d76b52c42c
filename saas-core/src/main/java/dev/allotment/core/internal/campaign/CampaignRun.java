// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.FailureReason;
import dev.allotment.core.internal.operation.OfferedOperations;
import dev.allotment.core.internal.operation.OperationDeferred;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationTakenOver;
import dev.allotment.core.internal.operation.SharedInput;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One run of a campaign over its tenants, stage after stage. Only the thread of the operation chooses tenants. If
 * several may be changed at once, it offers their operations to all nodes, and reads from the catalog what became of
 * them; if not, it runs them. A tenant that is busy, or whose server cannot be reached, is skipped, and tried again
 * after all others. Only after the last round, it counts as failed.
 */
final class CampaignRun {
    private static final int PAGE = 200;
    /** How long to wait for an operation of another node before the catalog is read again. */
    private static final Duration LOOK_EVERY = Duration.ofSeconds(1);
    /** How long the campaign is left if the thread that waits is interrupted, as when its node shuts down. */
    private static final Duration INTERRUPT_WAIT = Duration.ofSeconds(30);
    /** An operation that is put off for longer would count as one whose clock was wrong. */
    private static final Duration LONGEST_PUT_OFF = OperationLeases.LONGEST_WAIT.minusMinutes(1);
    /**
     * How many seconds to wait before each new round over the tenants that could not be changed for now. Together, they
     * are longer than a lease: an operation of a killed node can be taken over in the last round at the latest.
     */
    private static final List<Integer> PAUSES = List.of(1, 2, 4, 8, 8);

    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final OperationEngine operations;
    private final OfferedOperations offeredOperations;
    private final CampaignBackups backups;
    private final StoredOperation operation;
    private final Actor actor;
    private final Campaign campaign;
    private final TenantWork work;
    private final CampaignResults results;
    private final Filter<StoredTenant> selected;

    private final FailureLog failures;
    /** The tenants that are being changed, on any node, by this run or an earlier one. */
    private final Map<TenantId, Flight> flights = new LinkedHashMap<>();

    private final TenantQueue queue;
    private final FailureBudget budget;
    private final CampaignWindows windows;
    /** What selects the tenants of the present pass. */
    private Filter<StoredTenant> needingChange = Filter.none();

    private CampaignStage stage = CampaignStage.TEMPLATES;
    private int wave;
    private long target;
    private long total;
    private int pauses;
    /** Whether this run is about to end before the campaign does, so that it starts nothing more. */
    private boolean leaving;

    /**
     * A tenant that is being changed.
     *
     * @param operation that a node runs, or will run: the change, or the backup before it
     */
    private record Flight(StoredTenant tenant, StoredOperation operation) {
        boolean isBackup() {
            return operation.kind() == OperationKind.BACK_UP_TENANT;
        }
    }

    CampaignRun(
            CoreContext context,
            OperationLeases operationLeases,
            OperationEngine operations,
            OfferedOperations offeredOperations,
            CampaignBackups backups,
            StoredOperation operation,
            Actor actor,
            TenantWork work) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.operations = operations;
        this.offeredOperations = offeredOperations;
        this.backups = backups;
        this.operation = operation;
        this.actor = actor;
        this.campaign = CampaignInput.read(operation);
        this.work = work;
        this.results = new CampaignResults(operation.id(), work.kind());
        this.selected = CampaignTenants.selected(campaign);
        this.failures = new FailureLog("dev.allotment.operations", context.node());
        this.queue = new TenantQueue(this::page, work::needsChange);
        this.budget = new FailureBudget(campaign);
        this.windows = new CampaignWindows(
                campaign.inWindow(),
                plan -> context.catalog()
                        .transact(tx -> tx.records(RecordTypes.PLANS).find(plan.value()))
                        .map(Plan::maintenanceWindow));
        Earlier earlier = context.catalog().transact(this::read);
        budget.start(earlier.changed(), earlier.failed(), earlier.changedSince(), earlier.failedSince());
        queue.leaveOut(earlier.leftOut());
        earlier.flights().forEach(each -> flights.put(each.tenant().id(), each));
        if (hasTriedTenants()) {
            stage = CampaignStage.valueOf(operation.result().getOrDefault(CampaignSaga.STAGE, stage.name()));
            wave = Integer.parseInt(operation.result().getOrDefault(CampaignSaga.WAVE, "0"));
        }
    }

    /**
     * What earlier runs of the campaign came to.
     *
     * @param changed how many tenants were changed
     * @param failed the tenants whose last attempt failed
     * @param changedSince how many were changed since a caller continued the campaign
     * @param failedSince how many have failed since then
     * @param leftOut the tenants that this run does not try
     * @param flights the tenants that are being changed
     */
    private record Earlier(
            int changed,
            Set<TenantId> failed,
            int changedSince,
            int failedSince,
            Set<TenantId> leftOut,
            List<Flight> flights) {}

    private Earlier read(Transaction tx) {
        results.detachUndecided(tx, retriedAfter());
        long resumed = CampaignInput.number(operation, CampaignInput.RESUMED_AFTER);
        Set<TenantId> changed = results.done(tx, 0);
        Set<TenantId> changedSince = resumed == 0 ? changed : results.done(tx, resumed);
        Set<TenantId> leftOut = new HashSet<>(results.failed(
                tx, retriedAfter(), retriedAfter() == resumed ? changedSince : results.done(tx, retriedAfter())));
        if (work.onceEach()) {
            leftOut.addAll(changed);
        }
        List<Flight> running = new ArrayList<>();
        for (StoredOperation each : CampaignResults.running(tx, operation.id())) {
            TenantId id = Objects.requireNonNull(each.tenantId());
            tx.records(RecordTypes.TENANTS).find(id.value()).ifPresent(tenant -> running.add(new Flight(tenant, each)));
            leftOut.add(id);
        }
        return new Earlier(
                changed.size(),
                results.failed(tx, 0, changed),
                changedSince.size(),
                results.failed(tx, resumed, changedSince).size(),
                leftOut,
                running);
    }

    private void start(StoredTenant tenant, StoredOperation running) {
        flights.put(tenant.id(), new Flight(tenant, running));
    }

    private long retriedAfter() {
        return CampaignInput.number(operation, CampaignInput.RETRIED_AFTER);
    }

    /** Notes that templates are being built; stops if the campaign is not wanted any more. */
    void startTemplates() {
        count();
        requireWanted();
    }

    /** Whether the campaign has changed a tenant, or failed to. */
    boolean hasTriedTenants() {
        return budget.done() + budget.failed() > 0;
    }

    /** Returns what was done. */
    Map<String, String> run() {
        requireFewFailures();
        runPhase(CampaignStage.CANARIES, 0, campaign.canaries());
        int number = 0;
        for (int percent : campaign.waves()) {
            count();
            long rest = Math.max(0, total - campaign.canaries());
            long end = campaign.canaries() + (rest * percent + 99) / 100;
            runPhase(CampaignStage.WAVES, ++number, end);
        }
        runPhase(CampaignStage.WAVES, number + 1, Long.MAX_VALUE);
        // An earlier run may have finished a tenant that this one found unchanged before.
        budget.correct(context.catalog().transact(tx -> results.done(tx, 0).size()));
        return progress();
    }

    private void count() {
        total = context.catalog().transact(tx -> {
            // A change may have taken its tenant out of the selection, or left it in.
            Set<TenantId> all = results.done(tx, 0);
            all.addAll(CampaignTenants.ids(tx, campaign, work));
            // A tenant gets its new plan in the catalog when its switch starts, so it does not need the change any
            // more.
            all.addAll(flights.keySet());
            return all.size();
        });
    }

    private void runPhase(CampaignStage newStage, int newWave, long newTarget) {
        if (budget.counted() >= newTarget) {
            return;
        }
        count();
        stage = newStage;
        wave = newWave;
        target = newTarget;
        queue.lookAgain();
        try {
            changeAll();
        } catch (RuntimeException | Error e) {
            leave(e);
            throw e;
        }
        if (windows.waiting() > 0 && budget.counted() < target) {
            Instant longest = context.now().plus(LONGEST_PUT_OFF);
            putOff(windows.nextOpening().isBefore(longest) ? windows.nextOpening() : longest);
        }
    }

    /** Changes the tenants of this stage or wave, and waits for all of them. */
    private void changeAll() {
        while (true) {
            long seen = offeredOperations.ends();
            land();
            takeOpened();
            boolean free = flights.size() < width() && budget.counted() + flights.size() < target;
            Optional<StoredTenant> next = free ? queue.take(this::hasPlace) : Optional.empty();
            if (next.isPresent()) {
                consider(next.get().id());
            } else if (!flights.isEmpty()) {
                requireWanted();
                awaitFlights(seen);
            } else if (!queue.hasSkipped() || budget.counted() >= target) {
                return;
            } else {
                pause(PAUSES.get(Math.min(pauses++, PAUSES.size() - 1)));
                queue.retrySkipped();
            }
        }
    }

    /** Ends this run. What nodes are changing is finished; what none has started is not. */
    private void leave(Throwable cause) {
        leaving = true;
        if (cause instanceof OperationTakenOver || Thread.currentThread().isInterrupted()) {
            // The next run waits for what this one has started.
            return;
        }
        try {
            flights.values()
                    .forEach(each -> offeredOperations.withdraw(
                            each.operation(),
                            ErrorCodes.OPERATION_CANCELLED,
                            "The campaign was paused, or ended, before this started."));
            while (!flights.isEmpty()) {
                long seen = offeredOperations.ends();
                landAll(cause);
                if (!flights.isEmpty()) {
                    offeredOperations.awaitEnd(seen, LOOK_EVERY);
                }
            }
            storeCounts();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    /** That the campaign was stopped says more than what came of the tenants that were being changed then. */
    private void landAll(Throwable cause) {
        try {
            land();
        } catch (OperationDeferred e) {
            // It is paused.
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.CAMPAIGN_STOPPED)) {
                throw e;
            }
            cause.addSuppressed(e);
        }
    }

    /** Leaves the campaign until a time. */
    private void putOff(Instant until) {
        requireWanted();
        operationLeases.putOff(operation, until);
        throw new OperationDeferred();
    }

    /** Changes a tenant, unless it is not wanted any more or not now. */
    private void consider(TenantId id) {
        Optional<StoredTenant> present = stillNeeding(id);
        if (present.isEmpty()) {
            drop(id);
        } else if (!windows.putOff(present.get(), context.now())) {
            requireWanted();
            change(present.get(), campaign.backupBefore());
        }
    }

    private void change(StoredTenant tenant, boolean afterBackup) {
        Throwable failure = null;
        boolean was = false;
        try {
            was = prepare(tenant, afterBackup);
        } catch (Throwable e) {
            failure = e;
        }
        if (failure != null || !flights.containsKey(tenant.id())) {
            note(tenant, was, failure);
        }
    }

    /**
     * Changes a tenant, or has a node change it.
     *
     * @return whether it changed the tenant, which has the wanted state now
     */
    private boolean prepare(StoredTenant tenant, boolean afterBackup) {
        TenantId id = tenant.id();
        work.finishOrphaned(id);
        if (!needsChange(id)) {
            return isDone(id);
        }
        if (afterBackup && work.changing(actor, id).isPresent()) {
            Optional<OperationRequest<?>> backup = backups.making(actor, operation.id(), id, retriedAfter());
            if (backup.flatMap(each -> run(tenant, each)).isPresent() && flights.containsKey(id)) {
                return false;
            }
        }
        return finish(tenant, afterBackup);
    }

    /** Changes a tenant after its backup, which may have taken hours. */
    private boolean finish(StoredTenant tenant, boolean afterBackup) {
        TenantId id = tenant.id();
        if (afterBackup) {
            Optional<StoredTenant> present = stillNeeding(id);
            if (present.isEmpty() || windows.putOff(present.get(), context.now())) {
                return isDone(id);
            }
        }
        Optional<OperationRequest<?>> pending = work.changing(actor, id);
        pending.ifPresent(each -> each.draft().campaign(operation.id()));
        return pending.flatMap(each -> run(tenant, each)).isPresent();
    }

    /**
     * Runs an operation, or offers it, so that the tenant is {@linkplain #flights being changed}. Empty if there was
     * nothing to do.
     */
    private Optional<?> run(StoredTenant tenant, OperationRequest<?> pending) {
        if (width() == 1 || !offeredOperations.hasThreads()) {
            return operations.run(pending);
        }
        Optional<StoredOperation> offered = offeredOperations.offer(pending);
        offered.ifPresent(each -> start(tenant, each));
        offeredOperations.help(operation.id());
        return offered;
    }

    /** How many tenants may be changed at once. */
    private int width() {
        return stage == CampaignStage.CANARIES ? 1 : campaign.parallel();
    }

    /** Reads which of the tenants that are being changed have been. */
    private void land() {
        if (flights.isEmpty()) {
            return;
        }
        List<OperationId> ids =
                flights.values().stream().map(each -> each.operation().id()).toList();
        Map<OperationId, StoredOperation> present = new HashMap<>();
        context.catalog()
                .transact(
                        tx -> tx.records(RecordTypes.OPERATIONS).list(Query.where(Filter.in(StoredOperation.ID, ids))))
                .forEach(each -> present.put(each.id(), each));
        for (Flight each : List.copyOf(flights.values())) {
            land(each, present.get(each.operation().id()));
        }
    }

    private void land(Flight flight, @Nullable StoredOperation present) {
        StoredTenant tenant = flight.tenant();
        if (present != null && present.state() == OperationState.RUNNING) {
            if (!present.step().equals(OperationLeases.QUEUED) && !offeredOperations.isWorkedOn(present)) {
                landOrphaned(flight, present);
            }
            return;
        }
        flights.remove(tenant.id());
        if (present == null || present.campaign() == null) {
            // An earlier run took its offer back.
            queue.forget(tenant.id());
            queue.lookAgain();
        } else if (present.state() == OperationState.FAILED) {
            note(tenant, false, failure(present));
        } else if (!flight.isBackup()) {
            note(tenant, true, null);
        } else if (leaving) {
            queue.forget(tenant.id());
        } else {
            changeAfterBackup(tenant);
        }
    }

    private void changeAfterBackup(StoredTenant tenant) {
        Throwable failure = null;
        boolean was = false;
        try {
            was = finish(tenant, true);
        } catch (Throwable e) {
            failure = e;
        }
        if (failure != null || !flights.containsKey(tenant.id())) {
            note(tenant, was, failure);
        }
    }

    /** Finishes what a node had started that died, or that failed and could not undo it. */
    private void landOrphaned(Flight flight, StoredOperation present) {
        StoredTenant tenant = flight.tenant();
        if (leaving || present.attempts() > 0) {
            flights.remove(tenant.id());
            note(
                    tenant,
                    false,
                    SaasException.unavailable(
                            ErrorCodes.OPERATION_UNFINISHED,
                            "Operation " + present.id() + " failed, could not be undone, and is tried again.",
                            null));
        } else if (flight.isBackup()) {
            backups.finishOrphaned(tenant.id());
        } else {
            work.finishOrphaned(tenant.id());
        }
    }

    /** The failure of an operation that any node ran. */
    private static SaasException failure(StoredOperation ended) {
        String code = Objects.requireNonNullElse(ended.errorCode(), ErrorCodes.OPERATION_FAILED);
        boolean passing = SharedInput.of(ended).tryAgain()
                || code.equals(ErrorCodes.OPERATION_SUPERSEDED)
                || code.equals(ErrorCodes.OPERATION_ABANDONED);
        return new SaasException(
                ErrorCategory.CONFLICT,
                code,
                String.valueOf(PublicViews.operationWithReason(ended).errorMessage()),
                Map.of(),
                passing,
                null);
    }

    private boolean isDone(TenantId id) {
        return context.catalog().transact(tx -> results.isDone(tx, id, 0));
    }

    /** Has the tenants read again whose window was closed, once one of these opens. */
    private void takeOpened() {
        Set<TenantId> opened = windows.takeOpened(context.now());
        if (!opened.isEmpty()) {
            queue.readAgain(opened);
        }
    }

    /** Forgets a tenant that is not wanted any more, unless the campaign has changed it: it may come back. */
    private void drop(TenantId id) {
        if (!work.onceEach() || !isDone(id)) {
            queue.forget(id);
        }
    }

    /** Whether the server of the tenant has a free place. */
    private boolean hasPlace(StoredTenant tenant) {
        return campaign.parallelPerServer() == 0
                || flights.values().stream()
                                .filter(flight -> flight.tenant().serverId().equals(tenant.serverId()))
                                .count()
                        < campaign.parallelPerServer();
    }

    private List<StoredTenant> page(TenantId last) {
        if (last.value() == 0) {
            needingChange = context.catalog().transact(tx -> CampaignTenants.needingChange(tx, campaign, work));
        }
        Query<StoredTenant> query = Query.where(
                        Filter.and(needingChange, Filter.compare(StoredTenant.ID, Filter.Operator.GREATER, last)))
                .orderBy(StoredTenant.ID)
                .page(0, PAGE);
        return context.catalog().transact(tx -> tx.records(RecordTypes.TENANTS).list(query));
    }

    /**
     * Waits for an operation of this process, or a moment for those of others. If no node works on any of them, this
     * thread helps: no thread is free, or the node that has worked on one died.
     */
    private void awaitFlights(long seen) {
        try {
            offeredOperations.awaitEnd(seen, LOOK_EVERY);
        } catch (InterruptedException e) {
            leaveInterrupted();
        }
        List<StoredOperation> running = context.catalog().transact(tx -> CampaignResults.running(tx, operation.id()));
        if (!running.isEmpty() && running.stream().noneMatch(offeredOperations::isWorkedOn)) {
            TenantId first = Objects.requireNonNull(running.get(0).tenantId());
            backups.finishOrphaned(first);
            work.finishOrphaned(first);
        }
    }

    private void pause(int seconds) {
        try {
            // Nothing ends the wait but its time, or an interrupt.
            boolean unused = new CountDownLatch(1).await(seconds, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            leaveInterrupted();
        }
    }

    private void leaveInterrupted() {
        try {
            putOff(context.now().plus(INTERRUPT_WAIT));
        } finally {
            Thread.currentThread().interrupt();
        }
    }

    private boolean needsChange(TenantId id) {
        return stillNeeding(id).isPresent();
    }

    /** Another campaign or caller may have changed it since it was read, deleted it, or moved it. */
    private Optional<StoredTenant> stillNeeding(TenantId id) {
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.TENANTS)
                        .find(id.value())
                        .filter(each -> RecordTypes.TENANTS.matches(each, selected))
                        .filter(work::needsChange)
                        .filter(each -> !work.onceEach() || !results.isDone(tx, id, 0)));
    }

    /** The operation of this campaign that another run, or node, is working on for a tenant. */
    private Optional<StoredOperation> workedOn(TenantId tenant) {
        return context.catalog().transact(tx -> CampaignResults.running(tx, operation.id())).stream()
                .filter(each -> tenant.equals(each.tenantId()) && offeredOperations.isWorkedOn(each))
                .findFirst();
    }

    /** Stores the progress. Stops if the campaign was paused or cancelled, or if another node works on it. */
    private void requireWanted() {
        operationLeases.progress(operation);
        StoredOperation present = context.catalog().transact(this::storeProgress);
        if (present.state() == OperationState.PAUSED) {
            throw new OperationDeferred();
        }
        if (present.cancelRequested()) {
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED,
                    "Campaign " + operation.id() + " was cancelled. " + budget.sum()
                            + " Resume it for the other tenants.");
        }
    }

    /** Stores what the tenants came to that were being changed when the campaign was stopped. */
    private void storeCounts() {
        context.catalog().transact(tx -> {
            results.storeCounts(tx, requireMineOrPaused(tx), progress());
            return null;
        });
    }

    private StoredOperation storeProgress(Transaction tx) {
        StoredOperation present = requireMineOrPaused(tx);
        if (present.state() == OperationState.PAUSED) {
            return present;
        }
        tx.records(RecordTypes.OPERATIONS)
                .update(present.toBuilder()
                        .percent((int) Math.min(99, 100L * (budget.done() + budget.failed()) / Math.max(1, total)))
                        .result(progress())
                        .attempts(0)
                        .build());
        return present;
    }

    /** What was started before a pause is noted during it. */
    private StoredOperation requireMineOrPaused(Transaction tx) {
        return tx.records(RecordTypes.OPERATIONS)
                .lock(operation.id().value())
                .filter(each -> each.state() == OperationState.PAUSED
                        && each.uuid().equals(operation.uuid())
                        && each.fencingToken() == operation.fencingToken())
                .orElseGet(() -> OperationLeases.requireMine(tx, operation));
    }

    private Map<String, String> progress() {
        return Map.of(
                CampaignSaga.STAGE,
                stage.name(),
                CampaignSaga.WAVE,
                Integer.toString(wave),
                CampaignSaga.TOTAL,
                Long.toString(total),
                CampaignSaga.DONE,
                Integer.toString(budget.done()),
                CampaignSaga.FAILED,
                Integer.toString(budget.failed()),
                CampaignSaga.LATER,
                Integer.toString(windows.waiting()));
    }

    private void note(StoredTenant tenant, boolean was, @Nullable Throwable failure) {
        TenantId id = tenant.id();
        queue.tried(!flights.isEmpty());
        if (failure == null) {
            if (was) {
                budget.changed(id);
            } else if (!needsChange(id)) {
                drop(id);
            }
            return;
        }
        boolean retryable = failure instanceof SaasException refused && refused.retryable();
        Optional<StoredOperation> other = retryable ? workedOn(id) : Optional.empty();
        if (other.isPresent()) {
            start(tenant, other.get());
        } else if (retryable && pauses < PAUSES.size()) {
            detachFailure(id);
            queue.skip(tenant);
        } else if (needsChange(id)) {
            noteFailure(tenant, failure);
        } else {
            // It was deleted, for example, before its change started, or during it.
            detachFailure(id);
            drop(id);
        }
    }

    private void noteFailure(StoredTenant tenant, Throwable failure) {
        budget.failed(tenant.id(), tenant.name() + ": " + FailureReason.whole(failure));
        failures.warn("A tenant could not be changed by a campaign", operation, tenant.id(), failure);
        boolean paused = recordFailure(tenant.id(), failure);
        if (stage == CampaignStage.CANARIES || budget.tooMany()) {
            // The run after the pause finds the failure on record, and ends the campaign.
            throw paused ? new OperationDeferred() : tooManyFailed(failure);
        }
    }

    /** Stops a campaign whose last run was paused or killed between a failure and the end that follows from it. */
    private void requireFewFailures() {
        if (budget.tooMany() || budget.hasFailedCanary()) {
            throw tooManyFailed(null);
        }
    }

    private SaasException tooManyFailed(@Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.CAMPAIGN_STOPPED,
                "The campaign was stopped, because too many tenants failed. " + budget.reasons(),
                Map.of("done", Integer.toString(budget.done()), "failed", Integer.toString(budget.failed())),
                false,
                cause);
    }

    /** A failure after which the tenant is tried again is not a result of the campaign. */
    private void detachFailure(TenantId tenant) {
        context.catalog().transact(tx -> {
            requireMineOrPaused(tx);
            results.detachFailures(tx, tenant, retriedAfter());
            return null;
        });
    }

    /**
     * Stores a failure without an operation that says so, as of a tenant that stayed busy.
     *
     * @return whether the campaign is paused
     */
    private boolean recordFailure(TenantId tenant, Throwable failure) {
        return context.catalog().transact(tx -> {
            boolean paused = requireMineOrPaused(tx).state() == OperationState.PAUSED;
            if (!results.decide(tx, tenant, retriedAfter())) {
                StoredOperation.Builder draft = operations
                        .draft(work.kind(), actor)
                        .tenantId(tenant)
                        .campaign(operation.id())
                        .state(OperationState.FAILED);
                tx.records(RecordTypes.OPERATIONS)
                        .insert(OperationLeases.failed(draft, failure, false).build());
            }
            return paused;
        });
    }
}
