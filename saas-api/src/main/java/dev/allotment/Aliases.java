// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;

import java.util.Optional;

/**
 * The additional hosts of tenants. A portal user sees those of its customer's tenants.
 *
 * <p>A portal user adds and removes hosts if the embedder registered a {@link dev.allotment.hook.DomainVerifier}.
 * Without one, only administrators do, and they are responsible for checking the host.
 */
@AllowedFor({READ_ONLY, TENANTS})
public interface Aliases extends Lookup<Long, TenantAlias> {
    /**
     * Adds a host, after the verifier has accepted it. Takes as long as the verifier does. Does nothing if the tenant
     * already has the host.
     *
     * @param host a DNS name with a dot, in any case; not below the base domain, and not a host that the name of a
     *     tenant gives or gave
     * @throws SaasException {@code alias.host-invalid}, {@code alias.host-taken}, {@code alias.not-proven}, {@code
     *     alias.limit-reached}, {@code tenant.state}
     */
    @AllowedFor(TENANTS)
    TenantAlias add(TenantId tenant, String host);

    /**
     * Removes a host. It can be added elsewhere at once.
     *
     * @param alias the id of the {@link TenantAlias}
     */
    @AllowedFor(TENANTS)
    void remove(long alias);

    /**
     * Returns what the customer has to do before {@link #add}, as text for people; empty if no verifier is
     * registered. Does no I/O, unless the verifier does.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    Optional<String> instructions(TenantId tenant, String host);
}
