// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.AddonStatus;
import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.core.internal.addon.AddonRegistry;
import dev.allotment.core.internal.addon.AddonVersions;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.base.CoreContext;
import dev.allotment.core.internal.database.TenantContent;
import dev.allotment.core.internal.database.TenantDatabases;
import dev.allotment.core.internal.operation.OperationEngine;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.core.internal.record.TenantLookup;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.core.internal.rule.VersionNumbers;
import dev.allotment.core.internal.tenant.configuration.ConfigurationFeature;
import dev.allotment.core.internal.tenant.configuration.ConfigureSaga;
import dev.allotment.spi.backend.JsonText;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Updates installed add-ons to the versions that this node has. */
final class AddonWork implements TenantWork {
    private static final String VERSIONS = "addonVersions";

    private final CoreContext context;
    private final TenantDatabases tenantDatabases;
    private final OperationEngine operations;
    private final ConfigureSaga configureSaga;
    private final ConfigurationFeature configuration;
    private final Map<String, String> latest = new TreeMap<>();

    /**
     * @param names empty: all add-ons
     * @throws SaasException {@code addon.unknown}
     */
    AddonWork(
            CoreContext context,
            TenantContent content,
            OperationEngine operations,
            ConfigurationFeature configuration,
            List<String> names) {
        this.context = context;
        this.tenantDatabases = content.databases();
        this.operations = operations;
        this.configureSaga = configuration.configuring();
        this.configuration = configuration;
        AddonRegistry addonRegistry = content.addons().registry();
        List<String> wanted = names.isEmpty()
                ? addonRegistry.available().stream().map(AddonStatus::name).toList()
                : names;
        wanted.forEach(name -> latest.put(name, addonRegistry.get(name).version()));
    }

    @Override
    public OperationKind kind() {
        return OperationKind.CONFIGURE_TENANT;
    }

    @Override
    public Map<String, String> wanted() {
        return Map.of(VERSIONS, JsonText.write(latest));
    }

    @Override
    public void requireKnown(StoredOperation campaign) {
        JsonText.readMap(campaign.input().getOrDefault(VERSIONS, "{}")).forEach((name, version) -> {
            String mine = latest.get(name);
            if (mine == null || VersionNumbers.ORDER.compare(mine, version) < 0) {
                throw SaasException.conflict(
                        ErrorCodes.RECORD_NEWER, "it updates add-on " + name + " to version " + version + ".");
            }
        });
    }

    @Override
    public Filter<StoredTenant> needingChange(Transaction tx) {
        return CampaignTenants.whose(tx, StoredTenant.ADDON_VERSIONS, this::isOutdated);
    }

    @Override
    public boolean needsChange(StoredTenant tenant) {
        return isOutdated(tenant.addonVersions());
    }

    private boolean isOutdated(@Nullable String stored) {
        return stored == null || !outdated(stored).isEmpty();
    }

    private List<String> outdated(String stored) {
        return AddonVersions.parse(stored).entrySet().stream()
                .filter(each -> {
                    String newest = latest.get(each.getKey());
                    return newest != null && VersionNumbers.ORDER.compare(each.getValue(), newest) < 0;
                })
                .map(Map.Entry::getKey)
                .toList();
    }

    @Override
    public boolean needsTemplates() {
        return true;
    }

    /** What the catalog knows may be old, so this looks into the database first. */
    @Override
    public Optional<OperationRequest<?>> changing(Actor actor, TenantId id) {
        StoredTenant tenant = new TenantLookup(context.work(), actor).get(id);
        String present = tenantDatabases.transact(tenant, AddonVersions::read);
        List<String> outdated = outdated(present);
        if (outdated.isEmpty()) {
            context.catalog().transact(tx -> {
                StoredTenant now = TenantRows.lock(tx, id.value());
                if (Objects.equals(now.addonVersions(), tenant.addonVersions())) {
                    tx.records(RecordTypes.TENANTS)
                            .update(now.toBuilder().addonVersions(present).build());
                }
                return null;
            });
            return Optional.empty();
        }
        ConfigurationChange change = ConfigurationChange.builder()
                .update(outdated.toArray(String[]::new))
                .build();
        return Optional.of(configuration.useCases(actor).configuring(id, change));
    }

    @Override
    public void finishOrphaned(TenantId tenant) {
        operations.takeOverDue(tenant, OperationKind.CONFIGURE_TENANT, configureSaga);
    }
}
