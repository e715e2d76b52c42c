// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.FailureLog;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.operation.SupersededOperations;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.server.ServerHealth;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.configuration.TenantMigration;
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
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * Checks the tenants that are due by their {@link SuspensionSchedule}: announces expiry and payments, suspends, resumes
 * and deletes.
 */
public final class TenantChecks {
    private static final int BATCH = 100;

    /** When a tenant that could not be checked is checked again; meanwhile, it does not block the others. */
    private static final Duration RETRY = Duration.ofMinutes(1);

    private final CoreContext context;
    private final ServerHealth serverHealth;
    private final OperationEngine operations;
    private final SupersededOperations supersededOperations;
    private final UpdateSaga updateSaga;
    private final TenantDeletion tenantDeletion;
    private final TenantMigration tenantMigration;
    private final FailureLog failures;

    public TenantChecks(
            CoreContext context,
            ServerHealth serverHealth,
            OperationEngine operations,
            SupersededOperations supersededOperations,
            UpdateSaga updateSaga,
            TenantDeletion tenantDeletion,
            TenantMigration tenantMigration) {
        this.context = context;
        this.serverHealth = serverHealth;
        this.operations = operations;
        this.supersededOperations = supersededOperations;
        this.updateSaga = updateSaga;
        this.tenantDeletion = tenantDeletion;
        this.tenantMigration = tenantMigration;
        this.failures = new FailureLog("dev.allotment.maintenance", context.node());
    }

    int checkDue(Actor actor) {
        int done = 0;
        for (int i = 0; i < BATCH; i++) {
            Optional<StoredTenant> next = context.catalog().transact(this::takeDue);
            if (next.isEmpty()) {
                break;
            }
            StoredTenant tenant = next.get();
            try {
                done += check(actor, tenant) ? 1 : 0;
            } catch (RuntimeException e) {
                boolean busy = e instanceof SaasException known && known.code().equals(ErrorCodes.TENANT_BUSY);
                failures.warnUnless(busy, "A tenant could not be checked", tenant.id(), e);
                serverHealth.failed(tenant.serverId(), e);
            }
        }
        return done;
    }

    /** Postpones the check first, so that no other node works on the same tenant, nor waits for it. */
    private Optional<StoredTenant> takeDue(Transaction tx) {
        Instant now = context.now();
        return tx.records(RecordTypes.TENANTS)
                .lockFree(SuspensionSchedule.due(now))
                .map(tenant -> {
                    tx.records(RecordTypes.TENANTS)
                            .update(tenant.toBuilder()
                                    .nextCheckAt(now.plus(RETRY))
                                    .build());
                    return tenant;
                });
    }

    private boolean check(Actor actor, StoredTenant seen) {
        if (!serverHealth.seemsDown(seen.serverId()) && context.catalog().transact(tx -> resumes(tx, seen))) {
            tenantMigration.beforeOpening(actor, seen.id());
        }
        Optional<StartedOperation<?>> decision = context.catalog().transact(tx -> decide(actor, tx, seen));
        decision.ifPresent(each -> {
            if (serverHealth.seemsDown(seen.serverId())) {
                // The database follows when its server is back; the catalog counts from now on.
                operations.leaveToOthers(each.operation());
            } else {
                operations.run(each);
            }
        });
        return decision.isPresent();
    }

    private boolean resumes(Transaction tx, StoredTenant seen) {
        return seen.state() == TenantState.SUSPENDED
                && !seen.suspendedFor().contains(SuspensionSchedule.MANUAL)
                && !seen.suspendedFor().contains(SuspensionSchedule.SWAPPED)
                && SuspensionSchedule.causes(tx, seen, context.now()).isEmpty();
    }

