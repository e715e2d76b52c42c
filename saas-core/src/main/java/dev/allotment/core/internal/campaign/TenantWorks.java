// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.tenant.configuration.ConfigurationFeature;
import dev.allotment.core.internal.tenant.move.TenantMoving;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.spi.backend.StoredOperation;
import java.util.List;

/** Finds what carries out a change of tenants. */
public final class TenantWorks {
    private final CoreContext context;
    private final OperationEngine operations;
    private final TenantContent content;
    private final ConfigurationFeature configuration;
    private final RunActionSaga runActionSaga;
    private final TenantMoving tenantMoving;

    public TenantWorks(
            CoreContext context,
            OperationEngine operations,
            TenantContent content,
            ConfigurationFeature configuration,
            RunActionSaga runActionSaga,
            TenantMoving tenantMoving) {
        this.context = context;
        this.operations = operations;
        this.content = content;
        this.configuration = configuration;
        this.runActionSaga = runActionSaga;
        this.tenantMoving = tenantMoving;
    }

    RunActionSaga actionSaga() {
        return runActionSaga;
    }

    VersionReport versions() {
        return new VersionReport(content);
    }

    /** The names of the actions that this node can run. */
    List<String> actions() {
        return runActionSaga.names();
    }

    /** The kind of the operations that carry out a change. */
    static OperationKind kind(CampaignChange change) {
        if (change instanceof CampaignChange.Addons) {
            return OperationKind.CONFIGURE_TENANT;
        }
        if (change instanceof CampaignChange.Move || change instanceof CampaignChange.Rebalance) {
            return OperationKind.MOVE_TENANT;
        }
        if (change instanceof CampaignChange.Plan || change instanceof CampaignChange.SwitchBack) {
            return OperationKind.SWITCH_PLAN;
        }
        return change instanceof CampaignChange.Action ? OperationKind.RUN_TENANT_ACTION : OperationKind.MIGRATE_TENANT;
    }

    /**
     * What a campaign needs that was started by another node, or earlier.
     *
     * @throws SaasException {@code record.newer}, so that another node continues
     */
    TenantWork continuing(StoredOperation operation, Campaign campaign) {
        try {
            TenantWork work = of(campaign.change());
            work.requireKnown(operation);
            return work;
        } catch (SaasException e) {
            throw SaasException.unavailable(
                    ErrorCodes.RECORD_NEWER,
                    "Campaign " + operation.id() + " needs what this node does not have: " + e.getMessage()
                            + " A node that has it continues.",
                    e);
        }
    }

    /**
     * Finds what carries out a change.
     *
     * @throws SaasException {@code schema.none}, {@code addon.unknown}, {@code campaign.action-unknown}, {@code
     *     record.missing}
     */
    TenantWork of(CampaignChange change) {
        if (change instanceof CampaignChange.Addons addons) {
            return new AddonWork(context, content, operations, configuration, addons.names());
        }
        if (change instanceof CampaignChange.Action action) {
            return new ActionWork(context, operations, runActionSaga, action.name());
        }
        if (change instanceof CampaignChange.Move move) {
            return new MoveWork(tenantMoving, move.server());
        }
        if (change instanceof CampaignChange.Rebalance rebalance) {
            return RebalanceWork.of(tenantMoving, rebalance.moves());
        }
        if (change instanceof CampaignChange.Plan plan) {
            return PlanWork.of(configuration.planSwitching(), plan);
        }
        if (change instanceof CampaignChange.SwitchBack back) {
            return new SwitchBackWork(configuration.planSwitching(), back);
        }
        return new SchemaWork(configuration.migration());
    }
}
