// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import java.util.List;

/** Configures tenants. Requires an administrator. */
public interface Configuration {
    /**
     * Applies a configuration change completely or not at all, even if the process dies.
     *
     * @throws SaasException {@code addon.unknown}, {@code addon.needed}, {@code addon.failed}, {@code
     *     configuration.invalid}, {@code tenant.state}, {@code tenant.busy} (another operation works on the tenant;
     *     retryable)
     */
    @AllowedFor(TENANTS)
    ConfigurationResult apply(TenantId tenant, ConfigurationChange change);

    /**
     * Returns what uninstalling add-ons would delete, in the order of their removal. Changes nothing. Reads the
     * uninstall scripts and the statistics of the database server, and runs no script.
     *
     * @param addons technical names; those that are not installed are left out
     * @throws SaasException {@code addon.unknown}, {@code addon.needed}, {@code tenant.state}
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(VIEW_INSTALLATION)
    List<AddonRemoval> previewUninstall(TenantId tenant, List<String> addons);
}
