// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.account.AccountMessages;
import dev.allotment.portal.databases.BackupPages;
import dev.allotment.portal.databases.DomainPages;
import dev.allotment.portal.databases.SwapPages;
import dev.allotment.portal.identity.ProviderPages;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.webhook.WebhookPages;

/** Registers the pages for administrators. */
public final class AdminPages {
    private AdminPages() {}

    /**
     * Adds the pages to the routes.
     *
     * @param messages sends the emails about accounts
     */
    public static void add(Routes routes, AccountMessages messages) {
        new OverviewPage().add(routes);
        new FleetBackupsPage().add(routes);
        new UserPages(messages).add(routes);
        new PlanPages().add(routes);
        new VersionPages().add(routes);
        new TenantPages().add(routes);
        new ActivityPage().add(routes);
        new SwitchPages().add(routes);
        new DuplicatePages().add(routes);
        new ChangeServerPages().add(routes);
        DomainPages.addForAdministrators(routes, TenantPages::tenant);
        BackupPages.addForAdministrators(routes, TenantPages::tenant);
        SwapPages.addForAdministrators(routes, TenantPages::tenant);
        new RebalancingPages().add(routes);
        new ServerPages().add(routes);
        new CheckPages().add(routes);
        new OperationPages().add(routes);
        new CampaignPages().add(routes);
        WebhookPages.addForAdministrators(routes);
        ProviderPages.addForOperators(routes);
        new AuditPage().add(routes);
        new SettingsPage(messages.possible()).add(routes);
    }
}
