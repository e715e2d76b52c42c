// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.CustomerId;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.PlanVersion;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;

/** Deletes client databases, at once or after they were kept for a while, and restores those that are kept. */
final class Deletion {
    private final ControlPlane plane;
    private final Actor actor;
    private final TenantUseCases tenants;

    Deletion(ControlPlane plane, Actor actor, TenantUseCases tenants) {
        this.plane = plane;
        this.actor = actor;
        this.tenants = tenants;
    }

    Wish deleting(TenantId id) {
        return wish(id, OperationKind.RETAIN_TENANT, (tx, tenant, draft) -> {
            if (!tenant.state().live()) {
                return Optional.empty();
            }
            TenantRules.requireState(tenant, "deleted", TenantState.OPEN, TenantState.SUSPENDED);
            return Optional.of(begin(tx, tenant, draft));
        });
    }

    Wish purging(TenantId id) {
        return wish(id, OperationKind.DELETE_TENANT, (tx, tenant, draft) -> {
            if (!tenant.state().hasDatabase()) {
                return Optional.empty();
            }
            TenantRules.requireState(tenant, "deleted", TenantState.OPEN, TenantState.SUSPENDED, TenantState.RETAINED);
            return Optional.of(remove(tx, tenant, draft));
        });
    }

    Wish restoring(TenantId id) {
        return wish(id, OperationKind.RESTORE_TENANT, (tx, tenant, draft) -> {
            TenantRules.requireState(tenant, "restored", TenantState.RETAINED);
            takePlace(tx, tenant);
            Operation begun = plane.sagas.begin(
                    tx, draft.tenantId(id).input(RestoreSaga.input(tenant)).build());
            Tenant restored = withTimeToExtend(
                    tx,
                    tenant.toBuilder()
                            .state(tenant.suspendedFor().isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED)
                            .deletedAt(null)
                            .retainedUntil(null)
                            .build());
            tx.records(RecordTypes.TENANTS).update(Schedule.scheduled(tx, restored, plane.now()));
            return Optional.of(new Begun(begun, new RestoreSaga(plane)));
        });
    }

    /** A trial that would be deleted again at once, since its time has long been over, ends now instead. */
    private Tenant withTimeToExtend(Transaction tx, Tenant restored) {
        Instant now = plane.now();
        if (!Schedule.of(tx, restored).deletionDue(now)) {
            return restored;
        }
        Tenant ending = restored.toBuilder().expiresAt(now).build();
        plane.events.add(
                tx,
                actor,
                EventType.TENANT_EXTENDED,
                restored.id(),
                null,
                EventLog.extension(restored, ending, "restored after its time was over"));
        return ending;
    }

    /** Somebody else may have taken it meanwhile. */
    private static void takePlace(Transaction tx, Tenant tenant) {
        CustomerId customer = tenant.customerId();
        Optional<PlanVersion> version = PlanVersions.of(tx, tenant);
        if (customer == null || version.isEmpty()) {
            return;
        }
        Plan plan = PlanVersions.plan(tx, version.get().planId());
        TenantRules.checkLimit(tx, plan, PlanVersions.limit(version.get(), tenant.trial()), customer, tenant.trial());
    }

    /** Begins what deletes a tenant that is locked, as the parameters say. */
    Begun begin(Transaction tx, Tenant tenant, Operation.Builder draft) {
        int days = tenant.planId() == null
                ? 0
                : MainParameters.value(tx, Parameter.RETENTION_DAYS)
                        .map(Numbers::limit)
                        .map(each -> Math.min(each, Schedule.MAX_DAYS))
                        .orElse(0);
        if (days == 0) {
            return remove(tx, tenant, draft);
        }
        Instant until = plane.now().plus(Duration.ofDays(days));
        Operation begun = plane.sagas.begin(
                tx,
                draft.kind(OperationKind.RETAIN_TENANT)
                        .tenantId(tenant.id())
                        .input(Map.of(RetainSaga.UNTIL, until.toString()))
                        .build());
        return new Begun(begun, new RetainSaga(plane));
    }

    /** Begins what removes a tenant that is locked; who deleted one that was kept is who deletes it now. */
    Begun remove(Transaction tx, Tenant tenant, Operation.Builder draft) {
        Optional<Event> deleted = tenant.state() == TenantState.RETAINED
                ? DeletionProofs.last(tx, tenant.id(), EventType.TENANT_RETAINED)
                : Optional.empty();
        Map<String, String> input = deleted.map(event -> Map.of(
                        DeleteSaga.REQUESTED_BY,
                        event.actor(),
                        DeleteSaga.REQUESTED_AT,
                        event.at().toString()))
                .orElse(Map.of());
        Operation begun = plane.sagas.begin(
                tx,
                draft.kind(OperationKind.DELETE_TENANT)
                        .tenantId(tenant.id())
                        .input(input)
                        .build());
        return new Begun(begun, new DeleteSaga(plane));
    }

    /** What is decided under the tenant's lock; empty where nothing is to be done. */
    private interface Decision {
        Optional<Begun> decide(Transaction tx, Tenant tenant, Operation.Builder draft);
    }

    private Wish wish(TenantId id, OperationKind kind, Decision decision) {
        actor.requireAdministrator("delete client databases");
        Operation.Builder draft = plane.sagas.draft(kind, actor).tenantId(id);
        return new Wish(draft, () -> plane.catalog.transact(tx -> decision.decide(tx, tenants.lock(tx, id), draft)));
    }
}
