// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Tenant;

/**
 * Decides whether a customer may use a host for a tenant, for example by looking for a DNS record that contains {@link
 * Tenant#uuid}.
 *
 * <p>The embedder registers it at the builder. Implementations must be safe for use by several threads.
 */
public interface DomainVerifier {
    /**
     * Returns what the customer has to do so that {@link #verify} accepts the host, as text for people. Does no I/O.
     *
     * @param host in lower case, without a port
     */
    String instructions(Tenant tenant, String host);

    /**
     * Checks the host now. Returns within seconds.
     *
     * @param host in lower case, without a port
     * @return whether the customer may use the host
     */
    boolean verify(Tenant tenant, String host);
}
