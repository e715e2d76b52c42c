// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Campaign;
import dev.allotment.CampaignStage;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.MaintenanceWindow;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationLeft;
import dev.allotment.core.internal.operation.OperationRunner;
import dev.allotment.core.internal.operation.OperationTakenOver;
import dev.allotment.core.internal.operation.PendingOperation;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Iterator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.jspecify.annotations.Nullable;

/**
 * One run of a campaign over its tenants, stage after stage. The thread of the operation works, and threads of the
 * embedder's executor help it. A tenant that is busy, or whose server cannot be reached, is skipped, and tried again
 * after all others. Only after the last round, it counts as failed.
 */
final class CampaignRun {
    private static final int PAGE = 200;
    /** How many tenants wait in memory for a place on their server. */
    private static final int MAX_WAITING = 5000;
    /** How many failed tenants the message of a stopped campaign names. */
    private static final int MAX_MESSAGES = 10;
    /** How long the campaign is left if the thread that waits is interrupted, as when its node shuts down. */
    private static final Duration INTERRUPT_WAIT = Duration.ofSeconds(30);
    /** An operation that is put off for longer would count as one whose clock was wrong. */
    private static final Duration LONGEST_PUT_OFF = OperationLeases.LONGEST_WAIT.minusMinutes(1);
    /** How many tenants must have been tried before a percentage of them says anything. */
    private static final int MIN_JUDGED = 20;
    /**
     * How many seconds to wait before each new round over the tenants that could not be changed for now. Together, they
     * are longer than a lease: an operation of a killed node can be taken over in the last round at the latest.
     */
    private static final List<Integer> PAUSES = List.of(1, 2, 4, 8, 8);

    private final CoreContext context;
    private final OperationLeases operationLeases;
    private final OperationRunner operationRunner;
    private final CampaignBackups backups;
    private final StoredOperation operation;
    private final Actor actor;
    private final Campaign campaign;
    private final TenantWork work;
    private final CampaignResults results;
    private final Filter<StoredTenant> selected;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<StoredTenant> waiting = new ArrayDeque<>();
    /** The tenants that the next round tries again. */
    private final Deque<StoredTenant> skipped = new ArrayDeque<>();
    /** The tenants that an earlier run of this campaign was still changing. */
    private final Set<TenantId> inFlight = new HashSet<>();
    /** The tenants that are not taken from the catalog: being changed, tried, waiting or skipped. */
    private final Set<TenantId> known = new HashSet<>();

    private final Map<ServerId, Integer> onServers = new HashMap<>();
    private final List<String> messages = new ArrayList<>();
    private TenantId last = new TenantId(0);
    /** Whether the present pass over the catalog, which started with the first tenant, has found any. */
    private boolean foundAny;
    /** Whether the last pass has found none. */
    private boolean exhausted;
    /** What selects the tenants of the present pass. */
    private Filter<StoredTenant> lacking = Filter.none();

    private CampaignStage stage = CampaignStage.TEMPLATES;
    private int wave;
    /** Counts the stages and waves of this run, so that a helper knows whether its own has ended. */
    private int phase;

    private boolean phaseEnded;
    private long target;
    private long total;
    private int done;
    /** The tenants whose last attempt failed. */
    private final Set<TenantId> failed = new HashSet<>();

    /** The tenants that were changed and that failed since the campaign was last continued by a caller. */
    private int judgedDone;

    private int judgedFailed;
    private int working;
    /** The tenants that were outside of their maintenance window, and when the first of these opens. */
    private final Set<TenantId> later = new HashSet<>();

    private Instant opening = Instant.MAX;
    private boolean pausing;
    private int pauses;
    /** How often this waited for nothing but the tenants that an earlier run is changing. */
    private int pausesForOthers;

    private @Nullable Throwable stopped;

    CampaignRun(
            CoreContext context,
            OperationLeases operationLeases,
            OperationRunner operationRunner,
            CampaignBackups backups,
            StoredOperation operation,
            Actor actor,
            Campaign campaign,
            TenantWork work) {
        this.context = context;
        this.operationLeases = operationLeases;
        this.operationRunner = operationRunner;
        this.backups = backups;
        this.operation = operation;
        this.actor = actor;
        this.campaign = campaign;
        this.work = work;
        this.results = new CampaignResults(operation.id(), work.kind());
        this.selected = CampaignTenants.selected(campaign);
        context.catalog().transact(tx -> {
            readResults(tx);
            return null;
        });
    }

