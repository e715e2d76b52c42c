// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.AllowedFor;
import dev.allotment.Needs;
import dev.allotment.SaasException;

/**
 * Protects database servers from copies of the catalog. Requires an administrator.
 *
 * <p>A copy of a catalog, for example for staging, knows the servers of the original and would change databases on
 * them. So the catalog stores where it is, and each server which catalog changes its databases. If a control plane is
 * opened on a catalog in another place, it only reads: everything that changes the catalog or a server is refused with
 * {@code catalog.clone}, and the maintenance does nothing. Then an administrator decides what it is. Safe for use by
 * several threads.
 *
 * <p>A failover does not change the place of a catalog on PostgreSQL. Restoring a dump does.
 */
public interface CatalogIdentity {
    /** Returns whether this catalog is a copy, for which no administrator has decided what it is. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    boolean isCopy();

    /**
     * Ends the use of the catalog at its place, before it is moved to another one: from now on, it is a copy here.
     * Nothing can change until {@link #confirmMoved}, at the new place or here, so API keys are kept then. Stop all
     * nodes first.
     *
     * @throws SaasException {@code catalog.in-use} if a node has reported within the last minute; {@code catalog.clone}
     *     if this is a copy
     */
    void leave();

    /**
     * Confirms that this is the catalog now, and that no other copy is in use: it was moved, or restored. Nodes on it
     * accept changes within seconds, and servers refuse changes by any other copy. Does not contact unreachable
     * servers.
     *
     * <p>API keys of accounts are revoked, since keys that were revoked after the copy was made are in it, too. They
     * are kept if the copy was made after {@link #leave} on the same day, and every server knows no later decision.
     *
     * @return whether API keys of accounts were kept
     */
    boolean confirmMoved();

    /**
     * Makes this copy a separate control plane, with another identity. Database servers that were registered are
     * given up, and their passwords are removed; databases of the original on shared servers do not belong to it any
     * more. Emails and other deliveries that are due are discarded. Every node must be restarted afterwards.
     *
     * @throws SaasException {@code catalog.clone} if this is no copy
     */
    void separate();
}
