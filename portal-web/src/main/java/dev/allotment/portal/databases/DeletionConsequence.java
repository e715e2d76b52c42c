// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.portal.text.PortalTexts;
import dev.allotment.text.Texts;

/** Describes what deleting a tenant means under the current settings. */
public final class DeletionConsequence {
    private DeletionConsequence() {}

    /** Describes it for the owner, in the owner's language. */
    static String describe(Saas saas, Tenant tenant, Texts texts) {
        return describe(saas, tenant, texts, "deletion.retained");
    }

    /** Describes it for an operator, in English. */
    public static String describe(Saas saas, Tenant tenant) {
        return describe(saas, tenant, PortalTexts.ENGLISH, "deletion.retained-for-operators");
    }

    private static String describe(Saas saas, Tenant tenant, Texts texts, String retained) {
        int days = tenant.planId() == null || tenant.previewOf() != null
                ? 0
                : saas.parameters()
                        .value(Parameter.RETENTION_DAYS)
                        .map(String::strip)
                        .filter(text -> text.matches("[0-9]{1,6}"))
                        .map(Integer::parseInt)
                        .orElse(0);
        String all = all(saas, tenant, texts);
        return days == 0 ? texts.text("deletion.at-once", all) : texts.plural(retained, days, all);
    }

    private static String all(Saas saas, Tenant tenant, Texts texts) {
        if (!saas.backups().hasStore()) {
            return texts.text("deletion.all");
        }
        int count;
        try {
            count = saas.backups().list(tenant.id()).size();
        } catch (SaasException e) {
            // The store is unavailable, or a key is missing. The page is about something else.
            return texts.text("deletion.all-with-all-backups");
        }
        return count == 0 ? texts.text("deletion.all") : texts.plural("deletion.all-with-backups", count);
    }
}