    private void readResults(Transaction tx) {
        long resumed = CampaignInput.number(operation, CampaignInput.RESUMED_AFTER);
        Set<TenantId> changedOnes = results.done(tx, 0);
        done = changedOnes.size();
        failed.addAll(results.failed(tx, 0, changedOnes));
        Set<TenantId> changedSince = resumed == 0 ? changedOnes : results.done(tx, resumed);
        judgedDone = changedSince.size();
        judgedFailed = results.failed(tx, resumed, changedSince).size();
        known.clear();
        known.addAll(results.failed(
                tx, retriedAfter(), retriedAfter() == resumed ? changedSince : results.done(tx, retriedAfter())));
        if (work.onceEach()) {
            known.addAll(changedOnes);
        }
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
        return done + failed.size() > 0;
    }

    /** Returns what was done. */
    Map<String, String> run(@Nullable Executor executor) {
        requireFewFailures();
        runPhase(CampaignStage.CANARIES, 0, campaign.canaries(), null);
        int number = 0;
        for (int percent : campaign.waves()) {
            count();
            long rest = Math.max(0, total - campaign.canaries());
            long end = campaign.canaries() + (rest * percent + 99) / 100;
            runPhase(CampaignStage.WAVES, ++number, end, executor);
        }
        runPhase(CampaignStage.WAVES, number + 1, Long.MAX_VALUE, executor);
        // An earlier run may have finished a tenant that this one found unchanged before.
        int truly = context.catalog().transact(tx -> results.done(tx, 0).size());
        lock.lock();
        try {
            done = truly;
            return progress();
        } finally {
            lock.unlock();
        }
    }

    private void count() {
        total = context.catalog().transact(tx -> {
            // A change may have taken its tenant out of the selection, or left it in.
            Set<TenantId> all = results.done(tx, 0);
            all.addAll(CampaignTenants.ids(tx, campaign, work));
            return all.size();
        });
    }

    private void runPhase(CampaignStage newStage, int newWave, long newTarget, @Nullable Executor executor) {
        count();
        lock.lock();
        try {
            stage = newStage;
            wave = newWave;
            target = newTarget;
            phase++;
            phaseEnded = false;
            exhausted = false;
        } finally {
            lock.unlock();
        }
        int mine = phase;
        try {
            long most = Math.min(campaign.parallel(), total);
            for (int helper = 1; helper < most && executor != null; helper++) {
                help(executor, mine);
            }
            work(mine);
        } finally {
            awaitHelpers();
        }
        if (stopped != null) {
            storeCounts(stopped);
        }
        if (stopped instanceof RuntimeException e) {
            throw e;
        }
        if (stopped instanceof Error e) {
            throw e;
        }
        if (!later.isEmpty() && judgedFailed + done < target) {
            Instant longest = context.now().plus(LONGEST_PUT_OFF);
            putOff(opening.isBefore(longest) ? opening : longest);
        }
    }

    /** Leaves the campaign until a time. */
    private void putOff(Instant until) {
        requireWanted();
        operationLeases.putOff(operation, until);
        throw new OperationLeft();
    }

    /** Notes when the window of the tenant opens. */
    private boolean isOutsideWindow(StoredTenant tenant) {
        MaintenanceWindow window = campaign.inWindow() ? window(tenant) : null;
        if (window == null) {
            return false;
        }
        Instant now = context.now();
        ZoneId zone = zone(tenant);
        if (window.contains(now, zone)) {
            return false;
        }
        Instant next = window.nextAfter(now, zone);
        opening = next.isBefore(opening) ? next : opening;
        return true;
    }

    private @Nullable MaintenanceWindow window(StoredTenant tenant) {
        PlanId plan = tenant.planId();
        return tenant.maintenanceWindow() != null || plan == null
                ? tenant.maintenanceWindow()
                : context.catalog()
                        .transact(tx -> tx.records(RecordTypes.PLANS).find(plan.value()))
                        .map(Plan::maintenanceWindow)
                        .orElse(null);
    }

    /** A zone that this machine does not know counts as UTC. */
    private static ZoneId zone(StoredTenant tenant) {
        try {
            return ZoneId.of(tenant.tz());
        } catch (DateTimeException e) {
            return ZoneOffset.UTC;
        }
    }

    private void help(Executor executor, int mine) {
        try {
            executor.execute(() -> work(mine));
        } catch (RejectedExecutionException e) {
            // The thread of the operation does all of it.
        }
    }

