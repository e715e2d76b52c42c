// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ErrorCategory;
import dev.allotment.SaasException;
import dev.allotment.portal.web.Routes;
import java.util.Arrays;
import java.util.List;

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
        new TenantPages().add(routes);
        new ServerPages().add(routes);
        new OperationPages().add(routes);
        new AuditPage().add(routes);
        new SettingsPage(mail).add(routes);
    }

    /** Returns what the administrator can correct; rethrows everything else. */
    static String refusal(SaasException e) {
        if (e.category() == ErrorCategory.UNAVAILABLE
                || e.category() == ErrorCategory.INTERNAL
                || e.category() == ErrorCategory.NOT_ALLOWED) {
            throw e;
        }
        return String.valueOf(e.getMessage());
    }

    /** Splits names at commas and white space. */
    static List<String> names(String text) {
        return Arrays.stream(text.split("[,\\s]+", -1))
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
    }
}
