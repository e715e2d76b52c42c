// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
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
        String all = "its users, data and files" + backups(saas, tenant);
        String names = " Its domains stop working, and its name stays reserved for a while.";
        if (days == 0) {
            return "This permanently deletes the database with all " + all + ". It cannot be undone." + names;
        }
        return "The database becomes unavailable at once. For " + TenantWords.count(days, "day") + ", " + restorer
                + " can restore it. After that, " + all + " are gone for good." + names;
    }

    private static String backups(Saas saas, Tenant tenant) {
        if (!saas.backups().hasStore()) {
            return "";
        }
        int count;
        try {
            count = saas.backups().list(tenant.id()).size();
        } catch (SaasException e) {
            // The store is unavailable, or a key is missing. The page is about something else.
            return ", and all its backups";
        }
        return count == 0 ? "" : ", and its " + (count == 1 ? "backup" : TenantWords.number(count) + " backups");
    }
}
