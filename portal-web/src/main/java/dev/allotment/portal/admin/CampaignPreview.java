// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.admin.TenantView.Fact;
import java.util.List;

/**
 * The content of the page that asks before a campaign is started.
 *
 * @param count how many tenants would be changed now
 * @param facts describe the campaign
 * @param key the idempotency key of the form
 * @param fields of the form that describes the campaign, to be sent again
 */
public record CampaignPreview(long count, List<Fact> facts, String key, List<UninstallView.Field> fields) {
    public CampaignPreview {
        facts = List.copyOf(facts);
        fields = List.copyOf(fields);
    }
}
