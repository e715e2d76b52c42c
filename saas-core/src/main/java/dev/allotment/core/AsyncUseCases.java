// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import dev.allotment.AdoptTenant;
import dev.allotment.AsyncOperations;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.Operation;
import dev.allotment.PlanId;
import dev.allotment.ServerId;
import dev.allotment.SwitchPlan;
import dev.allotment.TenantId;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Begins what the other use cases begin and run. */
final class AsyncUseCases implements AsyncOperations {
    private final ControlPlane plane;
    private final Actor actor;
    private final TenantUseCases tenants;

    AsyncUseCases(ControlPlane plane, Actor actor) {
        this.plane = plane;
        this.actor = actor;
        this.tenants = new TenantUseCases(plane, actor);
    }

    @Override
    public Operation create(CreateTenant command) {
        return tenants.later(command);
    }

    @Override
    public Operation adopt(AdoptTenant command) {
        return tenants.later(command);
    }

    @Override
    public Operation duplicate(DuplicateTenant command) {
        return tenants.later(command);
    }

    @Override
    public Operation rename(TenantId tenant, String name) {
        return plane.sagas.later(tenants.renaming(tenant, name));
    }

    @Override
    public Operation switchPlan(SwitchPlan command) {
        return plane.sagas.later(new PlanSwitching(plane, actor, tenants).switching(command));
    }

    @Override
    public Operation delete(TenantId tenant) {
        return plane.sagas.later(new Deletion(plane, actor, tenants).deleting(tenant));
    }

    @Override
    public Operation purge(TenantId tenant) {
        return plane.sagas.later(new Deletion(plane, actor, tenants).purging(tenant));
    }

    @Override
    public Operation restore(TenantId tenant) {
        return plane.sagas.later(new Deletion(plane, actor, tenants).restoring(tenant));
    }

    @Override
    public Operation configure(TenantId tenant, ConfigurationChange upgrade) {
        return plane.sagas.later(new ConfigurationUseCases(plane, actor).configuring(tenant, upgrade));
    }

    @Override
    public Operation buildTemplate(PlanId plan, List<String> addons, @Nullable String idempotencyKey) {
        return new TemplateUseCases(plane, actor).buildLater(plan, addons, idempotencyKey);
    }

    @Override
    public Operation adoptTemplate(PlanId plan, ServerId server, String name, @Nullable String idempotencyKey) {
        return new TemplateUseCases(plane, actor).adoptLater(plan, server, name, idempotencyKey);
    }
}
