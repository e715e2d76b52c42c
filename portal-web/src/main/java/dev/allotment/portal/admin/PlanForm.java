// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Plan;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import org.jspecify.annotations.Nullable;

/** Converts between a plan and the form that edits it. */
final class PlanForm {
    private static final String[] FIELDS = {
        "name",
        "summary",
        "template",
        "server",
        "dbname",
        "users",
        "storage",
        "block-expiration",
        "block-storage",
        "trial",
        "grace",
        "most",
        "most-trials",
        "lang",
        "tz",
        "sequence",
        "spares",
        "published"
    };

    private PlanForm() {}

    static Form sent(PortalExchange exchange) {
        return Form.sent(exchange, FIELDS);
    }

    static Form of(Plan plan) {
        return new Form()
                .set("name", plan.name())
                .set("summary", plan.summary() == null ? "" : plan.summary())
                .set(
                        "template",
                        plan.templateId() == null ? "" : plan.templateId().toString())
                .set("server", plan.serverId() == null ? "" : plan.serverId().toString())
                .set("dbname", plan.dbNameTemplate() == null ? "" : plan.dbNameTemplate())
                .set("users", Integer.toString(plan.maxUsers()))
                .set("storage", Integer.toString(plan.storageLimitMb()))
                .set("block-expiration", ticked(plan.blockOnExpiration()))
                .set("block-storage", ticked(plan.blockOnStorageExceed()))
                .set("trial", Integer.toString(plan.trialHours()))
                .set("grace", Integer.toString(plan.graceDays()))
                .set("most", Integer.toString(plan.maxDatabasesPerCustomer()))
                .set("most-trials", Integer.toString(plan.maxTrialDatabasesPerCustomer()))
                .set("lang", plan.lang())
                .set("tz", plan.tz())
                .set("sequence", Integer.toString(plan.sequence()))
                .set("spares", Integer.toString(plan.spares()))
                .set("published", ticked(plan.published()));
    }

    private static String ticked(boolean value) {
        return value ? "true" : "";
    }

    /** Applies the form to a plan; refuses fields that are not numbers. */
    static Plan apply(Form form, Plan plan) {
        form.require("name", "Enter a name.");
        Plan.Builder builder = plan.toBuilder()
                .name(form.value("name"))
                .summary(orNull(form.value("summary")))
                .templateId(PlanPages.template(form.value("template")))
                .serverId(PlanPages.server(form.value("server")))
                .dbNameTemplate(orNull(form.value("dbname")))
                .maxUsers(form.number("users", "The number of users"))
                .storageLimitMb(form.number("storage", "The storage limit"))
                .blockOnExpiration(form.ticked("block-expiration"))
                .blockOnStorageExceed(form.ticked("block-storage"))
                .trialHours(form.number("trial", "The trial period"))
                .graceDays(form.number("grace", "The grace period"))
                .maxDatabasesPerCustomer(form.number("most", "The number of databases"))
                .maxTrialDatabasesPerCustomer(form.number("most-trials", "The number of trials"))
                .sequence(form.number("sequence", "The sort order"))
                .spares(form.number("spares", "The number of spares"))
                .published(form.ticked("published"));
        if (!form.value("lang").isEmpty()) {
            builder.lang(form.value("lang"));
        }
        if (!form.value("tz").isEmpty()) {
            builder.tz(form.value("tz"));
        }
        return builder.build();
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
