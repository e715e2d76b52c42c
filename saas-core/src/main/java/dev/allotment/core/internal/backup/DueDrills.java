// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.backup;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.backup.BackupDrill;
import dev.allotment.backup.BackupDrills;
import dev.allotment.backup.BackupId;
import dev.allotment.core.internal.backup.archive.BackupArchive;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.Idempotency;
import dev.allotment.core.internal.base.RequestFingerprint;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.spi.backend.DrillTurn;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Restores backups as drills: on request, and in the maintenance of each tenant in its turn. Thread-safe. */
public final class DueDrills {
    private static final Duration EVERY = Duration.ofDays(1);
    /** How often this node looks whether a drill is due. */
    private static final long LOOK_AFTER = TimeUnit.MINUTES.toNanos(10);
    /** After this time, the caller gets a chance to do something else. */
    private static final long TURN_NANOS = TimeUnit.MINUTES.toNanos(10);

    /** Tenants that this node looks at in a row, if each of them is skipped. */
    private static final int MOST_SKIPPED = 20;

    private static final List<TenantState> STATES = List.of(TenantState.OPEN, TenantState.SUSPENDED);

    private final CoreContext context;
    private final ServerHealth serverHealth;
    private final OperationEngine operations;
    private final BackupArchive archive;
    private final DrillSaga drillSaga;
    private final DrillTurns turns;
    private volatile @Nullable Long looked;

    public DueDrills(
            CoreContext context,
            ServerHealth serverHealth,
            OperationEngine operations,
            BackupArchive archive,
            DrillSaga drillSaga,
            DrillTurns turns) {
        this.context = context;
        this.serverHealth = serverHealth;
        this.operations = operations;
        this.archive = archive;
        this.drillSaga = drillSaga;
        this.turns = turns;
    }

    public BackupDrills results() {
        return context.catalog().transact(tx -> {
            DrillRecord last = DrillRecord.read(tx);
            return new BackupDrills(
                    last.succeededAt(),
                    last.failed(),
                    last.last(),
                    nextAt(tx, last),
                    archive.exists() ? turns.overdue(tx) : 0);
        });
    }

