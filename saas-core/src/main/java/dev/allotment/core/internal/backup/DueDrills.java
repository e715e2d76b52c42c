// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.BackupDrill;
import dev.allotment.BackupDrills;
import dev.allotment.BackupId;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRunner;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Restores backups as drills: on request, and in the maintenance of one tenant a day. Thread-safe. */
public final class DueDrills {
    private static final Duration EVERY = Duration.ofDays(1);
    /** How often this node looks whether a drill is due. */
    private static final long LOOK_AFTER = TimeUnit.MINUTES.toNanos(10);
    /** Tenants that this node looks at in a row, if each of them is skipped. */
    private static final int MOST_CONSIDERED = 20;

    private final CoreContext context;
    private final ServerHealth serverHealth;
    private final OperationLeases operationLeases;
    private final OperationRunner operationRunner;
    private final BackupArchive archive;
    private final DrillSaga drillSaga;
    private final boolean enabled;
    private volatile @Nullable Long looked;

    /** @param enabled whether the maintenance does drills */
    public DueDrills(
            CoreContext context,
            ServerHealth serverHealth,
            OperationLeases operationLeases,
            OperationRunner operationRunner,
            BackupArchive archive,
            DrillSaga drillSaga,
            boolean enabled) {
        this.context = context;
        this.serverHealth = serverHealth;
        this.operationLeases = operationLeases;
        this.operationRunner = operationRunner;
        this.archive = archive;
        this.drillSaga = drillSaga;
        this.enabled = enabled;
    }

    public BackupDrills results() {
        DrillRecord last = context.catalog().transact(DrillRecord::read);
        return new BackupDrills(last.succeededAt(), last.failed(), last.last(), nextAt(last));
    }

    private @Nullable Instant nextAt(DrillRecord last) {
        if (!enabled || !archive.exists()) {
            return null;
        }
        Instant started = last.startedAt();
        return started == null || isDue(last) ? context.now() : started.plus(EVERY);
    }

    /**
     * Restores a backup that was requested.
     *
     * @param wanted null: the newest one
     */
    public BackupDrill drill(Actor actor, StoredTenant tenant, @Nullable BackupId wanted) {
        BackupId backup = existing(tenant, wanted);
        return run(actor, tenant, backup, tx -> true).orElseThrow();
    }

