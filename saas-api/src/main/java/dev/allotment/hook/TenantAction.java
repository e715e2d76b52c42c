// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Saas;
import dev.allotment.Tenant;

/**
 * An action of the embedder on one tenant, which a {@link dev.allotment.Campaign} runs for many of them.
 *
 * <p>The embedder registers it by name at the builder, on the nodes that may run it. Implementations must be safe for
 * use by several threads.
 */
@FunctionalInterface
public interface TenantAction {
    /**
     * Acts on a tenant that is open or suspended. A campaign does not run it again for a tenant after it has returned
     * and this was recorded. If a node is killed before that, another one runs it again, so it must be repeatable.
     *
     * <p>Other operations of the tenant are refused meanwhile with {@code tenant.busy}, also those of this action.
     *
     * @param saas with the rights of the account that started the campaign. {@code
     *     saas.database(tenant.name()).login()} connects to the tenant's database
     * @param tenant as it is now
     * @throws Exception if it failed; its message is stored only if it is a {@link dev.allotment.SaasException}
     */
    void run(Saas saas, Tenant tenant) throws Exception;
}
