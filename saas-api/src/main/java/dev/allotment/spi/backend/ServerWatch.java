// SPDX-License-Identifier: Apache-2.0
package dev.allotment.spi.backend;

import java.util.List;
import java.util.Set;
import java.util.UUID;

/**
 * Keeps a server in order on which applications have sessions and rights that they may abuse. An ability of {@link
 * Databases}. Safe for use by several threads.
 */
public interface ServerWatch {
    /**
     * Ends sessions of applications that should not exist, or that take so much of what the databases on the server
     * share that others suffer. The maintenance of each node calls this every few seconds.
     *
     * @return the sessions that were ended
     */
    List<EndedSession> endExcessiveSessions();

    /**
     * Takes from the logins of tenants what none of them may have: rights of an administrator, and membership in a role
     * of the control plane, of another tenant or of the server. The maintenance of each node calls this every few
     * seconds.
     *
     * @return the identities of the databases whose logins had some
     */
    Set<UUID> revokeExcessiveRights();

    /**
     * Restores the rights on a database that a {@linkplain Databases#inventory flaw} is about. It stays open or closed.
     */
    void restoreRights(DatabaseRef database);

    /**
     * Removes what other versions of the backend left on the server, if no node of any control plane has used it for
     * weeks. The maintenance of each node calls this about once a day.
     */
    void tidy();
}