    private void work(int mine) {
        boolean more = true;
        while (more) {
            more = changeNext(mine);
        }
    }

    /** Returns false if nothing is left to do in this stage. */
    private boolean changeNext(int mine) {
        Optional<StoredTenant> next = next(mine);
        if (next.isEmpty()) {
            return false;
        }
        Throwable failure = null;
        boolean was = false;
        try {
            was = change(next.get());
        } catch (Throwable e) {
            failure = e;
        }
        try {
            note(next.get(), was, failure);
        } catch (RuntimeException | Error e) {
            stop(e);
        }
        return true;
    }

    /** Returns whether it changed the tenant, which has the wanted state now. */
    private boolean change(StoredTenant tenant) {
        work.finishOrphaned(tenant.id());
        if (!isLacking(tenant.id())) {
            return context.catalog().transact(tx -> results.isDone(tx, tenant.id(), 0));
        }
        if (campaign.backupBefore() && work.changing(actor, tenant.id()).isPresent()) {
            backups.make(actor, operation.id(), tenant.id(), retriedAfter());
            // It may have taken hours.
            Optional<StoredTenant> present = stillLacking(tenant.id());
            if (present.isEmpty() || isPutOff(present.get())) {
                return context.catalog().transact(tx -> results.isDone(tx, tenant.id(), 0));
            }
        }
        Optional<PendingOperation<?>> pending = work.changing(actor, tenant.id());
        pending.ifPresent(each -> each.draft().campaign(operation.id()));
        return pending.flatMap(operationRunner::runNow).isPresent();
    }

    /** Leaves the tenant for later if its window has closed. */
    private boolean isPutOff(StoredTenant tenant) {
        lock.lock();
        try {
            return isOutsideWindow(tenant) && later.add(tenant.id());
        } finally {
            lock.unlock();
        }
    }

    private Optional<StoredTenant> next(int mine) {
        lock.lock();
        try {
            while (phase == mine && !phaseEnded && stopped == null) {
                takeOpened();
                Optional<StoredTenant> next = judgedFailed + done + working < target ? take() : Optional.empty();
                if (next.isEmpty()) {
                    awaitOthers();
                    continue;
                }
                TenantId id = next.get().id();
                Optional<StoredTenant> present = stillLacking(id);
                if (present.isEmpty()) {
                    noteOfEarlierRun(id);
                    drop(id);
                } else if (isOutsideWindow(present.get())) {
                    later.add(id);
                } else {
                    requireWanted();
                    working++;
                    onServers.merge(present.get().serverId(), 1, Integer::sum);
                    return present;
                }
            }
        } catch (RuntimeException | Error e) {
            stop(e);
        } finally {
            lock.unlock();
        }
        return Optional.empty();
    }

    /** Counts a tenant that an earlier run has changed meanwhile. */
    private void noteOfEarlierRun(TenantId id) {
        if (inFlight.remove(id) && context.catalog().<Boolean>transact(tx -> results.isDone(tx, id, 0))) {
            done++;
            judgedDone++;
            failed.remove(id);
        }
    }

    /** Has the tenants read again whose window was closed, once one of these opens. */
    private void takeOpened() {
        if (!later.isEmpty() && !context.now().isBefore(opening)) {
            opening = Instant.MAX;
            known.removeAll(later);
            later.clear();
            exhausted = false;
            // The present pass may be past them.
            foundAny = true;
        }
    }

    /** Forgets a tenant that is not wanted any more, unless the campaign has changed it: it may come back. */
    private void drop(TenantId id) {
        if (!work.onceEach() || !context.catalog().<Boolean>transact(tx -> results.isDone(tx, id, 0))) {
            known.remove(id);
        }
    }

    /** A tenant that may be changed now: its server has a free place. */
    private Optional<StoredTenant> take() {
        Optional<StoredTenant> next = takeWaiting();
        while (next.isEmpty() && !exhausted && waiting.size() < MAX_WAITING && readPage()) {
            next = takeWaiting();
        }
        return next;
    }

    private Optional<StoredTenant> takeWaiting() {
        for (Iterator<StoredTenant> each = waiting.iterator(); each.hasNext(); ) {
            StoredTenant tenant = each.next();
            if (campaign.parallelPerServer() == 0
                    || onServers.getOrDefault(tenant.serverId(), 0) < campaign.parallelPerServer()) {
                each.remove();
                return Optional.of(tenant);
            }
        }
        return Optional.empty();
    }

