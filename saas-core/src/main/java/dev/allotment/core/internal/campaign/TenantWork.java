// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.internal.campaign;

import dev.allotment.Filter;
import dev.allotment.OperationKind;
import dev.allotment.SaasException;
import dev.allotment.TenantId;
import dev.allotment.core.internal.base.Actor;
import dev.allotment.core.internal.operation.OperationRequest;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backend.StoredTenant;
import dev.allotment.spi.backend.Transaction;
import java.util.Map;
import java.util.Optional;

/** What a campaign does with one tenant, and how it finds the tenants that need it. */
interface TenantWork {
    /** The kind of the operation that changes a tenant. */
    OperationKind kind();

    /** What a node must have to continue the campaign, stored with its operation. Default: nothing. */
    default Map<String, String> wanted() {
        return Map.of();
    }

    /**
     * Requires that this node has what the campaign wants. Default: it has.
     *
     * @throws SaasException whose message says what is missing
     */
    default void requireKnown(StoredOperation campaign) {
        // There is nothing that a node could miss.
    }

    /** Selects the tenants that need the change; all, if the catalog cannot say it. */
    Filter<StoredTenant> needingChange(Transaction tx);

    /** Whether a tenant needs the change, as far as its row says. */
    boolean needsChange(StoredTenant tenant);

    /** Whether only the results of the campaign say which tenants are done. Default: false. */
    default boolean onceEach() {
        return false;
    }

    /** Whether templates have a wanted state, too, and are brought to it first. Default: false. */
    default boolean needsTemplates() {
        return false;
    }

    /** The change of one tenant; empty if it turns out to have the wanted state. */
    Optional<OperationRequest<?>> changing(Actor actor, TenantId tenant);

    /** Finishes a change of this tenant that has lost its node, for which the tenant would stay busy. */
    void finishOrphaned(TenantId tenant);
}
