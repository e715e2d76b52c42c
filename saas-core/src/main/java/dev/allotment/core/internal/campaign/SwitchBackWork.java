// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.SwitchPlan;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.RecordLookup;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.tenant.configuration.PlanSwitching;
import dev.allotment.core.internal.tenant.configuration.SwitchPlanSaga;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Switches the tenants that another campaign has switched back to the plans where they were. */
final class SwitchBackWork implements TenantWork {
    private final PlanSwitching planSwitching;
    private final CampaignChange.SwitchBack change;
    /** The last switch of each tenant by that campaign; empty until a run counts its tenants, which it does first. */
    private volatile Map<TenantId, StoredOperation> switches = Map.of();

    SwitchBackWork(PlanSwitching planSwitching, CampaignChange.SwitchBack change) {
        this.planSwitching = planSwitching;
        this.change = change;
    }

    /**
     * Requires that the campaign to take back switches no other tenant.
     *
     * @throws SaasException {@code record.missing}, {@code configuration.invalid}, {@code campaign.running}
     */
    static void requireEnded(Transaction tx, OperationId id) {
        StoredOperation found = tx.records(RecordTypes.OPERATIONS)
                .find(id.value())
                .filter(each -> each.kind() == OperationKind.CAMPAIGN)
                .orElseThrow(() -> RecordLookup.missing(RecordTypes.OPERATIONS, "Campaign", id.value()));
        if (!(CampaignInput.read(found).change() instanceof CampaignChange.Plan)) {
            throw SaasException.invalid(
                    ErrorCodes.CONFIGURATION_INVALID,
                    "Campaign " + id + " did not switch tenants to a plan, so there is nothing to switch back. Name"
                            + " a campaign that did.");
        }
        if (found.state() == OperationState.RUNNING || found.state() == OperationState.PAUSED) {
            throw SaasException.conflict(
                    ErrorCodes.CAMPAIGN_RUNNING,
                    "Campaign " + id + " has not ended, so it may switch more tenants. Cancel it first, or wait.");
        }
    }

    @Override
    public OperationKind kind() {
        return OperationKind.SWITCH_PLAN;
    }

    @Override
    public Filter<StoredTenant> needingChange(Transaction tx) {
        if (switches.isEmpty()) {
            // That campaign had ended when this one started, so they are not read again for each page of tenants.
            switches = switches(tx);
        }
        List<TenantId> wanted = tx
                .records(RecordTypes.TENANTS)
                .list(Query.where(Filter.in(StoredTenant.ID, List.copyOf(switches.keySet()))))
                .stream()
                .filter(this::needsChange)
                .map(StoredTenant::id)
                .toList();
        return Filter.in(StoredTenant.ID, wanted);
    }

    private Map<TenantId, StoredOperation> switches(Transaction tx) {
        Map<TenantId, StoredOperation> found = new HashMap<>();
        Query<StoredOperation> done = Query.where(Filter.and(
                        Filter.equal(StoredOperation.CAMPAIGN, change.campaign()),
                        Filter.equal(StoredOperation.KIND, OperationKind.SWITCH_PLAN),
                        Filter.equal(StoredOperation.STATE, OperationState.DONE)))
                .orderBy(StoredOperation.ID);
        for (StoredOperation each : tx.records(RecordTypes.OPERATIONS).list(done)) {
            if (each.tenantId() != null && SwitchPlanSaga.from(each).isPresent()) {
                found.put(each.tenantId(), each);
            }
        }
        return found;
    }

    @Override
    public boolean needsChange(StoredTenant tenant) {
        StoredOperation last = switches.get(tenant.id());
        return last != null && SwitchPlanSaga.isOn(tenant, last);
    }

    @Override
    public Optional<OperationRequest<?>> changing(Actor actor, TenantId tenant) {
        StoredOperation last = switches.get(tenant);
        return Optional.ofNullable(last)
                .flatMap(SwitchPlanSaga::from)
                .map(before -> planSwitching.switching(
                        actor,
                        SwitchPlan.builder(tenant, before.plan())
                                .version(before.version())
                                .force(change.force())
                                .build()));
    }

    @Override
    public void finishOrphaned(TenantId tenant) {
        planSwitching.finishOrphaned(tenant);
    }
}
