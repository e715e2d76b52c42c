// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.Configuration;
import dev.allotment.ConfigurationChange;
import dev.allotment.ConfigurationResult;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
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
    public ConfigurationResult apply(TenantId id, ConfigurationChange upgrade) {
        Configurator configurator = configurator(upgrade);
        ConfigureSaga saga = new ConfigureSaga(plane, configurator);
        plane.sagas.now(wish(id, configurator, saga));
        return saga.upgraded(new TenantUseCases(plane, actor).get(id));
    }

    Wish configuring(TenantId id, ConfigurationChange upgrade) {
        Configurator configurator = configurator(upgrade);
        return wish(id, configurator, new ConfigureSaga(plane, configurator));
    }

    private Configurator configurator(ConfigurationChange upgrade) {
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
                    TenantRules.requireState(tenant, "configured", TenantState.OPEN, TenantState.SUSPENDED);
                    Map<String, String> input = configurator.input();
                    configurator
                            .trial()
                            .filter(trial -> trial != tenant.trial())
                            .ifPresent(trial -> takePlace(tx, tenant, trial, input));
                    Operation begun = plane.sagas.begin(tx, draft.input(input).build());
                    return Optional.of(new Begun(begun, saga));
                }));
    }

    /** At once, so that nobody else takes it meanwhile; the saga gives it back where nothing comes of it. */
    private static void takePlace(Transaction tx, Tenant tenant, boolean trial, Map<String, String> input) {
        Tenant moved = tenant.toBuilder().trial(trial).build();
        TenantUseCases.checkMove(tx, tenant, moved);
        tx.records(RecordTypes.TENANTS).update(moved);
        input.put(ConfigureSaga.PLACE_TAKEN, "true");
    }
}