    /** Runs under the tenant's lock: another node that checks at the same time finds the work done. */
    private Optional<StartedOperation<?>> decide(Actor actor, Transaction tx, StoredTenant seen) {
        Instant now = context.now();
        StoredOperation.Builder draft = operations.draft(OperationKind.SUSPEND_TENANT, actor);
        closing(tx, seen, now).ifPresent(kind -> supersededOperations.supersedeStuck(tx, seen.id(), draft.kind(kind)));
        StoredTenant tenant = TenantRows.lock(tx, seen.id().value());
        Instant until = tenant.retainedUntil();
        if (tenant.state() == TenantState.RETAINED && until != null && !now.isBefore(until)) {
            return Optional.of(tenantDeletion.remove(tx, tenant, draft));
        }
        if (tenant.state() != TenantState.OPEN && tenant.state() != TenantState.SUSPENDED) {
            return Optional.empty();
        }
        SuspensionSchedule schedule = SuspensionSchedule.of(tx, tenant);
        if (schedule.deletionDue(now)) {
            return Optional.of(tenantDeletion.start(tx, tenant, draft, null));
        }
        StoredTenant changed = tenant;
        if (schedule.noticeDue(now)) {
            Instant expiresAt = tenant.expiresAt();
            context.events()
                    .add(
                            tx,
                            actor,
                            EventType.TENANT_EXPIRING,
                            tenant.id(),
                            tenant.ownerId(),
                            Map.of("name", tenant.name(), "expiresAt", String.valueOf(expiresAt)));
            changed = changed.toBuilder().notifiedFor(expiresAt).build();
        }
        if (schedule.payment().noticeDay(now) != null) {
            PaymentNotices.send(context, actor, tx, tenant, schedule.payment());
        }
        List<String> causes = new ArrayList<>(tenant.suspendedFor());
        Set<String> wanted = schedule.causes(tenant, now);
        SuspensionSchedule.CHECKED.forEach(each -> set(causes, each, wanted.contains(each)));
        recordCauses(actor, tx, tenant, causes);
        StoredOperation operation = suspension(draft, tx, tenant, causes);
        StoredTenant decided = changed.toBuilder()
                .suspendedFor(causes)
                .state(causes.isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED)
                .build();
        tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, decided, now));
        SessionRows.closeWhereSuspended(tx, decided);
        return operation == null ? Optional.empty() : Optional.of(new StartedOperation<>(operation, updateSaga));
    }

    /** The operation that will close the tenant, which is not locked yet; empty if it is not closed. */
    private static Optional<OperationKind> closing(Transaction tx, StoredTenant seen, Instant now) {
        StoredTenant tenant =
                tx.records(RecordTypes.TENANTS).find(seen.id().value()).orElse(seen);
        Instant until = tenant.retainedUntil();
        if (tenant.state() == TenantState.RETAINED) {
            return until == null || now.isBefore(until) ? Optional.empty() : Optional.of(OperationKind.DELETE_TENANT);
        }
        SuspensionSchedule schedule = SuspensionSchedule.of(tx, tenant);
        if (schedule.deletionDue(now)) {
            return Optional.of(tenant.previewOf() == null ? OperationKind.RETAIN_TENANT : OperationKind.DELETE_TENANT);
        }
        return tenant.state() == TenantState.OPEN
                        && !schedule.causes(tenant, now).isEmpty()
                ? Optional.of(OperationKind.SUSPEND_TENANT)
                : Optional.empty();
    }

    private void recordCauses(Actor actor, Transaction tx, StoredTenant tenant, List<String> causes) {
        for (String cause : SuspensionSchedule.CHECKED) {
            boolean before = tenant.suspendedFor().contains(cause);
            boolean now = causes.contains(cause);
            if (before != now) {
                EventType type = now ? EventType.TENANT_SUSPENDED : EventType.TENANT_RESUMED;
                context.events()
                        .add(
                                tx,
                                actor,
                                type,
                                tenant.id(),
                                tenant.ownerId(),
                                Map.of("name", tenant.name(), "cause", cause));
            }
        }
    }

    private @Nullable StoredOperation suspension(
            StoredOperation.Builder draft, Transaction tx, StoredTenant tenant, List<String> causes) {
        boolean suspended = tenant.state() == TenantState.SUSPENDED;
        if (suspended != causes.isEmpty()) {
            return null;
        }
        return OperationLeases.start(
                tx,
                draft.kind(causes.isEmpty() ? OperationKind.RESUME_TENANT : OperationKind.SUSPEND_TENANT)
                        .tenantId(tenant.id())
                        .build());
    }

    private static void set(List<String> causes, String cause, boolean holds) {
        causes.remove(cause);
        if (holds) {
            causes.add(cause);
        }
    }
}
