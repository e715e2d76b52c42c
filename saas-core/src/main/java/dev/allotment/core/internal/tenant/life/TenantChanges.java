// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.life;

import dev.allotment.ErrorCodes;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.MaintenanceWindow;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.SuspendTenant;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.AttributeRules;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.base.EventLog;
import dev.allotment.core.internal.database.SupportLogins;
import dev.allotment.core.internal.event.Suspensions;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.operation.SupersededOperations;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.record.SessionRows;
import dev.allotment.core.internal.record.SupportRows;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.TagRules;
import dev.allotment.core.internal.rule.TextRules;
import dev.allotment.core.internal.tenant.change.SuspensionSchedule;
import dev.allotment.core.internal.tenant.configuration.TenantMigration;
import dev.allotment.core.internal.usage.UsageRows;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredSupportUse;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/**
 * Changes limits, expiry, customer and suspension of tenants: first in the catalog, which leads, then in the database.
 */
public final class TenantChanges {
    private final CoreContext context;
    private final OperationEngine operations;
    private final SupersededOperations supersededOperations;
    private final UpdateSaga updateSaga;
    private final TenantMigration tenantMigration;
    private final SupportLogins supportLogins;

    public TenantChanges(
            CoreContext context,
            OperationEngine operations,
            SupersededOperations supersededOperations,
            UpdateSaga updateSaga,
            TenantMigration tenantMigration,
            SupportLogins supportLogins) {
        this.context = context;
        this.operations = operations;
        this.supersededOperations = supersededOperations;
        this.updateSaga = updateSaga;
        this.tenantMigration = tenantMigration;
        this.supportLogins = supportLogins;
    }

    public StoredTenant update(Actor actor, TenantId id, UnaryOperator<Tenant> change) {
        AtomicBoolean left = new AtomicBoolean();
        try {
            return update(actor, id, change, left);
        } finally {
            // Also if the database does not follow: the catalog has the new customer.
            if (left.get()) {
                supportLogins.end(Filter.equal(StoredSupportUse.TENANT_ID, id));
            }
        }
    }

    /** @param left set if sessions of support have ended that have logins at the database server */
    private StoredTenant update(Actor actor, TenantId id, UnaryOperator<Tenant> change, AtomicBoolean left) {
        return follow(
                actor,
                id,
                OperationKind.UPDATE_TENANT,
                "changed",
                tenant -> {
                    Tenant wanted = withItsCustomer(change.apply(PublicViews.tenant(actor, tenant)), tenant);
                    if (wanted.maxUsers() < 0 || wanted.storageLimitMb() < 0) {
                        throw SaasException.invalid(
                                ErrorCodes.CONFIGURATION_INVALID,
                                "A limit must not be negative; 0 means that there is none.");
                    }
                    MaintenanceWindow window = wanted.maintenanceWindow();
                    StoredTenant changed = tenant.toBuilder()
                            .maxUsers(wanted.maxUsers())
                            .storageLimitMb(wanted.storageLimitMb())
                            .blockOnExpiration(wanted.blockOnExpiration())
                            .blockOnStorageExceed(wanted.blockOnStorageExceed())
                            .expiresAt(SuspensionSchedule.expiry(wanted.expiresAt()))
                            .trial(wanted.trial())
                            .customerId(wanted.customerId())
                            .maintenanceWindow(window == null ? null : MaintenanceWindow.parse(window.range()))
                            .previewOf(wanted.previewOf() == null ? null : tenant.previewOf())
                            .tags(TagRules.checked(wanted.tags(), ErrorCodes.CONFIGURATION_INVALID))
                            .attributes(AttributeRules.changed(
                                    actor, tenant.attributes(), wanted.attributes(), ErrorCodes.CONFIGURATION_INVALID))
                            .build();
                    checkNothingElseChanges(wanted, PublicViews.tenant(actor, changed));
                    return changed;
                },
                (tx, before, after) -> {
                    recordChanges(actor, tx, before, after);
                    if (!Objects.equals(before.customerId(), after.customerId())
                            && SupportRows.endUses(tx, Filter.equal(StoredSupportUse.TENANT_ID, id), context.now())) {
                        left.set(true);
                    }
                });
    }

    /** A new customer must not lose its database because the former one deletes the source of the preview copy. */
    private static Tenant withItsCustomer(Tenant wanted, StoredTenant present) {
        return Objects.equals(wanted.customerId(), present.customerId())
                ? wanted
                : wanted.toBuilder().previewOf(null).build();
    }

