// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.AllowedFor.Keys.TENANTS;
import static dev.allotment.Permission.CHANGE_TENANTS;
import static dev.allotment.Permission.VIEW;

import java.util.Optional;

/**
 * The custom domains of tenants. A portal user sees those of its customer's tenants.
 *
 * <p>A portal user adds and removes hosts if the embedder registered a {@link dev.allotment.hook.DomainVerifier}.
 * Without one, only administrators do, and they are responsible for checking the host.
 */
@AllowedFor({READ_ONLY, TENANTS})
@Needs(VIEW)
public interface CustomDomains extends Lookup<Long, CustomDomain> {
    /**
     * Adds a host, after the verifier has accepted it. Takes as long as the verifier does. Does nothing if the tenant
     * already has the host.
     *
     * @param host a DNS name with a dot, in any case; not below the base domain, and not a host that the name of a
     *     tenant gives or gave
     * @throws SaasException {@code domain.host-invalid}, {@code domain.host-taken}, {@code domain.not-proven}, {@code
     *     domain.limit-reached}, {@code tenant.state}
     */
    @AllowedFor(TENANTS)
    @Needs(CHANGE_TENANTS)
    CustomDomain add(TenantId tenant, String host);

    /**
     * Removes a host. It can be added elsewhere at once.
     *
     * @param domain the id of the {@link CustomDomain}
     */
    @AllowedFor(TENANTS)
    @Needs(CHANGE_TENANTS)
    void remove(long domain);

    /**
     * Returns what the customer has to do before {@link #add}, as text for people; empty if no verifier is
     * registered. Does no I/O, unless the verifier does.
     */
    @AllowedFor({READ_ONLY, TENANTS})
    @Needs(value = CHANGE_TENANTS, operators = VIEW)
    Optional<String> instructions(TenantId tenant, String host);
}
