// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.AddonRemoval;
import dev.allotment.Configuration;
import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.OperationKind;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.core.internal.backup.SafetyBackups;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.operation.StartedOperation;
import dev.allotment.core.internal.plan.CustomerDatabaseLimit;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.hook.Fix;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Configures tenants. */
public final class ConfigurationUseCases implements Configuration {
    private final CoreContext context;
    private final OperationEngine operations;
    private final TenantContent content;
    private final Map<String, Fix> fixes;
    private final ConfigureSaga configureSaga;
    private final TenantMigration tenantMigration;
    private final SafetyBackups safetyBackups;
    private final Actor actor;

    public ConfigurationUseCases(
            CoreContext context,
            OperationEngine operations,
            TenantContent content,
            Map<String, Fix> fixes,
            ConfigureSaga configureSaga,
            TenantMigration tenantMigration,
            SafetyBackups safetyBackups,
            Actor actor) {
        this.context = context;
        this.operations = operations;
        this.content = content;
        this.fixes = fixes;
        this.configureSaga = configureSaga;
        this.tenantMigration = tenantMigration;
        this.safetyBackups = safetyBackups;
        this.actor = actor;
    }

    @Override
    public ConfigurationResult apply(TenantId id, ConfigurationChange change) {
        Configurator configurator = configurator(change);
        ConfigureSaga.Applied applied = operations
                .run(pending(id, configurator))
                .flatMap(OperationEngine.Outcome::found)
                .orElseThrow();
        return applied.result(actor, new TenantLookup(context.work(), actor).get(id));
    }

    @Override
    public List<AddonRemoval> previewUninstall(TenantId id, List<String> addons) {
        actor.requireAdministrator("configure tenants");
        StoredTenant tenant = new TenantLookup(context.work(), actor).get(id);
        TenantRows.requireState(tenant, "configured", TenantState.OPEN, TenantState.SUSPENDED);
        return content.databases()
                .transact(tenant, tx -> content.addons().on(tenant.serverId()).previewUninstall(tx, addons));
    }

    public OperationRequest<ConfigureSaga.Applied> configuring(TenantId id, ConfigurationChange change) {
        Configurator configurator = configurator(change);
        return pending(id, configurator);
    }

    private Configurator configurator(ConfigurationChange change) {
        actor.requireAdministrator("configure tenants");
        return new Configurator(content.addons().registry(), fixes, change);
    }

    private OperationRequest<ConfigureSaga.Applied> pending(TenantId id, Configurator configurator) {
        StoredOperation.Builder draft =
                operations.draft(OperationKind.CONFIGURE_TENANT, actor).tenantId(id);
        return OperationRequest.prepared(draft, () -> {
            if (Boolean.FALSE.equals(configurator.suspended())) {
                tenantMigration.beforeOpening(actor, id);
            }
            if (configurator.changesAddons()) {
                StoredTenant seen = new TenantLookup(context.work(), actor).get(id);
                safetyBackups.requireReady(draft.build(), seen);
            }
            return tx -> start(tx, id, configurator, draft);
        });
    }

    private Optional<StartedOperation<ConfigureSaga.Applied>> start(
            Transaction tx, TenantId id, Configurator configurator, StoredOperation.Builder draft) {
        StoredTenant tenant = new TenantLookup(context.work(), actor).lock(tx, id);
        TenantRows.requireState(tenant, "configured", TenantState.OPEN, TenantState.SUSPENDED);
        Optional<Boolean> trial = configurator.trial().filter(each -> each != tenant.trial());
        trial.ifPresent(each -> takePlace(tx, tenant, each));
        draft.input(ConfigureSaga.INPUT.write(
                configurator.input(trial.isPresent(), configurator.changesAddons() && safetyBackups.areWanted())));
        StoredOperation started = OperationLeases.start(tx, draft.build());
        return Optional.of(new StartedOperation<>(started, configureSaga, ConfigureSaga.Applied.of(configurator)));
    }

    /**
     * Takes the place at once, so that no other request takes it meanwhile; the saga returns it if the configuration
     * fails.
     */
    private static void takePlace(Transaction tx, StoredTenant tenant, boolean trial) {
        StoredTenant moved = tenant.toBuilder().trial(trial).build();
        CustomerDatabaseLimit.checkMove(tx, tenant, moved);
        tx.records(RecordTypes.TENANTS).update(moved);
    }
}
