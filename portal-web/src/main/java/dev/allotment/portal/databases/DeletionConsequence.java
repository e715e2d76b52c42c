// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.Tenant;

/** What deleting a client database means, as the settings have it. */
public final class DeletionConsequence {
    private DeletionConsequence() {}

    /** Whether it can be brought back, and for how long. */
    public static String told(Saas saas, Tenant tenant) {
        int days = tenant.planId() == null
                ? 0
                : saas.parameters()
                        .value(Parameter.RETENTION_DAYS)
                        .map(String::strip)
                        .filter(text -> text.matches("[0-9]{1,6}"))
                        .map(Integer::parseInt)
                        .orElse(0);
        if (days == 0) {
            return "It is deleted for good: users, data and files. Nobody can bring it back.";
        }
        return "Nobody gets in any more. It is kept for " + (days == 1 ? "1 day" : days + " days")
                + ", in which an administrator can bring it back; then users, data and files are gone for good.";
    }
}
