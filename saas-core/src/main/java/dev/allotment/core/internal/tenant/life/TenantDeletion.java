// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanVersion;
import dev.allotment.SwapTenants;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.EventLog;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.operation.SupersededOperations;
import dev.allotment.core.internal.parameter.MainParameters;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.plan.PlanVersions;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.LimitNumbers;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.configuration.TenantMigration;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Deletes tenants, at once or after a retention period, and restores soft-deleted ones. */
public final class TenantDeletion {
    private final CoreContext context;
    private final OperationEngine operations;
    private final SupersededOperations supersededOperations;
    private final RetainSaga retainSaga;
    private final RestoreSaga restoreSaga;
    private final DeleteSaga deleteSaga;
    private final TenantMigration tenantMigration;

    public TenantDeletion(
            CoreContext context,
            OperationEngine operations,
            SupersededOperations supersededOperations,
            RetainSaga retainSaga,
            RestoreSaga restoreSaga,
            DeleteSaga deleteSaga,
            TenantMigration tenantMigration) {
        this.context = context;
        this.operations = operations;
        this.supersededOperations = supersededOperations;
        this.retainSaga = retainSaga;
        this.restoreSaga = restoreSaga;
        this.deleteSaga = deleteSaga;
        this.tenantMigration = tenantMigration;
    }

    /** Deletes a tenant: retains it, or purges it at once if nothing is retained. */
    public OperationRequest<Object> deleting(Actor actor, TenantId id) {
        return pending(actor, id, OperationKind.RETAIN_TENANT, (tx, tenant, draft) -> {
            if (!tenant.state().live()) {
                return Optional.empty();
            }
            TenantRows.requireState(tenant, "deleted", TenantState.OPEN, TenantState.SUSPENDED);
            User user = actor.user();
            return Optional.of(start(tx, tenant, draft, user == null ? null : user.id()));
        });
    }

