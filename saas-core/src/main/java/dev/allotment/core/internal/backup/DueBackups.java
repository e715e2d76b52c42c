// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.BackupSchedule;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.backup.OverdueBackup;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.OperationTakenOver;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Backs up the tenants whose plan has a schedule. Each node makes one backup at a time. Thread-safe. */
public final class DueBackups {
    /** When a backup that failed is tried again, and when another node tries one whose node died before it started. */
    static final Duration RETRY = Duration.ofHours(1);

    /** After this time, the caller gets a chance to do something else. */
    private static final long TURN_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** How long this node makes no backups after a failure that every tenant would have. */
    private static final Duration PAUSE = Duration.ofMinutes(5);

    private static final Set<String> COMMON_FAILURES = Set.of(
            ErrorCodes.BACKUP_STORE_FAILED,
            ErrorCodes.BACKUP_NO_STORE,
            ErrorCodes.BACKUP_KEY_MISSING,
            ErrorCodes.BACKUP_KEY_WRONG);

    private static final List<TenantState> STATES = List.of(TenantState.OPEN, TenantState.SUSPENDED);

    private final CoreContext context;
    private final ServerHealth serverHealth;
    private final OperationEngine operations;
    private final BackupArchive archive;
    private final MakeBackupSaga makeBackupSaga;
    private final FailureLog failures;
    private final ReentrantLock turn = new ReentrantLock();
    /** A tick; null: none of the last backups had a common failure. Only the thread that has the turn uses it. */
    private @Nullable Long pausedSince;

    /** Whether a backup was made since the last pause, so that a failure is that of its tenant. */
    private boolean works;

    public DueBackups(
            CoreContext context,
            ServerHealth serverHealth,
            OperationEngine operations,
            BackupArchive archive,
            MakeBackupSaga makeBackupSaga) {
        this.context = context;
        this.serverHealth = serverHealth;
        this.operations = operations;
        this.archive = archive;
        this.makeBackupSaga = makeBackupSaga;
        this.failures = new FailureLog("dev.allotment.backups", context.node());
    }

    private record Due(StoredTenant tenant, BackupSchedule schedule) {}

    /** Makes backups until none is due, or the turn has lasted long enough. Returns how many were made. */
    public int makeDue(Actor actor) {
        if (!archive.exists() || !turn.tryLock()) {
            return 0;
        }
        try {
            long begun = context.tick();
            int made = 0;
            Optional<Due> next = isReady() ? context.catalog().transact(this::take) : Optional.empty();
            while (next.isPresent()) {
                made += backUp(actor, next.get()) ? 1 : 0;
                boolean more = pausedSince == null && context.tick() - begun < TURN_NANOS;
                next = more ? context.catalog().transact(this::take) : Optional.empty();
            }
            return made;
        } finally {
            turn.unlock();
        }
    }

    /** The tenants that have waited for longer than {@link #RETRY}, those that wait longest first. */
    public List<OverdueBackup> overdue(int most) {
        if (!archive.exists()) {
            return List.of();
        }
        Instant before = context.now().minus(RETRY);
        List<OverdueBackup> found = new ArrayList<>();
        context.catalog().transact(tx -> {
            found.clear();
            for (Plan plan : tx.records(RecordTypes.PLANS).list(Query.where(Filter.notEqual(Plan.BACKUPS, null)))) {
                Filter<StoredTenant> waiting = Filter.and(
                        Filter.equal(StoredTenant.PLAN_ID, plan.id()),
                        Filter.in(StoredTenant.STATE, STATES),
                        Filter.equal(StoredTenant.PREVIEW_OF, null),
                        isNext(Filter.Operator.LESS, before),
                        Filter.compare(StoredTenant.CREATED_AT, Filter.Operator.LESS, before));
                tx.records(RecordTypes.TENANTS)
                        .list(Query.where(waiting)
                                .orderBy(StoredTenant.NEXT_BACKUP_AT)
                                .page(0, most))
                        .forEach(each -> found.add(overdue(each)));
            }
            return null;
        });
        return found.stream()
                .sorted(Comparator.comparing(OverdueBackup::dueAt))
                .limit(most)
                .toList();
    }

    /** The first backup is due when the tenant is created. */
    private static OverdueBackup overdue(StoredTenant tenant) {
        Instant next = tenant.nextBackupAt();
        Instant created = tenant.createdAt();
        return new OverdueBackup(tenant.id(), tenant.name(), next.isAfter(created) ? next : created);
    }

    private boolean isReady() {
        Long since = pausedSince;
        if (since != null && context.tick() - since < PAUSE.toNanos()) {
            return false;
        }
        pausedSince = null;
        try {
            archive.requireUsable();
            return true;
        } catch (SaasException e) {
            failures.warn("No tenant can be backed up. This node tries again in five minutes", e);
            pausedSince = context.tick();
            return false;
        }
    }