    /**
     * Reads more tenants, in the order of their numbers. After the last one it starts again with the first: a tenant
     * may have been created, moved or restored meanwhile.
     *
     * @return whether there may be more
     */
    private boolean readPage() {
        if (last.value() == 0) {
            lacking = context.catalog().transact(tx -> CampaignTenants.lacking(tx, campaign, work));
        }
        Query<StoredTenant> query = Query.where(
                        Filter.and(lacking, Filter.compare(StoredTenant.ID, Filter.Operator.GREATER, last)))
                .orderBy(StoredTenant.ID)
                .page(0, PAGE);
        List<StoredTenant> page =
                context.catalog().transact(tx -> tx.records(RecordTypes.TENANTS).list(query));
        for (StoredTenant each : page) {
            last = each.id();
            if (work.isLacking(each) && known.add(each.id())) {
                waiting.add(each);
                foundAny = true;
            }
        }
        if (!page.isEmpty()) {
            return true;
        }
        exhausted = !foundAny;
        last = new TenantId(0);
        foundAny = false;
        return !exhausted;
    }

    /** Waits for the other threads, which may skip more tenants. The last one starts the next round. */
    @SuppressWarnings("WaitNotInLoop") // its caller looks again
    private void awaitOthers() {
        if (working > 0 || pausing) {
            changed.awaitUninterruptibly();
        } else if (skipped.isEmpty() || judgedFailed + done >= target) {
            phaseEnded = true;
            changed.signalAll();
        } else {
            pausing = true;
            try {
                // Without an end: the earlier run finishes its tenants, or loses their leases.
                int round =
                        skipped.stream().allMatch(each -> inFlight.contains(each.id())) ? pausesForOthers++ : pauses++;
                pause(PAUSES.get(Math.min(round, PAUSES.size() - 1)));
            } finally {
                pausing = false;
                waiting.addAll(skipped);
                skipped.clear();
                changed.signalAll();
            }
        }
    }

    private void pause(int seconds) {
        try {
            long left = TimeUnit.SECONDS.toNanos(seconds);
            while (left > 0) {
                left = changed.awaitNanos(left);
            }
        } catch (InterruptedException e) {
            try {
                putOff(context.now().plus(INTERRUPT_WAIT));
            } finally {
                Thread.currentThread().interrupt();
            }
        }
    }

    private boolean isLacking(TenantId id) {
        return stillLacking(id).isPresent();
    }

    /** Another campaign or caller may have changed it since it was read, deleted it, or moved it. */
    private Optional<StoredTenant> stillLacking(TenantId id) {
        return context.catalog()
                .transact(tx -> tx.records(RecordTypes.TENANTS)
                        .find(id.value())
                        .filter(each -> RecordTypes.TENANTS.matches(each, selected))
                        .filter(work::isLacking)
                        .filter(each -> !work.onceEach() || !results.isDone(tx, id, 0)));
    }

    private boolean isInFlight(TenantId tenant) {
        return context.catalog().transact(tx -> CampaignResults.isInFlight(tx, operation.id(), tenant, context.now()));
    }

    /** Stores the progress. Stops if the campaign was paused or cancelled, or if another node works on it. */
    private void requireWanted() {
        operationLeases.progress(operation);
        StoredOperation present = context.catalog().transact(this::storeProgress);
        if (present.state() == OperationState.PAUSED) {
            throw new OperationLeft();
        }
        if (present.cancelRequested()) {
            throw SaasException.conflict(
                    ErrorCodes.OPERATION_CANCELLED,
                    "Campaign " + operation.id() + " was cancelled. " + sum() + " Resume it for the other tenants.");
        }
    }

    /** Stores what the tenants came to that were being changed when the campaign was stopped. */
    private void storeCounts(Throwable cause) {
        try {
            context.catalog().transact(tx -> {
                results.storeCounts(tx, requireMineOrPaused(tx), progress());
                return null;
            });
        } catch (RuntimeException e) {
            cause.addSuppressed(e);
        }
    }

    private StoredOperation storeProgress(Transaction tx) {
        StoredOperation present = requireMineOrPaused(tx);
        if (present.state() == OperationState.PAUSED) {
            return present;
        }
        tx.records(RecordTypes.OPERATIONS)
                .update(present.toBuilder()
                        .percent((int) Math.min(99, 100L * (done + failed.size()) / Math.max(1, total)))
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
                Integer.toString(done),
                CampaignSaga.FAILED,
                Integer.toString(failed.size()),
                CampaignSaga.LATER,
                Integer.toString(later.size()));
    }

