// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.portal.databases.DomainPages;
import dev.allotment.portal.web.Routes;

/** Registers the pages for administrators. */
public final class AdminPages {
    private AdminPages() {}

    /**
     * Adds the pages to the routes.
     *
     * @param mail whether emails can be sent
     */
    public static void add(Routes routes, boolean mail) {
        new OverviewPage().add(routes);
        new UserPages().add(routes);
        new PlanPages().add(routes);
        new VersionPages().add(routes);
        new TenantPages().add(routes);
        new SwitchPages().add(routes);
        new DuplicatePages().add(routes);
        DomainPages.addForAdministrators(routes, TenantPages::tenant);
        new ServerPages().add(routes);
        new CheckPages().add(routes);
        new OperationPages().add(routes);
        new AuditPage().add(routes);
        new SettingsPage(mail).add(routes);
    }
}
