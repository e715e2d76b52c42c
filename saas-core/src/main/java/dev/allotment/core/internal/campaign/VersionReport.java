// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.fleet.TenantVersions;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Counts the versions that tenants have. */
public final class VersionReport {
    private final TenantContent content;

    public VersionReport(TenantContent content) {
        this.content = content;
    }

    TenantVersions read(Transaction tx) {
        Map<String, Long> schemas = new HashMap<>();
        tx.records(RecordTypes.TENANTS)
                .counts(StoredTenant.SCHEMA_VERSION, CampaignTenants.IN_USE)
                .forEach((version, count) -> schemas.put(Objects.requireNonNullElse(version, ""), count));
        Map<String, Map<String, Long>> addons = new HashMap<>();
        Map<@Nullable String, Long> texts =
                tx.records(RecordTypes.TENANTS).counts(StoredTenant.ADDON_VERSIONS, CampaignTenants.IN_USE);
        texts.forEach((text, count) -> AddonVersions.parse(Objects.requireNonNullElse(text, ""))
                .forEach((name, version) ->
                        addons.computeIfAbsent(name, each -> new HashMap<>()).merge(version, count, Long::sum)));
        Map<String, String> latest = new HashMap<>();
        content.addons()
                .registry()
                .available()
                .forEach(each -> latest.put(each.name(), String.valueOf(each.latestVersion())));
        return new TenantVersions(
                content.migrations().version(), schemas, latest, addons, texts.getOrDefault(null, 0L));
    }
}