    private @Nullable Instant nextAt(Transaction tx, DrillRecord last) {
        if (!turns.areTaken() || !archive.exists()) {
            return null;
        }
        Instant now = context.now();
        Instant started = last.startedAt();
        Instant daily = started == null || isDue(last) ? now : started.plus(EVERY);
        Instant first = DrillTurns.first(tx, 1).stream()
                .map(DrillTurn::nextAt)
                .findFirst()
                .orElse(daily);
        Instant next = first.isBefore(daily) ? first : daily;
        return next.isBefore(now) ? now : next;
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

    /** A drill that was requested. Whether the backup exists is checked when it starts. */
    public OperationRequest<?> drilling(
            Actor actor, StoredTenant tenant, @Nullable BackupId wanted, @Nullable String idempotencyKey) {
        String key = idempotencyKey == null ? null : Idempotency.scoped(actor, idempotencyKey);
        StoredOperation.Builder draft = operations
                .draft(OperationKind.DRILL_BACKUP, actor)
                .idempotencyKey(key)
                .fingerprint(RequestFingerprint.of(
                        "drill", Map.of("tenant", tenant.id().toString(), "backup", String.valueOf(wanted))));
        return OperationRequest.prepared(draft, () -> {
            BackupId backup = existing(tenant, wanted);
            return tx -> start(tx, draft, tenant, backup, always -> true);
        });
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
        StoredOperation.Builder draft = operations.draft(OperationKind.DRILL_BACKUP, actor);
        return operations
                .run(new OperationRequest<DrillSaga.Found>(draft, tx -> start(tx, draft, tenant, backup, turn)))
                .flatMap(outcome -> outcome.found()
                        .map(found ->
                                found.drill(Duration.between(outcome.operation().createdAt(), context.now()))));
    }

    /** Stores a drill if it is still to be done. */
    private Optional<StartedOperation<DrillSaga.Found>> start(
            Transaction tx, StoredOperation.Builder draft, StoredTenant tenant, BackupId backup, Turn turn) {
        StoredTenant locked = TenantRows.lock(tx, tenant.id().value());
        TenantRows.requireState(
                locked, "restored as a drill", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
        // A deletion for good ends the drills that have started before it.
        OperationLeases.requireIdle(tx, tenant.id());
        return turn.isMine(tx)
                ? Optional.of(StartedOperation.store(tx, draft.input(DrillSaga.input(locked, backup)), drillSaga))
                : Optional.empty();
    }

    /**
     * Restores backups until no drill is due, or the turn has lasted long enough; returns how many. A tenant that has
     * no
     * scheduled backup is skipped. One on which another operation works, or whose server is down, waits for an hour. A
     * backup that cannot be read is a drill that fails.
     *
     * @throws SaasException if a drill has failed; {@code backup.store-failed} and {@code backup.key-missing} before
     * the
     *     turn of any tenant, too
     */
    public int drillDue(Actor actor) {
        Long last = looked;
        if (!turns.areTaken() || !archive.exists() || (last != null && context.tick() - last < LOOK_AFTER)) {
            return 0;
        }
        long start = context.tick();
        looked = start;
        int done = 0;
        SaasException failure = null;
        Set<Long> skipped = new HashSet<>();
        Optional<DrillTurn> next = next(skipped);
        if (next.isPresent()) {
            archive.requireUsable();
        }
        while (next.isPresent()) {
            try {
                if (drillAsDue(actor, next.get())) {
                    done++;
                } else {
                    skipped.add(next.get().id());
                }
            } catch (SaasException e) {
                failure = failure == null ? e : failure;
                skipped.add(next.get().id());
                if (e.code().equals(ErrorCodes.BACKUP_STORE_FAILED)) {
                    break;
                }
            }
            boolean more = context.tick() - start < TURN_NANOS && skipped.size() < MOST_SKIPPED;
            next = more ? next(skipped) : Optional.empty();
            // Those that are left need not wait until this node looks again.
            looked = more ? looked : null;
        }
        if (failure != null) {
            throw failure;
        }
        return done;
    }

    /** The first turn that was not skipped, if it is due, or if there was no drill for a day. */
    private Optional<DrillTurn> next(Set<Long> skipped) {
        return context.catalog().transact(tx -> {
            boolean daily = isDue(DrillRecord.read(tx));
            return DrillTurns.first(tx, skipped.size() + 1).stream()
                    .filter(each -> !skipped.contains(each.id()))
                    .filter(each -> daily || turns.isDue(each))
                    .findFirst();
        });
    }

    private boolean isDue(DrillRecord last) {
        Instant started = last.startedAt();
        Instant now = context.now();
        // A clock may have been ahead.
        return started == null || !started.isAfter(now.minus(EVERY)) || started.isAfter(now.plus(EVERY));
    }

    private boolean drillAsDue(Actor actor, DrillTurn turn) {
        Optional<StoredTenant> tenant = context.catalog().transact(tx -> backedUp(tx, turn));
        Optional<BackupId> backup = tenant.flatMap(each -> archive.newestScheduled(each.uuid()));
        if (backup.isEmpty()) {
            change(tx -> DrillTurns.remove(tx, turn));
            return false;
        }
        if (serverHealth.seemsDown(tenant.get().serverId())) {
            change(tx -> turns.postpone(tx, turn));
            return false;
        }
        try {
            return run(actor, tenant.get(), backup.get(), tx -> isMine(tx, turn))
                    .isPresent();
        } catch (SaasException e) {
            if (!e.code().equals(ErrorCodes.TENANT_BUSY)) {
                throw e;
            }
            change(tx -> turns.postpone(tx, turn));
            return false;
        }
    }

    private boolean isMine(Transaction tx, DrillTurn turn) {
        DrillRecord now = DrillRecord.lock(tx);
        boolean mine = (isDue(now) || turns.isDue(turn)) && turns.take(tx, turn);
        if (mine) {
            now.started(context.now()).store(tx);
        }
        return mine;
    }

    private void change(Consumer<Transaction> work) {
        context.work().orAgain(tx -> {
            work.accept(tx);
            return tx;
        });
    }

    /** The tenant of a turn, if the maintenance backs it up. */
    private static Optional<StoredTenant> backedUp(Transaction tx, DrillTurn turn) {
        return tx.records(RecordTypes.TENANTS)
                .find(turn.tenantId().value())
                .filter(each -> STATES.contains(each.state()))
                .filter(each -> each.planId() != null
                        && tx.records(RecordTypes.PLANS)
                                .find(each.planId().value())
                                .filter(plan -> plan.backups() != null)
                                .isPresent());
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
            ended.ifPresent(each -> operations.takeOver(each, drillSaga));
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