    /** Postpones the next backup first, so that no other node makes it, too. */
    private Optional<Due> take(Transaction tx) {
        List<Plan> plans = tx.records(RecordTypes.PLANS).list(Query.where(Filter.notEqual(Plan.BACKUPS, null)));
        Instant now = context.now();
        Optional<Due> due = longestWaiting(tx, plans, schedule -> isNext(Filter.Operator.LESS_OR_EQUAL, now))
                // The schedule was longer before, or a clock was ahead.
                .or(() -> longestWaiting(
                        tx,
                        plans,
                        schedule -> isNext(
                                Filter.Operator.GREATER,
                                now.plus(schedule.every()).plus(RETRY))));
        due.ifPresent(each -> tx.records(RecordTypes.TENANTS).update(next(each.tenant(), RETRY)));
        return due;
    }

    private static Filter<StoredTenant> isNext(Filter.Operator operator, Instant than) {
        return Filter.compare(StoredTenant.NEXT_BACKUP_AT, operator, than);
    }

    /** Searches each plan separately, so that the index on the plan and the time is used. */
    private Optional<Due> longestWaiting(
            Transaction tx, List<Plan> plans, Function<BackupSchedule, Filter<StoredTenant>> isDue) {
        List<Due> found = new ArrayList<>();
        for (Plan plan : plans) {
            BackupSchedule schedule = plan.backups();
            if (schedule != null) {
                tx.records(RecordTypes.TENANTS)
                        .lockFree(Query.where(Filter.and(
                                        Filter.equal(StoredTenant.PLAN_ID, plan.id()),
                                        Filter.in(StoredTenant.STATE, STATES),
                                        Filter.equal(StoredTenant.PREVIEW_OF, null),
                                        Filter.not(Filter.in(StoredTenant.SERVER_ID, serverHealth.down())),
                                        isDue.apply(schedule)))
                                .orderBy(StoredTenant.NEXT_BACKUP_AT))
                        .ifPresent(tenant -> found.add(new Due(tenant, schedule)));
            }
        }
        return found.stream().min(Comparator.comparing(due -> due.tenant().nextBackupAt()));
    }

    private StoredTenant next(StoredTenant tenant, Duration in) {
        return tenant.toBuilder().nextBackupAt(context.now().plus(in)).build();
    }

    /** What keeps one tenant from being backed up is found by the operation, so that operators see it in the list. */
    private boolean backUp(Actor actor, Due due) {
        TenantId id = due.tenant().id();
        try {
            StoredOperation.Builder draft = operations
                    .draft(OperationKind.BACK_UP_TENANT, actor)
                    .tenantId(id)
                    .input(MakeBackupSaga.INPUT.write(
                            new MakeBackupSaga.Input(due.schedule().text(), null, null)));
            boolean made = operations
                    .run(new OperationRequest<>(draft, tx -> start(tx, draft, due)))
                    .isPresent();
            works |= made;
            return made;
        } catch (OperationTakenOver e) {
            // Another node makes this backup.
            return false;
        } catch (RuntimeException e) {
            String code = e instanceof SaasException known ? known.code() : "";
            if (code.equals(ErrorCodes.BACKUP_LIMIT_REACHED)) {
                // The operation has added an event.
                return false;
            }
            if (COMMON_FAILURES.contains(code) && !works) {
                failures.warn("A scheduled backup failed. This node makes the next one in five minutes", id, e);
                pausedSince = context.tick();
                // Others are first: the failure may be that of this tenant only.
                update(id, tenant -> next(tenant, PAUSE));
            } else {
                boolean busy = code.equals(ErrorCodes.TENANT_BUSY);
                failures.warnUnless(busy, "A scheduled backup failed, and is tried again in an hour", id, e);
                update(id, tenant -> next(tenant, RETRY));
                works &= !COMMON_FAILURES.contains(code);
            }
            return false;
        }
    }

    /** From then on, the recovery of operations finishes the backup if this node dies. */
    private Optional<StartedOperation<MadeBackup>> start(Transaction tx, StoredOperation.Builder draft, Due due) {
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        Optional<StoredTenant> present =
                tenants.lock(due.tenant().id().value()).filter(tenant -> STATES.contains(tenant.state()));
        present.ifPresent(tenant -> tenants.update(next(tenant, due.schedule().every())));
        return present.map(tenant -> StartedOperation.store(tx, draft, makeBackupSaga));
    }

    private void update(TenantId id, UnaryOperator<StoredTenant> change) {
        context.catalog().transact(tx -> {
            Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
            tenants.lock(id.value()).map(change).ifPresent(tenants::update);
            return null;
        });
    }
}
