// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.SwitchPlan;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.tenant.configuration.PlanSwitching;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;

/**
 * Switches tenants to a version of a plan. Those on a later version stay there: they were created, or switched, after
 * the campaign had started.
 *
 * @param version the version that was sold when the campaign started
 */
record PlanWork(PlanSwitching planSwitching, CampaignChange.Plan change, int version) implements TenantWork {
    static PlanWork of(PlanSwitching planSwitching, CampaignChange.Plan change) {
        return new PlanWork(planSwitching, change, planSwitching.version(change.plan(), change.version()));
    }

    @Override
    public OperationKind kind() {
        return OperationKind.SWITCH_PLAN;
    }

    /** All tenants get the same version, also if the plan changes meanwhile. */
    @Override
    public Map<String, String> wanted() {
        return Map.of(CampaignInput.TARGET_VERSION, Integer.toString(version));
    }

    @Override
    public Filter<StoredTenant> needingChange(Transaction tx) {
        return Filter.or(
                Filter.notEqual(StoredTenant.PLAN_ID, change.plan()),
                Filter.compare(StoredTenant.PLAN_VERSION, Filter.Operator.LESS, version));
    }

    @Override
    public boolean needsChange(StoredTenant tenant) {
        return !change.plan().equals(tenant.planId()) || tenant.planVersion() < version;
    }

    @Override
    public Optional<OperationRequest<?>> changing(Actor actor, TenantId tenant) {
        SwitchPlan command = SwitchPlan.builder(tenant, change.plan())
                .version(version)
                .force(change.force())
                .build();
        return Optional.of(planSwitching.switching(actor, command));
    }

    @Override
    public void finishOrphaned(TenantId tenant) {
        planSwitching.finishOrphaned(tenant);
    }
}
