// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.BackupSchedule;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.OperationInputs;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRunner;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.core.internal.server.ServerRegistry;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.UnaryOperator;

/** Backs up the tenants whose plan has a schedule. Each node makes one backup at a time. Thread-safe. */
public final class DueBackups {
    /** When a backup that failed is tried again, and when another node tries one whose node died before it began. */
    private static final Duration RETRY = Duration.ofHours(1);

    /** After this time, the caller gets a chance to do something else. */
    private static final long TURN_NANOS = TimeUnit.MINUTES.toNanos(10);

    private static final List<TenantState> STATES = List.of(TenantState.OPEN, TenantState.SUSPENDED);

    private final CoreContext context;
    private final ServerRegistry serverRegistry;
    private final ServerHealth serverHealth;
    private final OperationLeases operationLeases;
    private final OperationRunner operationRunner;
    private final BackupArchive archive;
    private final MakeBackupSaga makeBackupSaga;
    private final FailureLog failures;
    private final ReentrantLock turn = new ReentrantLock();

    public DueBackups(
            CoreContext context,
            ServerRegistry serverRegistry,
            ServerHealth serverHealth,
            OperationLeases operationLeases,
            OperationRunner operationRunner,
            BackupArchive archive,
            MakeBackupSaga makeBackupSaga) {
        this.context = context;
        this.serverRegistry = serverRegistry;
        this.serverHealth = serverHealth;
        this.operationLeases = operationLeases;
        this.operationRunner = operationRunner;
        this.archive = archive;
        this.makeBackupSaga = makeBackupSaga;
        this.failures = new FailureLog("dev.allotment.backups", context.node());
    }

    private record Due(StoredTenant tenant, BackupSchedule schedule) {}

    /** Makes backups until none is due, or the turn is over. Returns how many were made. */
    public int makeDue(Actor actor) {
        if (!archive.exists() || !turn.tryLock()) {
            return 0;
        }
        try {
            long begun = context.tick();
            int made = 0;
            Optional<Due> next = context.catalog().transact(this::take);
            while (next.isPresent()) {
                made += backUp(actor, next.get()) ? 1 : 0;
                next = context.tick() - begun < TURN_NANOS ? context.catalog().transact(this::take) : Optional.empty();
            }
            return made;
        } finally {
            turn.unlock();
        }
    }

    /** Postpones the next backup first, so that no other node makes it, too. */
    private Optional<Due> take(Transaction tx) {
        List<Plan> plans = tx.records(RecordTypes.PLANS).list(Query.where(Filter.notEqual(Plan.BACKUPS, null)));
        Instant now = context.now();
        Optional<Due> due = take(
                tx,
                plans,
                plans.stream().map(Plan::id).toList(),
                Filter.compare(StoredTenant.NEXT_BACKUP_AT, Filter.Operator.LESS_OR_EQUAL, now));
        for (Plan plan : plans) {
            BackupSchedule schedule = plan.backups();
            if (due.isEmpty() && schedule != null) {
                // The schedule was longer before, or a clock was ahead.
                Instant latest = now.plus(schedule.every()).plus(RETRY);
                due = take(
                        tx,
                        plans,
                        List.of(plan.id()),
                        Filter.compare(StoredTenant.NEXT_BACKUP_AT, Filter.Operator.GREATER, latest));
            }
        }
        return due;
    }

    private Optional<Due> take(Transaction tx, List<Plan> plans, List<PlanId> of, Filter<StoredTenant> due) {
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        return tenants.lockFree(Query.where(Filter.and(
                                Filter.in(StoredTenant.PLAN_ID, of),
                                Filter.in(StoredTenant.STATE, STATES),
                                Filter.not(Filter.in(StoredTenant.SERVER_ID, serverHealth.down())),
                                due))
                        .orderBy(StoredTenant.NEXT_BACKUP_AT))
                .flatMap(tenant -> plans.stream()
                        .filter(plan -> plan.id().equals(tenant.planId()))
                        .flatMap(plan -> Optional.ofNullable(plan.backups()).stream())
                        .findFirst()
                        .map(schedule -> {
                            tenants.update(next(tenant, RETRY));
                            return new Due(tenant, schedule);
                        }));
    }

    private StoredTenant next(StoredTenant tenant, Duration in) {
        return tenant.toBuilder().nextBackupAt(context.now().plus(in)).build();
    }

    private boolean backUp(Actor actor, Due due) {
        TenantId id = due.tenant().id();
        try {
            archive.requireReady(due.tenant().uuid());
            serverRegistry.databases(due.tenant().serverId()).transferFormat();
            StoredOperation.Builder draft = operationLeases
                    .draft(OperationKind.BACK_UP_TENANT, actor)
                    .tenantId(id)
                    .input(Map.of(OperationInputs.SCHEDULE, due.schedule().text()));
            return operationLeases.during(draft, () -> {
                Optional<StoredOperation> started = context.work().orAgain(tx -> start(tx, draft, due));
                started.ifPresent(each -> operationRunner.run(new StartedOperation<>(each, makeBackupSaga)));
                return started.isPresent();
            });
        } catch (RuntimeException e) {
            boolean busy = e instanceof SaasException known && known.code().equals(ErrorCodes.TENANT_BUSY);
            failures.warnUnless(busy, "A scheduled backup failed, and is tried again in an hour", id, e);
            update(id, tenant -> next(tenant, RETRY));
            return false;
        }
    }

    /** From then on, the recovery of operations finishes the backup if this node dies. */
    private Optional<StoredOperation> start(Transaction tx, StoredOperation.Builder draft, Due due) {
        Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
        Optional<StoredTenant> present =
                tenants.lock(due.tenant().id().value()).filter(tenant -> STATES.contains(tenant.state()));
        present.ifPresent(tenant -> tenants.update(next(tenant, due.schedule().every())));
        return present.map(tenant -> OperationLeases.start(tx, draft.build()));
    }

    private void update(TenantId id, UnaryOperator<StoredTenant> change) {
        context.catalog().transact(tx -> {
            Records<StoredTenant> tenants = tx.records(RecordTypes.TENANTS);
            tenants.lock(id.value()).map(change).ifPresent(tenants::update);
            return null;
        });
    }
}
