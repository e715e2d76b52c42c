// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Which versions the open and suspended tenants have.
 *
 * <p>Immutable.
 *
 * @param schemaVersion the version of the tenant schema on this node; null: it has none
 * @param schemas how many tenants have which version of the tenant schema; under an empty text, those without a known
 *     version
 * @param addonVersions the latest version of each add-on on this node
 * @param addons for each installed add-on, how many tenants have which version of it
 * @param unknownAddons how many tenants have add-ons that the catalog does not know, because their database was not
 *     read yet
 */
public record TenantVersions(
        @Nullable String schemaVersion,
        Map<String, Long> schemas,
        Map<String, String> addonVersions,
        Map<String, Map<String, Long>> addons,
        long unknownAddons) {
    /** Copies the maps. */
    public TenantVersions {
        schemas = Map.copyOf(schemas);
        addonVersions = Map.copyOf(addonVersions);
        addons = Map.copyOf(addons);
    }
}
