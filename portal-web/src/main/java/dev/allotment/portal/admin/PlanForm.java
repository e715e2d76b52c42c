// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.BackupSchedule;
import dev.allotment.Entitlement;
import dev.allotment.PaymentTerms;
import dev.allotment.Plan;
import dev.allotment.Price;
import dev.allotment.SaasException;
import dev.allotment.portal.admin.PlanView.Difference;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Seen;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Converts between a plan and the form that edits it. */
final class PlanForm {
    private static final String SEEN = "seen";
    private static final String ENTITLEMENTS = "entitlements";
    private static final String PRICE = "price";
    private static final String BILLING = "billing";
    private static final String WINDOW = "window";
    private static final String TERMS = "payment-terms";
    private static final Map<String, String> LABELS = labels();

    private static Map<String, String> labels() {
        Map<String, String> labels = new LinkedHashMap<>();
        labels.put("name", "Name");
        labels.put("summary", "Summary");
        labels.put(PRICE, "Price");
        labels.put(BILLING, "Billing page");
        labels.put("sequence", "Sort order");
        labels.put("published", "Published");
        labels.put("users", "Users");
        labels.put("storage", "Storage in MB");
        labels.put("most", "Databases per customer");
        labels.put("most-trials", "Trials per customer");
        labels.put(ENTITLEMENTS, "Entitlements");
        labels.put("block-storage", "Suspend when over the storage limit");
        labels.put("trial", "Trial period in hours");
        labels.put("grace", "Grace period in days");
        labels.put("block-expiration", "Suspend when expired");
        labels.put("dbname", "Names");
        labels.put("template", "Template");
        labels.put("server", "Server");
        labels.put("server-labels", "Labels of the server");
        labels.put("spares", "Spares");
        labels.put("backups", "Backups");
        labels.put(TERMS, "Payment terms");
        labels.put(WINDOW, "Maintenance window");
        labels.put("backup-limit", "Storage of backups in MB");
        labels.put("lang", "Language");
        labels.put("tz", "Time zone");
        labels.put("tags", "Tags");
        return labels;
    }

    private PlanForm() {}

    static Form sent(PortalExchange exchange) {
        return Form.sent(exchange, LABELS.keySet().toArray(String[]::new)).set(SEEN, exchange.param(SEEN));
    }

    /** Whether the plan is still as it was when the form was shown. */
    static boolean isOf(Form form, Plan plan) {
        return form.value(SEEN).equals(Seen.of(plan));
    }

    /** Returns the fields in which a form and the stored plan differ. */
    static List<Difference> differences(Form sent, Plan stored) {
        Form present = of(stored);
        sent.set(SEEN, present.value(SEEN));
        return LABELS.entrySet().stream()
                .filter(each -> !present.value(each.getKey()).equals(sent.value(each.getKey())))
                .map(each -> new Difference(
                        each.getValue(), shown(present.value(each.getKey())), shown(sent.value(each.getKey()))))
                .toList();
    }

    private static String shown(String value) {
        return value.isEmpty() ? "–" : value.equals("true") ? "yes" : value;
    }

    static Form of(Plan plan) {
        return new Form()
                .set(SEEN, Seen.of(plan))
                .set("name", plan.name())
                .set("summary", plan.summary() == null ? "" : plan.summary())
                .set(
                        "template",
                        plan.templateId() == null ? "" : plan.templateId().toString())
                .set("server", plan.serverId() == null ? "" : plan.serverId().toString())
                .set("server-labels", Labels.text(Labels.required(plan)))
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
                .set("tags", String.join(", ", plan.tags()))
                .set("sequence", Integer.toString(plan.sequence()))
                .set("spares", Integer.toString(plan.spares()))
                .set("backups", plan.backups() == null ? "" : plan.backups().text())
                .set(
                        TERMS,
                        plan.paymentTerms() == null ? "" : plan.paymentTerms().text())
                .set(WINDOW, AdminInput.text(plan.maintenanceWindow()))
                .set("backup-limit", Integer.toString(plan.backupLimitMb()))
                .set(PRICE, plan.price() == null ? "" : plan.price().text())
                .set(BILLING, plan.billingUrl() == null ? "" : plan.billingUrl())
                .set(ENTITLEMENTS, text(plan.entitlements()))
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
                .attributes(Labels.requiring(plan, Labels.sent(form, "server-labels")))
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
                .tags(AdminInput.names(form.value("tags")))
                .spares(form.number("spares", "The number of spares"))
                .backups(schedule(form))
                .paymentTerms(terms(form))
                .maintenanceWindow(AdminInput.window(form, WINDOW))
                .backupLimitMb(form.number("backup-limit", "The storage of backups"))
                .price(price(form))
                .billingUrl(orNull(form.value(BILLING)))
                .entitlements(entitlements(form))
                .published(form.ticked("published"));
        if (!form.value("lang").isEmpty()) {
            builder.lang(form.value("lang"));
        }
        if (!form.value("tz").isEmpty()) {
            builder.tz(form.value("tz"));
        }
        return builder.build();
    }

    private static @Nullable BackupSchedule schedule(Form form) {
        String text = form.value("backups");
        try {
            return text.isEmpty() ? null : BackupSchedule.parse(text);
        } catch (SaasException e) {
            form.refuse("backups", String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static @Nullable Price price(Form form) {
        String text = form.value(PRICE);
        try {
            return text.isEmpty() ? null : Price.parse(text);
        } catch (SaasException e) {
            form.refuse(PRICE, AdminInput.refusal(e));
            return null;
        }
    }

    private static @Nullable PaymentTerms terms(Form form) {
        String text = form.value(TERMS);
        try {
            return text.isEmpty() ? null : PaymentTerms.parse(text);
        } catch (SaasException e) {
            form.refuse(TERMS, String.valueOf(e.getMessage()));
            return null;
        }
    }

    private static String text(Map<String, Entitlement> entitlements) {
        Map<String, String> texts = new TreeMap<>();
        entitlements.forEach((name, each) -> texts.put(name, each.text()));
        return Labels.text(texts);
    }

    private static Map<String, Entitlement> entitlements(Form form) {
        Map<String, Entitlement> entitlements = new TreeMap<>();
        try {
            Labels.sent(
                            form,
                            ENTITLEMENTS,
                            "Enter entitlements such as api=true, projects=10, separated by commas, with each name"
                                    + " only once.")
                    .forEach((name, text) -> entitlements.put(name, Entitlement.parse(text)));
        } catch (SaasException e) {
            form.refuse(ENTITLEMENTS, AdminInput.refusal(e));
        }
        return entitlements;
    }

    private static @Nullable String orNull(String text) {
        return text.isEmpty() ? null : text;
    }
}
