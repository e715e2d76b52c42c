// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.TenantVersions;
import dev.allotment.core.internal.database.SchemaMigrations;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/** Counts the versions that tenants have. */
public final class VersionReport {
    private final SchemaMigrations schemaMigrations;

    public VersionReport(SchemaMigrations schemaMigrations) {
        this.schemaMigrations = schemaMigrations;
    }

    TenantVersions read(Transaction tx) {
        Map<String, Long> schemas = new HashMap<>();
        tx.records(RecordTypes.TENANTS)
                .counts(StoredTenant.SCHEMA_VERSION, CampaignTenants.IN_USE)
                .forEach((version, count) -> schemas.put(Objects.requireNonNullElse(version, ""), count));
        return new TenantVersions(schemaMigrations.version(), schemas, Map.of(), Map.of(), 0);
    }
}
