// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.admin.TenantView.Fact;
import java.util.List;

/**
 * The content of the page of a campaign.
 *
 * @param stopping whether it was cancelled and has not ended yet
 * @param active whether it is running or paused
 * @param pausable whether it can be paused
 * @param resumable whether it can be resumed
 * @param retryable whether failed tenants can be tried again
 * @param error why it ended early; empty if it did not
 * @param numbers of tenants
 * @param facts describe the campaign
 * @param failures the first of the tenants that failed
 * @param failed how many tenants failed
 */
public record CampaignView(
        CampaignsView.Row row,
        boolean stopping,
        boolean active,
        boolean pausable,
        boolean resumable,
        boolean retryable,
        String error,
        List<Fact> numbers,
        List<Fact> facts,
        List<OperationsView.Row> failures,
        long failed) {
    public CampaignView {
        numbers = List.copyOf(numbers);
        facts = List.copyOf(facts);
        failures = List.copyOf(failures);
    }
}
