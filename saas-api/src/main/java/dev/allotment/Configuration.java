// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

/** Configures client databases; for administrators. */
public interface Configuration {
    /**
     * Applies all of it or nothing, also when the process is killed in between.
     *
     * @throws SaasException {@code addon.unknown}, {@code addon.needed}, {@code addon.failed}, {@code
     *     configuration.invalid}, {@code tenant.state}, {@code tenant.busy} (another long action works on it: repeat)
     */
    ConfigurationResult apply(TenantId tenant, ConfigurationChange change);
}