    /** Starts a drill that was requested, unless an earlier request with the same key did. */
    public StoredOperation drillLater(
            Actor actor, StoredTenant tenant, @Nullable BackupId wanted, @Nullable String idempotencyKey) {
        String key = idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey);
        StoredOperation.Builder draft = operationLeases
                .draft(OperationKind.DRILL_BACKUP, actor)
                .step(OperationLeases.QUEUED)
                .idempotencyKey(key)
                .fingerprint(RequestFingerprint.of(
                        "drill", Map.of("tenant", tenant.id().toString(), "backup", String.valueOf(wanted))));
        return Idempotency.orRunning(
                context.catalog(),
                key,
                () -> operationLeases.during(draft, () -> {
                    StoredOperation started = context.catalog()
                            .transact(tx -> Idempotency.earlier(tx, draft, key))
                            .orElseGet(() -> start(draft, tenant, existing(tenant, wanted), tx -> true)
                                    .orElseThrow());
                    if (started.uuid().equals(draft.build().uuid())) {
                        operationRunner.handOver(new StartedOperation<>(started, drillSaga));
                    }
                    return started;
                }));
    }

    private BackupId existing(StoredTenant tenant, @Nullable BackupId wanted) {
        archive.requireUsable();
        if (wanted != null && !archive.isListed(tenant.uuid(), wanted)) {
            throw BackupArchive.missing(wanted);
        }
        return wanted != null
                ? wanted
                : archive.newest(tenant.uuid())
                        .orElseThrow(() -> SaasException.notFound(
                                ErrorCodes.RECORD_MISSING, "Tenant \"" + tenant.name() + "\" has no backup."));
    }

    private interface Turn {
        /** Whether the drill is still to be done; called with the lock on the tenant. */
        boolean isMine(Transaction tx);
    }

    private Optional<BackupDrill> run(Actor actor, StoredTenant tenant, BackupId backup, Turn turn) {
        StoredOperation.Builder draft = operationLeases.draft(OperationKind.DRILL_BACKUP, actor);
        return operationLeases.during(
                draft,
                () -> start(draft, tenant, backup, turn)
                        .map(started -> operationRunner
                                .run(new StartedOperation<>(started, drillSaga))
                                .drill(Duration.between(started.createdAt(), context.now()))));
    }

    /** Stores a drill if it is still to be done, or returns the one that an earlier request with its key started. */
    private Optional<StoredOperation> start(
            StoredOperation.Builder draft, StoredTenant tenant, BackupId backup, Turn turn) {
        return context.work().orAgain(tx -> {
            Optional<StoredOperation> earlier =
                    Idempotency.earlier(tx, draft, draft.build().idempotencyKey());
            if (earlier.isPresent()) {
                return earlier;
            }
            StoredTenant locked = TenantRows.lock(tx, tenant.id().value());
            TenantRows.requireState(
                    locked, "restored as a drill", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
            // A deletion for good ends the drills that have started before it.
            OperationLeases.requireIdle(tx, tenant.id());
            return turn.isMine(tx)
                    ? Optional.of(tx.records(RecordTypes.OPERATIONS)
                            .insert(draft.input(DrillSaga.input(locked, backup)).build()))
                    : Optional.<StoredOperation>empty();
        });
    }

    /**
     * Restores a backup if a drill is due; returns how many. Only a tenant that has no scheduled backup, or on which
     * another operation works, is skipped: a backup that cannot be read is a drill that fails.
     *
     * @throws SaasException if the drill has failed; {@code backup.store-failed} and {@code backup.key-missing} before
     *     the turn of any tenant, too
     */
    public int drillDue(Actor actor) {
        Long last = looked;
        if (!enabled || !archive.exists() || (last != null && context.tick() - last < LOOK_AFTER)) {
            return 0;
        }
        looked = context.tick();
        DrillRecord before = context.catalog().transact(DrillRecord::read);
        if (!isDue(before)) {
            return 0;
        }
        archive.requireUsable();
        for (StoredTenant tenant : context.catalog().transact(tx -> next(tx, before.tenant()))) {
            Optional<BackupId> backup = archive.newestScheduled(tenant.uuid());
            if (backup.isPresent()) {
                try {
                    return drillAsDue(actor, tenant, backup.get()) ? 1 : 0;
                } catch (SaasException e) {
                    if (!e.code().equals(ErrorCodes.TENANT_BUSY)) {
                        throw e;
                    }
                }
            }
            context.work().orAgain(tx -> {
                DrillRecord now = DrillRecord.lock(tx);
                now.considered(tenant.id()).store(tx);
                return now;
            });
        }
        return 0;
    }

    private boolean isDue(DrillRecord last) {
        Instant started = last.startedAt();
        Instant now = context.now();
        // A clock may have been ahead.
        return started == null || !started.isAfter(now.minus(EVERY)) || started.isAfter(now.plus(EVERY));
    }

    private boolean drillAsDue(Actor actor, StoredTenant tenant, BackupId backup) {
        return run(actor, tenant, backup, tx -> {
                    DrillRecord now = DrillRecord.lock(tx);
                    boolean mine = isDue(now);
                    if (mine) {
                        now.started(tenant.id(), context.now()).store(tx);
                    }
                    return mine;
                })
                .isPresent();
    }

    /** The tenants after one, in the order of their ids, and then the first ones. */
    private List<StoredTenant> next(Transaction tx, TenantId after) {
        List<PlanId> plans =
                tx.records(RecordTypes.PLANS).list(Query.where(Filter.notEqual(Plan.BACKUPS, null))).stream()
                        .map(Plan::id)
                        .toList();
        if (plans.isEmpty()) {
            return List.of();
        }
        Filter<StoredTenant> backedUp = Filter.and(
                Filter.in(StoredTenant.PLAN_ID, plans),
                Filter.in(StoredTenant.STATE, List.of(TenantState.OPEN, TenantState.SUSPENDED)),
                Filter.not(Filter.in(StoredTenant.SERVER_ID, serverHealth.down())));
        List<StoredTenant> found = new ArrayList<>(
                page(tx, Filter.and(backedUp, Filter.compare(StoredTenant.ID, Filter.Operator.GREATER, after))));
        found.addAll(
                page(tx, Filter.and(backedUp, Filter.compare(StoredTenant.ID, Filter.Operator.LESS_OR_EQUAL, after))));
        return found.subList(0, Math.min(MOST_CONSIDERED, found.size()));
    }

    private static List<StoredTenant> page(Transaction tx, Filter<StoredTenant> which) {
        return tx.records(RecordTypes.TENANTS)
                .list(Query.where(which).orderBy(StoredTenant.ID).page(0, MOST_CONSIDERED));
    }

    /**
     * Ends the drills of a tenant that is deleted for good, and deletes their databases.
     *
     * @throws SaasException {@code operation.unfinished} if one cannot be ended yet
     */
    public void end(UUID tenant) {
        for (StoredOperation drill : running(tenant)) {
            Optional<StoredOperation> ended = context.catalog()
                    .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                            .lock(drill.id().value())
                            .filter(each -> each.state() == OperationState.RUNNING)
                            .map(each -> {
                                StoredOperation change = each.toBuilder()
                                        .fencingToken(each.fencingToken() + 1)
                                        .leaseUntil(Instant.EPOCH)
                                        .errorCode(ErrorCodes.OPERATION_SUPERSEDED)
                                        .errorMessage("The tenant is being deleted for good.")
                                        .updatedAt(context.now())
                                        .build();
                                tx.records(RecordTypes.OPERATIONS).update(change);
                                return change;
                            }));
            ended.ifPresent(each -> operationRunner.takeOver(each, drillSaga));
        }
        if (!running(tenant).isEmpty()) {
            throw SaasException.unavailable(
                    ErrorCodes.OPERATION_UNFINISHED,
                    "A drill has restored a backup of this tenant, and its database could not be deleted yet.",
                    null);
        }
    }

    private static List<StoredOperation> running(Transaction tx) {
        return tx.records(RecordTypes.OPERATIONS)
                .list(Query.where(Filter.and(
                        Filter.equal(StoredOperation.KIND, OperationKind.DRILL_BACKUP),
                        Filter.equal(StoredOperation.STATE, OperationState.RUNNING))));
    }

    private List<StoredOperation> running(UUID tenant) {
        return context.catalog().transact(tx -> running(tx)).stream()
                .filter(each -> DrillSaga.source(each).equals(tenant))
                .toList();
    }
}
