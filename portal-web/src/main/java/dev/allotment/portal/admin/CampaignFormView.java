// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the form that describes a campaign.
 *
 * @param kind what the campaign changes
 * @param choices the add-ons, actions or servers to choose from, as the kind needs
 */
public record CampaignFormView(
        CampaignKind kind,
        List<SelectOption> choices,
        List<SelectOption> plans,
        List<SelectOption> servers,
        Form form) {
    public CampaignFormView {
        choices = List.copyOf(choices);
        plans = List.copyOf(plans);
        servers = List.copyOf(servers);
    }
}
