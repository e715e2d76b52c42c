// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import java.util.List;

/**
 * The content of the page on which an administrator chooses what a campaign changes.
 *
 * @param possible the kinds of campaigns that can be started
 * @param missing the others
 */
public record CampaignKindsView(List<CampaignKind> possible, List<CampaignKind> missing) {
    public CampaignKindsView {
        possible = List.copyOf(possible);
        missing = List.copyOf(missing);
    }
}
