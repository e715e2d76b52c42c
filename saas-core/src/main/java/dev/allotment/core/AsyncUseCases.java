// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.AdoptTenant;
import dev.allotment.AsyncOperations;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.Operation;
import dev.allotment.PlanId;
import dev.allotment.ServerId;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.TenantId;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.fleet.RepairRequest;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts the operations of the other use cases in the background. */
final class AsyncUseCases implements AsyncOperations {
    private final CoreWiring core;
    private final Actor actor;

    AsyncUseCases(CoreWiring core, Actor actor) {
        this.core = core;
        this.actor = actor;
    }

    @Override
    public Operation create(CreateTenant command) {
        return start(core.creation.newTenants().creating(actor, command));
    }

    @Override
    public Operation adopt(AdoptTenant command) {
        return start(core.creation.newTenants().adopting(actor, command));
    }

    @Override
    public Operation duplicate(DuplicateTenant command) {
        return start(core.creation.newTenants().copying(actor, command));
    }

    @Override
    public Operation createBackup(TenantId tenant, @Nullable String idempotencyKey) {
        return start(core.backups.useCases(actor).backingUp(tenant, idempotencyKey));
    }

    @Override
    public Operation createBackupFrom(TenantId tenant, ServerId source, @Nullable String idempotencyKey) {
        return start(core.backups.useCases(actor).backingUpFrom(tenant, source, idempotencyKey));
    }

    @Override
    public Operation prepareExport(TenantId tenant, @Nullable String idempotencyKey) {
        return start(core.exports.useCases(actor).preparing(tenant, idempotencyKey));
    }

    @Override
    public Operation restoreBackup(RestoreBackup command) {
        return start(core.backups.useCases(actor).restoring(command));
    }

    @Override
    public Operation restoreInPlace(TenantId tenant, BackupId backup, @Nullable String idempotencyKey) {
        return start(core.backups.useCases(actor).restoringInPlace(tenant, backup, idempotencyKey));
    }

    @Override
    public Operation drillBackup(TenantId tenant, @Nullable BackupId backup, @Nullable String idempotencyKey) {
        return start(core.backups.useCases(actor).drilling(tenant, backup, idempotencyKey));
    }

    private Operation start(OperationRequest<?> pending) {
        return PublicViews.operation(core.operations.engine().start(pending));
    }

    @Override
    public Operation rename(TenantId tenant, String name) {
        return start(core.life.renaming().renaming(actor, tenant, name));
    }

    @Override
    public Operation move(TenantId tenant, ServerId server) {
        return start(core.move.moving().moving(actor, tenant, server));
    }

    @Override
    public Operation swap(SwapTenants command) {
        return start(core.move.swapping().swapping(actor, command));
    }

    @Override
    public Operation switchPlan(SwitchPlan command) {
        return start(core.configuration.planSwitching().switching(actor, command));
    }

    @Override
    public Operation delete(TenantId tenant) {
        return start(core.life.deletion().deleting(actor, tenant));
    }

    @Override
    public Operation purge(TenantId tenant) {
        return start(core.life.deletion().purging(actor, tenant));
    }

    @Override
    public Operation eraseCustomer(CustomerId customer) {
        return start(core.erasure.useCases(actor).erasing(customer));
    }

    @Override
    public Operation restore(TenantId tenant) {
        return start(core.life.deletion().restoring(actor, tenant));
    }

    @Override
    public Operation configure(TenantId tenant, ConfigurationChange change) {
        return start(core.configuration.useCases(actor).configuring(tenant, change));
    }

    @Override
    public Operation buildTemplate(PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        return start(
                core.templates.useCases(core.spares.pool()::statistics, actor).building(plan, addons, idempotencyKey));
    }

    @Override
    public Operation adoptTemplate(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        return start(core.templates
                .useCases(core.spares.pool()::statistics, actor)
                .adopting(plan, server, name, idempotencyKey));
    }

    @Override
    public Operation repair(RepairRequest request) {
        return start(core.reconciliation.useCases(actor).repairing(request));
    }
}