    private static void checkNothingElseChanges(Tenant wanted, Tenant changed) {
        // Both have been brought into the form in which they are stored.
        Tenant comparable = wanted.toBuilder()
                .expiresAt(changed.expiresAt())
                .tags(changed.tags())
                .build();
        if (!comparable.equals(changed)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "An update of tenant " + changed.name()
                            + " changes only maxUsers, storageLimitMb, blockOnExpiration, blockOnStorageExceed,"
                            + " expiresAt, trial, customerId, maintenanceWindow, tags and attributes, and sets"
                            + " previewOf to null only. The caller also changed another field. Use the method for it,"
                            + " such as rename, suspend or switchPlan.");
        }
    }

    /**
     * An expiry has a separate event, however it was changed. Attributes have none: they may hold what listeners and
     * readers of the audit log must not see.
     */
    private void recordChanges(Actor actor, Transaction tx, StoredTenant before, StoredTenant after) {
        Map<String, String> changes = new HashMap<>();
        for (RecordType.Field field : RecordTypes.TENANTS.fields()) {
            Object from = RecordTypes.TENANTS.value(before, field.name());
            Object to = RecordTypes.TENANTS.value(after, field.name());
            if (!Objects.equals(from, to)
                    && !field.name().equals("expiresAt")
                    && !field.name().equals("attributes")) {
                changes.put(field.name() + ".from", String.valueOf(from));
                changes.put(field.name() + ".to", String.valueOf(to));
            }
        }
        if (!changes.isEmpty()) {
            changes.put("name", before.name());
            context.events().add(tx, actor, EventType.TENANT_CHANGED, before.id(), null, changes);
        }
        if (!Objects.equals(before.expiresAt(), after.expiresAt())) {
            recordExtension(actor, tx, before, after, "changed without a reason");
        }
        UsageRows.addExceededEvent(context, tx, actor, before, after);
    }

    private void recordExtension(Actor actor, Transaction tx, StoredTenant before, StoredTenant after, String reason) {
        context.events()
                .add(
                        tx,
                        actor,
                        EventType.TENANT_EXTENDED,
                        before.id(),
                        null,
                        EventLog.extension(before, after, reason));
    }

    public StoredTenant extend(Actor actor, TenantId id, @Nullable Instant expiresAt, String reason) {
        actor.requireAdministrator("extend tenants");
        String why = TextRules.name(reason, ErrorCodes.CONFIGURATION_INVALID, "The reason of a change");
        return follow(
                actor,
                id,
                OperationKind.UPDATE_TENANT,
                "extended",
                tenant -> tenant.toBuilder()
                        .expiresAt(SuspensionSchedule.expiry(expiresAt))
                        .build(),
                (tx, before, after) -> recordExtension(actor, tx, before, after, why));
    }

    public StoredTenant suspend(Actor actor, SuspendTenant command) {
        Map<String, String> details = Suspensions.details(command);
        return follow(
                actor,
                command.tenant(),
                OperationKind.SUSPEND_TENANT,
                "suspended",
                tenant -> tenant.suspendedFor().contains(SuspensionSchedule.MANUAL)
                        ? tenant
                        : withCauses(tenant, causes -> causes.add(SuspensionSchedule.MANUAL)),
                (tx, before, after) -> recordCause(actor, tx, EventType.TENANT_SUSPENDED, before, after, details));
    }

    public StoredTenant resume(Actor actor, TenantId id) {
        tenantMigration.beforeOpening(actor, id);
        return follow(
                actor,
                id,
                OperationKind.RESUME_TENANT,
                "resumed",
                tenant -> withCauses(
                        tenant,
                        causes -> causes.removeAll(List.of(SuspensionSchedule.MANUAL, SuspensionSchedule.SWAPPED))),
                (tx, before, after) -> recordCause(
                        actor,
                        tx,
                        EventType.TENANT_RESUMED,
                        before,
                        after,
                        Map.of(Suspensions.CAUSE, SuspensionSchedule.MANUAL)));
    }

    /** A tenant that is already suspended, or already resumed, gets no second event. */
    private void recordCause(
            Actor actor,
            Transaction tx,
            EventType type,
            StoredTenant before,
            StoredTenant after,
            Map<String, String> details) {
        if (!before.suspendedFor().equals(after.suspendedFor())) {
            context.events().add(tx, actor, type, before.id(), null, details);
        }
    }

    private static StoredTenant withCauses(StoredTenant tenant, Consumer<List<String>> change) {
        List<String> causes = new ArrayList<>(tenant.suspendedFor());
        change.accept(causes);
        return tenant.toBuilder()
                .suspendedFor(causes)
                .state(causes.isEmpty() ? TenantState.OPEN : TenantState.SUSPENDED)
                .build();
    }

    public StoredTenant sendParameters(Actor actor, TenantId id) {
        return follow(
                actor,
                id,
                OperationKind.UPDATE_TENANT,
                "sent its parameters",
                UnaryOperator.identity(),
                (tx, before, after) -> {});
    }

    /** Records the changes in the audit log. */
    private interface Recording {
        void record(Transaction tx, StoredTenant before, StoredTenant after);
    }

    /** Changes the catalog, which leads, and then the database, which follows. */
    private StoredTenant follow(
            Actor actor,
            TenantId id,
            OperationKind kind,
            String action,
            UnaryOperator<StoredTenant> change,
            Recording recording) {
        actor.requireAdministrator("change tenants");
        TenantLookup tenants = new TenantLookup(context.work(), actor);
        StoredOperation.Builder draft = operations.draft(kind, actor);
        operations.run(new OperationRequest<>(draft, tx -> {
            if (kind == OperationKind.SUSPEND_TENANT) {
                supersededOperations.supersede(tx, id, draft);
            }
            StoredTenant tenant = tenants.lock(tx, id);
            TenantRows.requireState(tenant, action, TenantState.OPEN, TenantState.SUSPENDED);
            StartedOperation<Saga.Nothing> started = StartedOperation.store(tx, draft.tenantId(id), updateSaga);
            StoredTenant changed = change.apply(tenant);
            actor.requireInScope(changed.customerId(), changed.planId());
            CustomerDatabaseLimit.checkMove(tx, tenant, changed);
            tx.records(RecordTypes.TENANTS).update(SuspensionSchedule.scheduled(tx, changed, context.now()));
            SessionRows.closeWhereSuspended(tx, changed);
            recording.record(tx, tenant, changed);
            return Optional.of(started);
        }));
        return tenants.get(id);
    }
}
