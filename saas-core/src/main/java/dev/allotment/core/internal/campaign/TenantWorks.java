// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Campaign;
import dev.allotment.CampaignChange;
import dev.allotment.ErrorCodes;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.tenant.TenantMigration;
import dev.allotment.spi.backend.StoredOperation;

/** Finds what carries out a change of tenants. */
public final class TenantWorks {
    private final SchemaMigrations schemaMigrations;
    private final TenantMigration tenantMigration;

    public TenantWorks(SchemaMigrations schemaMigrations, TenantMigration tenantMigration) {
        this.schemaMigrations = schemaMigrations;
        this.tenantMigration = tenantMigration;
    }

    /** The kind of the operations that carry out a change. */
    static OperationKind kind(CampaignChange change) {
        if (change instanceof CampaignChange.Addons) {
            return OperationKind.CONFIGURE_TENANT;
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

    /** @throws SaasException {@code schema.none}, {@code addon.unknown}, {@code campaign.action-unknown} */
    TenantWork of(CampaignChange change) {
        if (change instanceof CampaignChange.Schema) {
            return new SchemaWork(schemaMigrations, tenantMigration);
        }
        throw SaasException.invalid(ErrorCodes.CONFIGURATION_INVALID, "This change is not supported yet: " + change);
    }
}
