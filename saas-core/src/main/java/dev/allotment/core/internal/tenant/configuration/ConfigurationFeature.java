// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.tenant.configuration;

import dev.allotment.OperationKind;
import dev.allotment.core.internal.backup.BackupFeature;
import dev.allotment.core.internal.backup.SafetyBackups;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.feature.Feature;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.Saga;
import dev.allotment.core.internal.server.DatabaseServers;
import dev.allotment.hook.Fix;
import dev.allotment.spi.core.SaasSettings;
import java.util.Map;

/** What changes the content of a tenant: its configuration, its plan, and the version of its schema. */
public final class ConfigurationFeature implements Feature {
    private final CoreContext context;
    private final OperationEngine operations;
    private final TenantContent content;
    private final SafetyBackups safetyBackups;
    private final Map<String, Fix> fixes;
    private final ConfigureSaga configuring;
    private final MigrateSaga migrating;
    private final SwitchPlanSaga switchingPlan;
    private final TenantMigration migration;
    private final PlanSwitching planSwitching;

    public ConfigurationFeature(
            CoreContext context,
            DatabaseServers servers,
            OperationEngine operations,
            TenantContent content,
            BackupFeature backups,
            SaasSettings settings) {
        this.context = context;
        this.operations = operations;
        this.content = content;
        this.safetyBackups = backups.safety();
        this.fixes = Map.copyOf(settings.extensions().fixes());
        this.configuring = new ConfigureSaga(context, servers.registry(), content, fixes, safetyBackups);
        this.migrating = new MigrateSaga(context, servers.registry(), content, safetyBackups);
        this.switchingPlan = new SwitchPlanSaga(context, content);
        this.migration = new TenantMigration(context, operations, content.migrations(), migrating, safetyBackups);
        this.planSwitching = new PlanSwitching(context, content, operations, switchingPlan);
    }

    public ConfigureSaga configuring() {
        return configuring;
    }

    public TenantMigration migration() {
        return migration;
    }

    public PlanSwitching planSwitching() {
        return planSwitching;
    }

    @Override
    public Map<OperationKind, Saga<?>> sagas() {
        return Map.of(
                OperationKind.CONFIGURE_TENANT, configuring,
                OperationKind.MIGRATE_TENANT, migrating,
                OperationKind.SWITCH_PLAN, switchingPlan);
    }

    public ConfigurationUseCases useCases(Actor actor) {
        return new ConfigurationUseCases(
                context, operations, content, fixes, configuring, migration, safetyBackups, actor);
    }
}
