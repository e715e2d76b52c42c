// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.addon;

import dev.allotment.AddonStatus;
import dev.allotment.Template;
import dev.allotment.core.internal.record.TenantRows;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** The versions of the add-ons of a tenant, as the catalog stores them: equal for tenants with equal versions. */
public final class AddonVersions {
    private AddonVersions() {}

    /** Reads them in a tenant database. */
    public static String read(Transaction tx) {
        Map<String, String> versions = new TreeMap<>();
        for (AddonStatus each : AddonRows.installed(tx)) {
            versions.put(each.name(), String.valueOf(each.installedVersion()));
        }
        return write(versions);
    }

    /** Those of a tenant that was made of a template; null if it does not say. */
    public static @Nullable String of(Template template) {
        if (template.addons().size() != template.versions().size()) {
            return null;
        }
        Map<String, String> versions = new TreeMap<>();
        for (int i = 0; i < template.addons().size(); i++) {
            versions.put(template.addons().get(i), template.versions().get(i));
        }
        return write(versions);
    }

    private static String write(Map<String, String> versions) {
        return versions.entrySet().stream()
                .map(each -> each.getKey() + " " + each.getValue())
                .collect(Collectors.joining(","));
    }

    /** The versions by name. */
    public static Map<String, String> parse(String stored) {
        Map<String, String> versions = new TreeMap<>();
        for (String each : stored.isEmpty() ? new String[0] : stored.split(",", -1)) {
            int space = each.indexOf(' ');
            versions.put(each.substring(0, space), each.substring(space + 1));
        }
        return versions;
    }

    /** Makes them unknown, until the database is read. */
    public static void forget(Transaction tx, long tenant) {
        tx.records(RecordTypes.TENANTS)
                .update(TenantRows.lock(tx, tenant).toBuilder()
                        .addonVersions(null)
                        .build());
    }
}
