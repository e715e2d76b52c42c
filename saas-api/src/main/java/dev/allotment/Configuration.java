// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Configures tenants. Requires an administrator. */
public interface Configuration {
    /**
     * Applies a configuration change completely or not at all, even if the process dies.
     *
     * @throws SaasException {@code addon.unknown}, {@code addon.needed}, {@code addon.failed}, {@code
     *     configuration.invalid}, {@code tenant.state}, {@code tenant.busy} (another operation works on the tenant;
     *     retryable)
     */
    ConfigurationResult apply(TenantId tenant, ConfigurationChange change);
}
