// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

/**
 * A repair that the embedder registers by name and that a {@link dev.allotment.ConfigurationChange} runs in a tenant
 * database.
 *
 * <p>Implementations must be safe for use by several threads.
 */
@FunctionalInterface
public interface Fix {
    /**
     * Repairs the tenant database, in the transaction of the configuration change.
     *
     * @throws RuntimeException to undo the whole configuration change; the caller of the change receives it
     */
    void apply(TenantTransaction transaction);
}
