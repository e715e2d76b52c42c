// SPDX-License-Identifier: Apache-2.0
package dev.allotment;

import java.util.Optional;

/**
 * Hosts of client databases besides their own. A portal user sees those of its customer's databases, and adds and removes them
 * where the host has handed in a {@link dev.allotment.hook.DomainVerifier}; without one only administrators do, who vouch for
 * them.
 */
public interface Aliases extends Lookup<Long, TenantAlias> {
    /**
     * Adds a host, after the verifier was asked whether the customer may have it; may take as long as that does. Adding one
     * that it has already is no error.
     *
     * @param host a name of the domain name system with a dot in it, in any case; not one under the base domain, nor one that
     *     the name of a database gives or has given
     * @throws SaasException {@code alias.host-invalid}, {@code alias.host-taken}, {@code alias.not-proven}, {@code
     *     alias.limit-reached}, {@code tenant.state}
     */
    TenantAlias add(TenantId tenant, String host);

    /** Takes it away; the host is free at once. */
    void remove(long alias);

    /** What has to be done before {@link #add}, for people; empty where nobody is asked. No I/O but what the verifier does. */
    Optional<String> instructions(TenantId tenant, String host);
}
