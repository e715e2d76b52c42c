// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the form that describes a campaign.
 *
 * @param targets the servers that databases can be moved to
 */
public record CampaignFormView(
        List<SelectOption> changes,
        List<SelectOption> plans,
        List<SelectOption> servers,
        List<SelectOption> targets,
        Form form) {
    public CampaignFormView {
        changes = List.copyOf(changes);
        plans = List.copyOf(plans);
        servers = List.copyOf(servers);
        targets = List.copyOf(targets);
    }
}