    public OperationRequest<Object> purging(Actor actor, TenantId id) {
        return pending(actor, id, OperationKind.DELETE_TENANT, (tx, tenant, draft) -> {
            if (!tenant.state().hasDatabase()) {
                return Optional.empty();
            }
            TenantRows.requireState(tenant, "deleted", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
            return Optional.of(remove(tx, tenant, draft));
        });
    }

    /** Restores a soft-deleted tenant; for a user that serves itself only if the owner deleted it. */
    public OperationRequest<Object> restoring(Actor actor, TenantId id) {
        OperationRequest<Object> restoring = opening(actor, id);
        return OperationRequest.prepared(restoring.draft(), () -> {
            // What is refused must not be migrated before.
            context.catalog().transact(tx -> {
                requireRestorable(actor, tx, new TenantLookup(context.work(), actor).get(tx, id));
                return null;
            });
            tenantMigration.beforeOpening(actor, id);
            return restoring.preparation().get();
        });
    }

    private OperationRequest<Object> opening(Actor actor, TenantId id) {
        return pending(actor, id, OperationKind.RESTORE_TENANT, (tx, tenant, draft) -> {
            requireRestorable(actor, tx, tenant);
            takePlace(tx, tenant);
            StoredOperation started = OperationLeases.start(
                    tx, draft.tenantId(id).input(RestoreSaga.input(tenant)).build());
            StoredTenant restored = withTimeToExtend(
                    actor,
                    tx,
                    tenant.toBuilder()
                            .state(tenant.suspendedFor().isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED)
                            .deletedAt(null)
                            .retainedUntil(null)
                            .build());
            tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, restored, context.now()));
            return Optional.of(new StartedOperation<>(started, restoreSaga));
        });
    }

    private static void requireRestorable(Actor actor, Transaction tx, StoredTenant tenant) {
        TenantRows.requireState(tenant, "restored", TenantState.RETAINED);
        if (actor.serving()) {
            DeletionProofs.requireDeletedByOwner(actor, tx, tenant);
        }
    }

    /** A tenant that would be deleted again at once, because it expired long ago, gets another expiry instead. */
    private StoredTenant withTimeToExtend(Actor actor, Transaction tx, StoredTenant restored) {
        Instant now = context.now();
        if (!SuspensionSchedule.of(tx, restored).deletionDue(now)) {
            return restored;
        }
        boolean swapped = restored.suspendedFor().contains(SuspensionSchedule.SWAPPED);
        StoredTenant ending = restored.toBuilder()
                .expiresAt(swapped ? now.plus(Duration.ofHours(SwapTenants.KEPT_HOURS)) : now)
                .build();
        context.events()
                .add(
                        tx,
                        actor,
                        EventType.TENANT_EXTENDED,
                        restored.id(),
                        null,
                        EventLog.extension(restored, ending, "restored after it expired"));
        return ending;
    }

    /** Checks the limit again, since another tenant may have been created meanwhile. */
    private static void takePlace(Transaction tx, StoredTenant tenant) {
        CustomerId customer = tenant.customerId();
        Optional<PlanVersion> version = PlanVersions.of(tx, tenant);
        if (customer == null || version.isEmpty()) {
            return;
        }
        Plan plan = PlanVersions.plan(tx, version.get().planId());
        CustomerDatabaseLimit.check(
                tx, plan, CustomerDatabaseLimit.of(version.get(), tenant.trial()), customer, tenant.trial());
    }

    /**
     * Starts the deletion of a locked tenant, as the parameters say.
     *
     * @param account who deletes it; null: the control plane itself
     */
    StartedOperation<?> start(
            Transaction tx, StoredTenant tenant, StoredOperation.Builder draft, @Nullable UserId account) {
        int days = tenant.planId() == null || tenant.previewOf() != null
                ? 0
                : MainParameters.value(tx, Parameter.RETENTION_DAYS)
                        .map(LimitNumbers::limit)
                        .map(each -> Math.min(each, SuspensionSchedule.MAX_DAYS))
                        .orElse(0);
        if (days == 0) {
            return remove(tx, tenant, draft);
        }
        Instant until = context.now().plus(Duration.ofDays(days));
        draft.kind(OperationKind.RETAIN_TENANT).tenantId(tenant.id());
        return StartedOperation.store(
                tx, RetainSaga.INPUT.add(draft, new RetainSaga.Input(until, account)), retainSaga);
    }

    /** Starts the removal of a locked tenant; for a soft-deleted one, the actor is now who deletes it. */
    public StartedOperation<?> remove(Transaction tx, StoredTenant tenant, StoredOperation.Builder draft) {
        Optional<Event> deleted = tenant.state() == TenantState.RETAINED
                ? DeletionProofs.last(tx, tenant.id(), EventType.TENANT_RETAINED)
                : Optional.empty();
        DeleteSaga.Input input = new DeleteSaga.Input(
                deleted.map(Event::actor).orElse(null), deleted.map(Event::at).orElse(null));
        draft.kind(OperationKind.DELETE_TENANT).tenantId(tenant.id());
        return StartedOperation.store(tx, DeleteSaga.INPUT.add(draft, input), deleteSaga);
    }

    /** What is decided under the tenant's lock; empty if there is nothing to do. */
    private interface Decision {
        Optional<StartedOperation<?>> decide(Transaction tx, StoredTenant tenant, StoredOperation.Builder draft);
    }

    private OperationRequest<Object> pending(Actor actor, TenantId id, OperationKind kind, Decision decision) {
        actor.requireAdministrator("delete tenants");
        StoredOperation.Builder draft = operations.draft(kind, actor).tenantId(id);
        TenantLookup tenants = new TenantLookup(context.work(), actor);
        return new OperationRequest<>(draft, tx -> {
            if (kind != OperationKind.RESTORE_TENANT) {
                supersededOperations.supersede(tx, id, draft);
            }
            return decision.decide(tx, tenants.lock(tx, id), draft);
        });
    }
}
