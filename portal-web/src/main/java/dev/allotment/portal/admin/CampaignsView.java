// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.ListControls;
import dev.allotment.portal.web.Moment;
import java.util.List;

/**
 * The content of the page about campaigns.
 *
 * @param running whether one of the rows is of a running campaign
 * @param versions which versions the tenants have
 */
public record CampaignsView(List<Row> rows, boolean running, List<Version> versions, ListControls list) {
    public CampaignsView {
        rows = List.copyOf(rows);
        versions = List.copyOf(versions);
    }

    /**
     * A campaign.
     *
     * @param what describes the change
     * @param progress describes the progress
     */
    public record Row(
            long id,
            String what,
            Badge state,
            int percent,
            String progress,
            String startedBy,
            Moment startedAt,
            String took) {}

    /**
     * A version that tenants have.
     *
     * @param of the tenant schema or an add-on
     * @param latest whether it is the latest version that this node knows
     */
    public record Version(String of, String version, boolean latest, long databases) {}
}
