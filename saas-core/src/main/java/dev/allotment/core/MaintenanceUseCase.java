// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Maintenance;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Query;
import dev.allotment.RecordField;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Records;
import dev.allotment.spi.backend.Transaction;
import java.lang.System.Logger.Level;
import java.lang.System.Logger;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.IntSupplier;
import org.jspecify.annotations.Nullable;

/** Does what is due, one thing after the other; one that fails does not keep the others from being done. */
final class MaintenanceUseCase implements Maintenance {
    private static final Logger LOG = System.getLogger("dev.allotment.maintenance");
    private static final int BATCH = 100;
    /** One that could not be looked at is put off, so that it does not stand before all others. */
    private static final Duration RETRY = Duration.ofMinutes(1);

    /** How long whoever reads a client database may take, until another one tries. */
    private static final Duration SYNC_TAKES = Duration.ofMinutes(10);

    private final ControlPlane plane;
    private final Actor actor;

    MaintenanceUseCase(ControlPlane plane, Actor actor) {
        this.plane = plane;
        this.actor = actor;
    }

    @Override
    public int run() {
        Round round = due();
        for (String listener : plane.outbox.listeners()) {
            round.part("Telling listener " + listener, () -> plane.outbox.tell(listener));
        }
        return round.end();
    }

    @Override
    public int runDue() {
        return due().end();
    }

    private Round due() {
        requireRights();
        Round round = new Round();
        round.part("Asking database servers how they are", plane.fleet::look);
        round.part("Finishing operations", plane.sagas::recoverDue);
        round.part("Looking after client databases", this::sweepTenants);
        round.part("Reading client databases", this::syncTenants);
        round.part("Keeping templates up to date", plane.generations::tend);
        round.part("Keeping spare databases in stock", new SpareStock(plane)::tend);
        round.part("Removing what has expired", this::sweepSecrets);
        return round;
    }

    /** The parts of one call: one that fails does not keep the others from being done. */
    private static final class Round {
        private int done;
        private @Nullable Error error;

        void part(String what, IntSupplier work) {
            try {
                done += work.getAsInt();
            } catch (RuntimeException e) {
                LOG.log(Level.ERROR, what + " failed, and is tried again by a later call of the maintenance", e);
            } catch (Error e) {
                LOG.log(Level.ERROR, what + " failed", e);
                error = error == null ? e : error;
            }
        }

        int end() {
            if (error != null) {
                throw error;
            }
            return done;
        }
    }

    @Override
    public int recover() {
        requireRights();
        return plane.sagas.recoverDue();
    }

    @Override
    public List<String> listeners() {
        requireRights();
        return plane.outbox.listeners();
    }

    @Override
    public int deliver(String listener) {
        requireRights();
        return plane.outbox.tell(listener);
    }

    @Override
    public void renewLeases() {
        requireRights();
        plane.sagas.renew();
        plane.outbox.renew();
    }

    private void requireRights() {
        actor.requireAdministrator("run the maintenance");
    }

    private int sweepTenants() {
        List<Tenant> due =
                plane.catalog.transact(tx -> tx.records(RecordTypes.TENANTS).list(Schedule.due(plane.now(), BATCH)));
        int done = 0;
        for (Tenant tenant : due) {
            try {
                done += look(tenant) ? 1 : 0;
            } catch (RuntimeException e) {
                boolean busy = e instanceof SaasException known && known.code().equals(ErrorCodes.TENANT_BUSY);
                LOG.log(
                        busy ? Level.DEBUG : Level.WARNING,
                        "Client database " + tenant.id() + " could not be looked after: " + e.getMessage());
                plane.fleet.failed(tenant.serverId(), e);
                putOff(tenant);
            }
        }
        return done;
    }

