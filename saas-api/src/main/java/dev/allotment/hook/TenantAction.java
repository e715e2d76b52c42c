// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Saas;
import dev.allotment.Tenant;

/**
 * An action of the embedder on one tenant, which a {@link dev.allotment.fleet.Campaign} runs for many of them.
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
     * <p>Other operations of the tenant are refused meanwhile with {@code tenant.busy}, also those of this action. Only
     * a suspension and a deletion are not: they supersede the action, which fails.
     *
     * @param saas with the rights of the account that started the campaign. {@code
     *     saas.database(tenant.name()).login()} connects to the tenant's database
     * @param tenant as it is now
     * @throws Exception if it failed. A {@link dev.allotment.SaasException} keeps its code and, unless it is internal
     *     or unavailable, its message; if it is retryable, the campaign runs the action again. Any other exception is
     *     stored as {@code campaign.action-failed}, without its message
     */
    void run(Saas saas, Tenant tenant) throws Exception;
}
