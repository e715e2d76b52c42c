// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import static dev.allotment.AllowedFor.Keys.READ_ONLY;
import static dev.allotment.Permission.RETRY_OPERATIONS;
import static dev.allotment.Permission.VIEW_INSTALLATION;

import dev.allotment.AllowedFor;
import dev.allotment.Needs;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationKind;
import dev.allotment.Operations;
import dev.allotment.SaasException;
import java.util.List;

/**
 * Brings many tenants to one state. Requires an administrator.
 *
 * <p>A campaign is an {@link Operation} of the kind {@link OperationKind#CAMPAIGN}, and the change of each tenant is
 * one, too, with the campaign in {@link Operation#campaign}. So {@link Operations} lists campaigns and the results of
 * their tenants, waits for a campaign, and cancels it before the next tenant. If its node dies, another node continues.
 * A node that lacks the wanted version, or the action, leaves it to others.
 *
 * <p>If more tenants fail than the campaign allows, it ends with {@code campaign.stopped}. {@link #resume} continues
 * with the other tenants, {@link #retry} also with the failed ones.
 *
 * <p>Each method throws {@code access.not-allowed} if the actor is not an administrator, and {@code record.missing} if
 * there is no such campaign.
 */
public interface Campaigns {
    /**
     * Starts a campaign in the background. The embedder's executor runs it; without one, the next {@link
     * Maintenance#run} on any node does.
     *
     * @throws SaasException {@code schema.none}, {@code addon.unknown}, {@code campaign.action-unknown}, {@code
     *     configuration.invalid}, {@code record.missing} for the plan, the server or the customer, {@code
     *     server.labels-missing} if the server of moves lacks a label that a plan of the tenants, or the customer,
     *     requires, {@code backup.no-store} or {@code backup.key-missing} if backups are wanted and cannot be made,
     *     {@code idempotency.mismatch}
     */
    Operation start(Campaign campaign);

    /**
     * Returns how many tenants a campaign would change now: those that it selects and that lack the wanted state, from
     * the catalog. Tenants whose versions are not known yet are counted, too.
     *
     * @throws SaasException {@code schema.none}, {@code addon.unknown}, {@code campaign.action-unknown}
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    long count(Campaign campaign);

    /** Returns a campaign and its progress. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    CampaignStatus status(OperationId campaign);

    /**
     * Returns the last attempts of tenants that this campaign failed to change, in the order of the tenants.
     *
     * @param limit the maximum number; 0: no maximum
     */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    List<Operation> failures(OperationId campaign, int limit);

    /**
     * Pauses a running campaign: tenants that are being changed are finished, and no other is started until {@link
     * #resume}. Does nothing if it is paused or has ended; the state of the returned operation shows it.
     */
    Operation pause(OperationId campaign);

    /**
     * Continues a campaign that is paused, was stopped by failures, or was cancelled, with the tenants that were not
     * tried yet. Failures from before a stop no longer count. Does nothing if it is running or done.
     */
    Operation resume(OperationId campaign);

    /**
     * Continues a campaign that is paused or has ended, as {@link #resume}, and tries the failed tenants again.
     *
     * @throws SaasException {@code campaign.running}
     */
    @Needs(RETRY_OPERATIONS)
    Operation retry(OperationId campaign);

    /** Returns the names of the actions that are registered with this node, in alphabetical order. */
    @Needs(VIEW_INSTALLATION)
    List<String> actions();

    /** Returns which versions the tenants have, from the catalog. */
    @AllowedFor(READ_ONLY)
    @Needs(VIEW_INSTALLATION)
    TenantVersions versions();
}
