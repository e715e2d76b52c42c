// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Configuration;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.Upgrade;
import dev.allotment.Upgraded;
import java.util.List;

/** Configures client databases. */
final class ConfigurationUseCases implements Configuration {
    private final ControlPlane plane;
    private final Actor actor;

    ConfigurationUseCases(ControlPlane plane, Actor actor) {
        this.plane = plane;
        this.actor = actor;
    }

    @Override
    public Upgraded apply(TenantId id, Upgrade upgrade) {
        actor.requireAdministrator("configure client databases");
        Configurator configurator = new Configurator(plane, upgrade);
        Operation.Builder draft = plane.sagas.draft(OperationKind.CONFIGURE_TENANT, actor);
        return plane.sagas.during(draft, () -> apply(id, configurator, draft));
    }

    private Upgraded apply(TenantId id, Configurator configurator, Operation.Builder draft) {
        Operation operation = plane.catalog.transact(tx -> {
            Tenant tenant = TenantRules.lock(tx, id.value());
            TenantRules.requireState(tenant, "configured", TenantState.OPEN, TenantState.PENDING);
            configurator
                    .trial()
                    .ifPresent(trial -> TenantUseCases.checkMove(
                            tx, tenant, tenant.toBuilder().trial(trial).build()));
            return plane.sagas.begin(
                    tx, draft.tenantId(id).input(configurator.summary()).build());
        });
        ConfigureSaga saga = new ConfigureSaga(plane, configurator);
        plane.sagas.run(operation, saga);
        Configurator.Outcome outcome =
                saga.outcome().orElse(new Configurator.Outcome(List.of(), List.of(), List.of(), List.of(), List.of()));
        return new Upgraded(
                Sagas.tenant(plane, operation),
                outcome.installed(),
                outcome.updated(),
                outcome.uninstalled(),
                outcome.unknownGroupsToGrant(),
                outcome.unknownGroupsToRevoke());
    }
}
