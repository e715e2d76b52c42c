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
import java.util.Optional;

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
        Configurator configurator = configurator(upgrade);
        ConfigureSaga saga = new ConfigureSaga(plane, configurator);
        plane.sagas.now(wish(id, configurator, saga));
        return saga.upgraded(new TenantUseCases(plane, actor).get(id));
    }

    Wish configuring(TenantId id, Upgrade upgrade) {
        Configurator configurator = configurator(upgrade);
        return wish(id, configurator, new ConfigureSaga(plane, configurator));
    }

    private Configurator configurator(Upgrade upgrade) {
        actor.requireAdministrator("configure client databases");
        return new Configurator(plane, upgrade);
    }

    private Wish wish(TenantId id, Configurator configurator, ConfigureSaga saga) {
        Operation.Builder draft =
                plane.sagas.draft(OperationKind.CONFIGURE_TENANT, actor).tenantId(id);
        return new Wish(
                draft,
                () -> plane.catalog.transact(tx -> {
                    Tenant tenant = TenantRules.lock(tx, id.value());
                    TenantRules.requireState(tenant, "configured", TenantState.OPEN, TenantState.PENDING);
                    configurator
                            .trial()
                            .ifPresent(trial -> TenantUseCases.checkMove(
                                    tx, tenant, tenant.toBuilder().trial(trial).build()));
                    Operation begun = plane.sagas.begin(
                            tx, draft.input(configurator.input()).build());
                    return Optional.of(new Begun(begun, saga));
                }));
    }
}
