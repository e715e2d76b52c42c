// SPDX-License-Identifier: Apache-2.0
package dev.allotment.hook;

import dev.allotment.Tenant;

/**
 * Finds out whether the customer of a client database may have a host, such as by a record in the domain name system that
 * names {@link Tenant#uuid}; handed to the builder. Called by several threads at once.
 */
public interface DomainVerifier {
    /** What has to be done so that {@link #verify} says yes, for people. No I/O. */
    String instructions(Tenant tenant, String host);

    /**
     * Asks now; returns within seconds.
     *
     * @param host in lower case, without a port
     */
    boolean verify(Tenant tenant, String host);
}
