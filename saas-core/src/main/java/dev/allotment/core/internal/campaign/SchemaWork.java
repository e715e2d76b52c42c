// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.tenant.configuration.TenantMigration;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;

/** Migrates the tenant schema to its present version. */
record SchemaWork(SchemaMigrations schemaMigrations, TenantMigration tenantMigration) implements TenantWork {
    private static final String SCHEMA_VERSION = "schemaVersion";

    SchemaWork(TenantMigration tenantMigration) {
        this(tenantMigration.schemaMigrations(), tenantMigration);
    }

    SchemaWork {
        if (schemaMigrations.version() == null) {
            throw SchemaMigrations.none();
        }
    }

    @Override
    public OperationKind kind() {
        return OperationKind.MIGRATE_TENANT;
    }

    private String version() {
        String version = schemaMigrations.version();
        if (version == null) {
            throw SchemaMigrations.none();
        }
        return version;
    }

    @Override
    public Map<String, String> wanted() {
        return Map.of(SCHEMA_VERSION, version());
    }

    /**
     * A node of an older build, which took the campaign over, would find that no tenant is outdated. Versions with
     * equal numbers and other texts have no order, so such a node leaves it, too.
     */
    @Override
    public void requireKnown(StoredOperation campaign) {
        String wanted = campaign.input().getOrDefault(SCHEMA_VERSION, "");
        if (!version().equals(wanted) && !SchemaMigrations.isOlder(wanted, version())) {
            throw SaasException.conflict(
                    ErrorCodes.RECORD_NEWER, "it brings tenants to version " + wanted + " of the tenant schema.");
        }
    }

    @Override
    public Filter<StoredTenant> needingChange(Transaction tx) {
        return CampaignTenants.whose(tx, StoredTenant.SCHEMA_VERSION, schemaMigrations::isOutdated);
    }

    /** Not if a newer build has migrated it: it has another version, but is not outdated. */
    @Override
    public boolean needsChange(StoredTenant tenant) {
        return schemaMigrations.isOutdated(tenant.schemaVersion());
    }

    @Override
    public boolean needsTemplates() {
        return true;
    }

    @Override
    public Optional<OperationRequest<?>> changing(Actor actor, TenantId tenant) {
        return Optional.of(tenantMigration.migratingOutdated(actor, tenant));
    }

    @Override
    public void finishOrphaned(TenantId tenant) {
        tenantMigration.finishOrphaned(tenant);
    }
}