    private String sum() {
        return "Done: " + done + ", failed: " + failed.size() + ".";
    }

    private void note(StoredTenant tenant, boolean was, @Nullable Throwable failure) {
        boolean retryable = failure instanceof SaasException refused && refused.retryable();
        lock.lock();
        try {
            working--;
            // More tenants may have appeared, so the last one has the catalog read again.
            exhausted = exhausted && (working > 0 || !waiting.isEmpty());
            onServers.merge(tenant.serverId(), -1, Integer::sum);
            if (failure == null) {
                done += was ? 1 : 0;
                judgedDone += was ? 1 : 0;
                if (was) {
                    failed.remove(tenant.id());
                }
                if (!was && !isLacking(tenant.id())) {
                    drop(tenant.id());
                }
            } else if (retryable && isInFlight(tenant.id())) {
                inFlight.add(tenant.id());
                skipped.add(tenant);
            } else if (retryable && pauses < PAUSES.size()) {
                inFlight.remove(tenant.id());
                detachFailure(tenant.id());
                skipped.add(tenant);
            } else if (isLacking(tenant.id())) {
                noteFailure(tenant, failure);
            } else {
                // It was deleted, for example, before its change started, or during it.
                detachFailure(tenant.id());
                drop(tenant.id());
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void noteFailure(StoredTenant tenant, Throwable failure) {
        failed.add(tenant.id());
        judgedFailed++;
        String code = failure instanceof SaasException refused ? refused.code() : ErrorCodes.OPERATION_FAILED;
        String message = failure instanceof SaasException refused
                ? String.valueOf(refused.getMessage())
                : "An internal error occurred.";
        if (messages.size() < MAX_MESSAGES) {
            messages.add(tenant.name() + ": " + message);
        }
        boolean paused = recordFailure(tenant.id(), code, message);
        if (stage == CampaignStage.CANARIES || tooMany()) {
            // The run after the pause finds the failure on record, and ends the campaign.
            throw paused ? new OperationLeft() : tooManyFailed(failure);
        }
    }

    /** Stops a campaign whose last run was paused or killed between a failure and the end that follows from it. */
    private void requireFewFailures() {
        if (tooMany() || (judgedFailed > 0 && done + judgedFailed <= campaign.canaries())) {
            throw tooManyFailed(null);
        }
    }

    private SaasException tooManyFailed(@Nullable Throwable cause) {
        return new SaasException(
                ErrorCategory.CONFLICT,
                ErrorCodes.CAMPAIGN_STOPPED,
                "The campaign was stopped, because too many tenants failed. "
                        + (sum() + " " + String.join(" ", messages)).strip(),
                Map.of("done", Integer.toString(done), "failed", Integer.toString(failed.size())),
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
    private boolean recordFailure(TenantId tenant, String code, String message) {
        return context.catalog().transact(tx -> {
            boolean paused = requireMineOrPaused(tx).state() == OperationState.PAUSED;
            if (!results.has(tx, tenant, retriedAfter())) {
                tx.records(RecordTypes.OPERATIONS)
                        .insert(operationLeases
                                .draft(work.kind(), actor)
                                .tenantId(tenant)
                                .campaign(operation.id())
                                .state(OperationState.FAILED)
                                .errorCode(code)
                                .errorMessage(message)
                                .build());
            }
            return paused;
        });
    }

    private boolean tooMany() {
        Integer most = campaign.maxFailures();
        Integer percent = campaign.maxFailurePercent();
        int judged = judgedDone + judgedFailed;
        return (most != null && judgedFailed > most)
                || (percent != null && judged >= MIN_JUDGED && 100L * judgedFailed > (long) percent * judged);
    }

    private void stop(Throwable cause) {
        lock.lock();
        try {
            // That it was stopped, or taken over, says more than what came of it.
            if (stopped == null || cause instanceof OperationTakenOver) {
                stopped = cause;
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Helpers that the executor starts later find nothing to do. */
    private void awaitHelpers() {
        lock.lock();
        try {
            phaseEnded = true;
            while (working > 0) {
                changed.awaitUninterruptibly();
            }
        } finally {
            lock.unlock();
        }
    }
}
