// SPDX-License-Identifier: Apache-2.0
package dev.allotment.fleet;

import dev.allotment.Internal;
import dev.allotment.Operation;

/**
 * A campaign and its progress. The results of single tenants are operations, see {@link Operation#campaign}.
 *
 * <p>Immutable.
 *
 * @param operation the operation that runs the campaign
 * @param campaign the command that started it, without its idempotency key
 * @param stage what it does now, or did last
 * @param wave the wave that it is in, from 1 on; 0 before the first one
 * @param total the tenants that are done, failed or left, counted when the stage or wave started; tenants that are
 *     created later count from the next one on
 * @param done the tenants that this campaign has brought to the wanted state
 * @param failed the tenants with a change that failed, and none that is done
 * @param working the tenants that are being changed, on any node, or wait for a thread of one; at most {@link
 *     Campaign#parallel}
 * @param later the tenants that are left for later: they were outside of their maintenance window when the campaign
 *     last looked
 */
public record CampaignStatus(
        Operation operation,
        Campaign campaign,
        CampaignStage stage,
        int wave,
        long total,
        long done,
        long failed,
        long working,
        long later) {
    /** Creates a record from all its components. Only the control plane creates one. */
    @Internal
    public CampaignStatus {}
}
