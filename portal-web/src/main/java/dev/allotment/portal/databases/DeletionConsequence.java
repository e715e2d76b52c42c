// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.Tenant;

/** Describes what deleting a tenant means under the current settings. */
public final class DeletionConsequence {
    private DeletionConsequence() {}

    /**
     * Returns whether the database can be restored, and for how long.
     *
     * @param restorer who can restore it, such as {@code you}
     */
    public static String describe(Saas saas, Tenant tenant, String restorer) {
        int days = tenant.planId() == null || tenant.previewOf() != null
                ? 0
                : saas.parameters()
                        .value(Parameter.RETENTION_DAYS)
                        .map(String::strip)
                        .filter(text -> text.matches("[0-9]{1,6}"))
                        .map(Integer::parseInt)
                        .orElse(0);
        if (days == 0) {
            return "This permanently deletes the database with all its users, data and files. It cannot be undone.";
        }
        return "The database becomes unavailable at once. For " + (days == 1 ? "1 day" : days + " days") + ", "
                + restorer + " can restore it. After that, its users, data and files are gone for good.";
    }
}