    private void putOff(Tenant tenant) {
        try {
            plane.catalog.transact(tx -> {
                Tenant locked = TenantRules.lock(tx, tenant.id().value());
                tx.records(RecordTypes.TENANTS)
                        .update(locked.toBuilder()
                                .nextCheckAt(plane.now().plus(RETRY))
                                .build());
                return null;
            });
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "It could not be put off either: " + e.getMessage());
        }
    }

    /** What was decided about one tenant, and is now to be carried out. */
    private record Decision(Operation operation, Saga saga) {}

    private boolean look(Tenant seen) {
        Optional<Decision> decision = plane.catalog.transact(tx -> decide(tx, seen));
        decision.ifPresent(each -> {
            if (plane.fleet.seemsDown(seen.serverId())) {
                // It follows when its server is there again; what the catalog says counts from now on.
                plane.sagas.leaveToOthers(each.operation());
            } else {
                plane.sagas.run(each.operation(), each.saga());
            }
        });
        return decision.isPresent();
    }

    /** Under the tenant's lock: another node that looks at the same time finds it done. */
    private Optional<Decision> decide(Transaction tx, Tenant seen) {
        Instant now = plane.now();
        Tenant tenant = TenantRules.lock(tx, seen.id().value());
        Deletion deletion = new Deletion(plane, actor, new TenantUseCases(plane, actor));
        Operation.Builder draft = plane.sagas.draft(OperationKind.DELETE_TENANT, actor);
        Instant until = tenant.retainedUntil();
        if (tenant.state() == TenantState.RETAINED && until != null && !now.isBefore(until)) {
            return decided(deletion.remove(tx, tenant, draft));
        }
        if (tenant.state() != TenantState.OPEN && tenant.state() != TenantState.SUSPENDED) {
            return Optional.empty();
        }
        Schedule schedule = Schedule.of(tx, tenant);
        if (schedule.deletionDue(now)) {
            return decided(deletion.begin(tx, tenant, draft));
        }
        Tenant changed = tenant;
        if (schedule.noticeDue(now)) {
            Instant expiresAt = tenant.expiresAt();
            plane.events.add(
                    tx,
                    actor,
                    EventType.TENANT_EXPIRING,
                    tenant.id(),
                    tenant.ownerId(),
                    Map.of("name", tenant.name(), "expiresAt", String.valueOf(expiresAt)));
            changed = changed.toBuilder().notifiedFor(expiresAt).build();
        }
        List<String> causes = new ArrayList<>(tenant.suspendedFor());
        set(causes, Schedule.EXPIRED, schedule.expired(now));
        set(causes, Schedule.STORAGE, tenant.storageExceeded() && tenant.blockOnStorageExceed());
        tell(tx, tenant, causes);
        Operation operation = suspension(tx, tenant, causes);
        Tenant decided = changed.toBuilder()
                .suspendedFor(causes)
                .state(causes.isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED)
                .build();
        tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, decided, now));
        Sessions.closeWhereSuspended(tx, decided);
        return operation == null ? Optional.empty() : Optional.of(new Decision(operation, new UpdateSaga(plane)));
    }

    private static Optional<Decision> decided(Begun begun) {
        return Optional.of(new Decision(begun.operation(), begun.saga()));
    }

    private void tell(Transaction tx, Tenant tenant, List<String> causes) {
        for (String cause : List.of(Schedule.EXPIRED, Schedule.STORAGE)) {
            boolean before = tenant.suspendedFor().contains(cause);
            boolean now = causes.contains(cause);
            if (before != now) {
                EventType type = now ? EventType.TENANT_SUSPENDED : EventType.TENANT_RESUMED;
                plane.events.add(
                        tx, actor, type, tenant.id(), tenant.ownerId(), Map.of("name", tenant.name(), "cause", cause));
            }
        }
    }

    private @Nullable Operation suspension(Transaction tx, Tenant tenant, List<String> causes) {
        boolean suspended = tenant.state() == TenantState.SUSPENDED;
        if (suspended != causes.isEmpty()) {
            return null;
        }
        return begin(tx, causes.isEmpty() ? OperationKind.RESUME_TENANT : OperationKind.SUSPEND_TENANT, tenant);
    }

    private Operation begin(Transaction tx, OperationKind kind, Tenant tenant) {
        return plane.sagas.begin(
                tx, plane.sagas.draft(kind, actor).tenantId(tenant.id()).build());
    }

    private static void set(List<String> causes, String cause, boolean holds) {
        causes.remove(cause);
        if (holds) {
            causes.add(cause);
        }
    }

    private int syncTenants() {
        TenantUseCases tenants = new TenantUseCases(plane, actor);
        int done = 0;
        for (int i = 0; i < BATCH; i++) {
            Optional<Tenant> next = plane.catalog.transact(this::takeUnread);
            if (next.isEmpty()) {
                break;
            }
            done += sync(tenants, next.get()) ? 1 : 0;
        }
        return done;
    }

    /** Puts it off first, so that no other node reads it meanwhile. */
    private Optional<Tenant> takeUnread(Transaction tx) {
        Instant now = plane.now();
        List<ServerId> down = plane.fleet.down();
        Records<Tenant> tenants = tx.records(RecordTypes.TENANTS);
        return tenants.lockFree(Schedule.unread(now, down))
                .or(() -> tenants.lockFree(Schedule.unreadForLong(now, down)))
                .map(tenant -> {
                    tenants.update(
                            tenant.toBuilder().nextSyncAt(now.plus(SYNC_TAKES)).build());
                    return tenant;
                });
    }

    /**
     * One that cannot be read counts as read, so that the others get their turn; those of a server that is down wait until it is
     * up, and hold up nobody.
     */
    private boolean sync(TenantUseCases tenants, Tenant tenant) {
        try {
            tenants.sync(tenant.id());
            return true;
        } catch (RuntimeException e) {
            LOG.log(Level.WARNING, "Client database " + tenant.id() + " could not be read: " + e.getMessage());
            tenants.markNotRead(tenant.id(), plane.fleet.failed(tenant.serverId(), e));
            return false;
        }
    }

    /** Tokens and sessions that nobody can use any more. */
    private int sweepSecrets() {
        return plane.catalog.transact(tx -> {
            Query<Object> over = Query.where(Filter.compare(RecordField.named("expiresAt"), Filter.Operator.LESS_OR_EQUAL, plane.now()))
                    .orderBy(RecordField.named("expiresAt"))
                    .page(0, BATCH);
            int gone = 0;
            for (RecordType<?> type : List.of(
                    RecordTypes.ACCESS_TOKENS,
                    RecordTypes.AUTHORIZATION_CODES,
                    RecordTypes.PASSWORD_RESETS,
                    RecordTypes.SESSIONS)) {
                gone += remove(tx, type, over);
            }
            return gone;
        });
    }

    private static <R extends Record> int remove(Transaction tx, RecordType<R> type, Query<Object> query) {
        List<R> found = tx.records(type).list(query);
        found.forEach(each -> tx.records(type).delete(type.id(each)));
        return found.size();
    }
}
