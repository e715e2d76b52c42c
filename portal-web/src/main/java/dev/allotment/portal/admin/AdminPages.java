// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.ErrorCategory;
import dev.allotment.SaasException;
import dev.allotment.portal.web.Routes;
import java.util.Arrays;
import java.util.List;

/** All pages for administrators. */
public final class AdminPages {
    private AdminPages() {}

    /**
     * Adds these pages.
     *
     * @param mail whether letters can be sent
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

    /** What went wrong, where an administrator can do something about it. */
    static String refusal(SaasException e) {
        if (e.category() == ErrorCategory.UNAVAILABLE
                || e.category() == ErrorCategory.INTERNAL
                || e.category() == ErrorCategory.NOT_ALLOWED) {
            throw e;
        }
        return String.valueOf(e.getMessage());
    }

    /** Names with commas or white space between them. */
    static List<String> names(String text) {
        return Arrays.stream(text.split("[,\\s]+", -1))
                .filter(each -> !each.isEmpty())
                .distinct()
                .toList();
    }
}
