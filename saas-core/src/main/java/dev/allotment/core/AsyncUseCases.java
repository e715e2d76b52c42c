// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.AdoptTenant;
import dev.allotment.AsyncOperations;
import dev.allotment.BackupId;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.DuplicateTenant;
import dev.allotment.Operation;
import dev.allotment.PlanId;
import dev.allotment.RepairRequest;
import dev.allotment.RestoreBackup;
import dev.allotment.ServerId;
import dev.allotment.SwapTenants;
import dev.allotment.SwitchPlan;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.erasure.ErasureUseCases;
import dev.allotment.core.internal.export.ExportUseCases;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.reconciliation.ReconciliationUseCases;
import dev.allotment.core.internal.record.PublicViews;
import dev.allotment.core.internal.template.TemplateUseCases;
import dev.allotment.core.internal.tenant.BackupUseCases;
import dev.allotment.core.internal.tenant.configuration.ConfigurationUseCases;
import dev.allotment.core.internal.tenant.configuration.PlanSwitching;
import dev.allotment.core.internal.tenant.creation.NewTenants;
import dev.allotment.core.internal.tenant.life.TenantDeletion;
import dev.allotment.core.internal.tenant.life.TenantRenaming;
import dev.allotment.core.internal.tenant.move.TenantMoving;
import dev.allotment.core.internal.tenant.restore.TenantSwapping;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Starts the operations of the other use cases in the background. */
final class AsyncUseCases implements AsyncOperations {
    private final OperationEngine operations;
    private final NewTenants newTenants;
    private final TenantDeletion tenantDeletion;
    private final PlanSwitching planSwitching;
    private final TenantRenaming tenantRenaming;
    private final TenantMoving tenantMoving;
    private final TenantSwapping tenantSwapping;
    private final Actor actor;
    private final ConfigurationUseCases configuration;
    private final TemplateUseCases templates;
    private final ReconciliationUseCases reconciliation;
    private final BackupUseCases backups;
    private final ExportUseCases exports;
    private final ErasureUseCases erasures;

    AsyncUseCases(
            OperationEngine operations,
            NewTenants newTenants,
            TenantDeletion tenantDeletion,
            PlanSwitching planSwitching,
            TenantRenaming tenantRenaming,
            TenantMoving tenantMoving,
            TenantSwapping tenantSwapping,
            ConfigurationUseCases configuration,
            TemplateUseCases templates,
            ReconciliationUseCases reconciliation,
            BackupUseCases backups,
            ExportUseCases exports,
            ErasureUseCases erasures,
            Actor actor) {
        this.operations = operations;
        this.newTenants = newTenants;
        this.tenantDeletion = tenantDeletion;
        this.planSwitching = planSwitching;
        this.tenantRenaming = tenantRenaming;
        this.tenantMoving = tenantMoving;
        this.tenantSwapping = tenantSwapping;
        this.actor = actor;
        this.configuration = configuration;
        this.templates = templates;
        this.reconciliation = reconciliation;
        this.backups = backups;
        this.exports = exports;
        this.erasures = erasures;
    }

    @Override
    public Operation create(CreateTenant command) {
        return start(newTenants.creating(actor, command));
    }

    @Override
    public Operation adopt(AdoptTenant command) {
        return start(newTenants.adopting(actor, command));
    }

    @Override
    public Operation duplicate(DuplicateTenant command) {
        return start(newTenants.copying(actor, command));
    }

    @Override
    public Operation createBackup(TenantId tenant, @Nullable String idempotencyKey) {
        return start(backups.backingUp(tenant, idempotencyKey));
    }

    @Override
    public Operation createBackupFrom(TenantId tenant, ServerId source, @Nullable String idempotencyKey) {
        return start(backups.backingUpFrom(tenant, source, idempotencyKey));
    }

    @Override
    public Operation prepareExport(TenantId tenant, @Nullable String idempotencyKey) {
        return start(exports.preparing(tenant, idempotencyKey));
    }

    @Override
    public Operation restoreBackup(RestoreBackup command) {
        return start(backups.restoring(command));
    }

    @Override
    public Operation restoreInPlace(TenantId tenant, BackupId backup, @Nullable String idempotencyKey) {
        return start(backups.restoringInPlace(tenant, backup, idempotencyKey));
    }

    @Override
    public Operation drillBackup(TenantId tenant, @Nullable BackupId backup, @Nullable String idempotencyKey) {
        return start(backups.drilling(tenant, backup, idempotencyKey));
    }

    private Operation start(OperationRequest<?> pending) {
        return PublicViews.operation(operations.start(pending));
    }

    @Override
    public Operation rename(TenantId tenant, String name) {
        return start(tenantRenaming.renaming(actor, tenant, name));
    }

    @Override
    public Operation move(TenantId tenant, ServerId server) {
        return start(tenantMoving.moving(actor, tenant, server));
    }

    @Override
    public Operation swap(SwapTenants command) {
        return start(tenantSwapping.swapping(actor, command));
    }

    @Override
    public Operation switchPlan(SwitchPlan command) {
        return start(planSwitching.switching(actor, command));
    }

    @Override
    public Operation delete(TenantId tenant) {
        return start(tenantDeletion.deleting(actor, tenant));
    }

    @Override
    public Operation purge(TenantId tenant) {
        return start(tenantDeletion.purging(actor, tenant));
    }

    @Override
    public Operation eraseCustomer(CustomerId customer) {
        return start(erasures.erasing(customer));
    }

    @Override
    public Operation restore(TenantId tenant) {
        return start(tenantDeletion.restoring(actor, tenant));
    }

    @Override
    public Operation configure(TenantId tenant, ConfigurationChange change) {
        return start(configuration.configuring(tenant, change));
    }

    @Override
    public Operation buildTemplate(PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        return start(templates.building(plan, addons, idempotencyKey));
    }

    @Override
    public Operation adoptTemplate(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        return start(templates.adopting(plan, server, name, idempotencyKey));
    }

    @Override
    public Operation repair(RepairRequest request) {
        return start(reconciliation.repairing(request));
    }
}
