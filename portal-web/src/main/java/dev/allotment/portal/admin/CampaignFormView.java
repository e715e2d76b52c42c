// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.web.Form;
import java.util.List;

/**
 * The content of the form that describes a campaign.
 *
 * @param kind what the campaign changes
 * @param choices the add-ons, actions, servers, plans or campaigns to choose from, as the kind needs
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

    /** The title of the part in which the administrator chooses. */
    public String choiceTitle() {
        return switch (kind) {
            case ADDONS -> "Which add-ons";
            case ACTION -> "Which action";
            case PLAN -> "Which plan";
            case SWITCH_BACK -> "Which campaign";
            case SCHEMA, MOVE -> "Where to";
        };
    }

    /** The label of what is chosen, if it is one. */
    public String choiceLabel() {
        return switch (kind) {
            case ACTION -> "Action";
            case PLAN -> "New plan";
            case SWITCH_BACK -> "Campaign";
            case SCHEMA, ADDONS, MOVE -> "Server";
        };
    }

    /** The entry of the list that chooses nothing. */
    public String choiceNone() {
        return switch (kind) {
            case ACTION -> "Choose an action";
            case PLAN -> "Choose a plan";
            case SWITCH_BACK -> "Choose a campaign";
            case SCHEMA, ADDONS, MOVE -> "Choose a server";
        };
    }

    /** Whether the change can be forced upon a database that would exceed a limit or lose add-ons. */
    public boolean canBeForced() {
        return kind == CampaignKind.PLAN || kind == CampaignKind.SWITCH_BACK;
    }
}
