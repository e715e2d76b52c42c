// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.BackupSchedule;
import dev.allotment.Filter;
import dev.allotment.MaintenanceWindow;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Template;
import dev.allotment.TemplateId;
import dev.allotment.TemplateState;
import dev.allotment.odoo.internal.model.DomainConditions;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.Unchanged;
import dev.allotment.odoo.internal.shared.KeptFields;
import dev.allotment.odoo.internal.value.OdooTexts;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The fields of {@code saas_portal.plan}. */
final class PlanFields {
    private static final String DESCRIPTION = "website_description";
    private static final String LOGIN = "login";

    static final KeptFields<Saas, Plan> KEPT = new KeptFields<>(
            PlanModel.NAME, plan -> plan.id().value(), Saas::parameters, Map.of(DESCRIPTION, FieldType.TEXT));

    private PlanFields() {}

    static ModelTableBuilder<Saas, Plan> all() {
        ModelTableBuilder<Saas, Plan> fields = new ModelTableBuilder<Saas, Plan>(
                        PlanModel.NAME, Saas::plans, plan -> plan.id().value())
                .named(Plan::name, "name")
                .ordered("sequence")
                .text(
                        "name",
                        "Plan",
                        "name",
                        Plan::name,
                        (plan, name) ->
                                plan.toBuilder().name(OdooTexts.orEmpty(name)).build())
                .text(
                        "summary",
                        "Summary",
                        "summary",
                        Plan::summary,
                        (plan, summary) -> plan.toBuilder().summary(summary).build())
                .reference(
                        "template_id",
                        "Template",
                        TemplateModel.NAME,
                        "templateId",
                        plan -> plan.templateId() == null
                                ? null
                                : plan.templateId().value(),
                        (plan, id) -> plan.toBuilder()
                                .templateId(id == null ? null : new TemplateId(id))
                                .build())
                .reference(
                        "server_id",
                        "SaaS Server",
                        ServerModel.NAME,
                        "serverId",
                        plan -> plan.serverId() == null ? null : plan.serverId().value(),
                        (plan, id) -> plan.toBuilder()
                                .serverId(id == null ? null : new ServerId(id))
                                .build())
                .text(
                        "dbname_template",
                        "DB Names",
                        "dbNameTemplate",
                        Plan::dbNameTemplate,
                        (plan, template) ->
                                plan.toBuilder().dbNameTemplate(template).build())
                .flag(
                        "demo",
                        "Install Demo Data",
                        "demo",
                        Plan::demo,
                        (plan, demo) -> plan.toBuilder().demo(demo).build())
                .text(
                        "lang",
                        "Language",
                        "lang",
                        Plan::lang,
                        (plan, lang) -> plan.toBuilder()
                                .lang(OdooTexts.or(lang, "en_US"))
                                .build())
                .text(
                        "tz",
                        "TimeZone",
                        "tz",
                        Plan::tz,
                        (plan, zone) ->
                                plan.toBuilder().tz(OdooTexts.or(zone, "UTC")).build())
                .integer(
                        "sequence",
                        "Sequence",
                        "sequence",
                        Plan::sequence,
                        (plan, sequence) -> plan.toBuilder().sequence(sequence).build())
                .field(KEPT.field(DESCRIPTION, "Website description"))
                .field(onCreate());
        limits(fields);
        fields.integer(
                        "spares",
                        "Spare databases",
                        "spares",
                        Plan::spares,
                        (plan, spares) -> plan.toBuilder().spares(spares).build())
                .flag(
                        "published",
                        "Published",
                        "published",
                        Plan::published,
                        (plan, published) ->
                                plan.toBuilder().published(published).build())
                .text(
                        "backup_schedule",
                        "Backup schedule",
                        "backups",
                        plan -> plan.backups() == null ? null : plan.backups().text(),
                        (plan, schedule) -> plan.toBuilder()
                                .backups(schedule == null ? null : BackupSchedule.parse(schedule))
                                .build())
                .text(
                        "maintenance_window",
                        "Maintenance window",
                        "maintenanceWindow",
                        plan -> plan.maintenanceWindow() == null
                                ? null
                                : plan.maintenanceWindow().range(),
                        (plan, range) -> plan.toBuilder()
                                .maintenanceWindow(range == null ? null : MaintenanceWindow.parse(range))
                                .build())
                .integer(
                        "backup_storage_limit",
                        "Backup storage limit (MB)",
                        "backupLimitMb",
                        Plan::backupLimitMb,
                        (plan, limit) -> plan.toBuilder().backupLimitMb(limit).build())
                .integer("version", "Version", "version", Plan::version)
                .field(OdooTags.field(
                        Plan::tags, (plan, tags) -> plan.toBuilder().tags(tags).build()))
                .field(OdooAttributes.field(
                        Plan::attributes,
                        (plan, attributes) ->
                                plan.toBuilder().attributes(attributes).build()));
        return fields.field(state()).instant("create_date", "Created on", "createdAt", Plan::createdAt);
    }

    private static Field<Saas, Plan> onCreate() {
        return Field.<Saas, Plan>of(
                        "on_create",
                        FieldType.SELECTION,
                        "Workflow on create",
                        null,
                        ModelTableBuilder.plain(plan -> LOGIN))
                .choosing(List.of(List.of(LOGIN, "Login into just created instance")))
                .written(Unchanged.field(
                        plan -> LOGIN,
                        "create_new_database returns a sign-in link, and notify_user decides on an email"));
    }

    private static void limits(ModelTableBuilder<Saas, Plan> fields) {
        fields.integer(
                        "max_users",
                        "Max users",
                        "maxUsers",
                        Plan::maxUsers,
                        (plan, users) -> plan.toBuilder().maxUsers(users).build())
                .integer(
                        "total_storage_limit",
                        "Total storage limit (MB)",
                        "storageLimitMb",
                        Plan::storageLimitMb,
                        (plan, limit) -> plan.toBuilder().storageLimitMb(limit).build())
                .flag(
                        "block_on_expiration",
                        "Block clients on expiration",
                        "blockOnExpiration",
                        Plan::blockOnExpiration,
                        (plan, block) ->
                                plan.toBuilder().blockOnExpiration(block).build())
                .flag(
                        "block_on_storage_exceed",
                        "Block clients on storage exceed",
                        "blockOnStorageExceed",
                        Plan::blockOnStorageExceed,
                        (plan, block) ->
                                plan.toBuilder().blockOnStorageExceed(block).build())
                .integer(
                        "expiration",
                        "Expiration (hours)",
                        "trialHours",
                        Plan::trialHours,
                        (plan, hours) -> plan.toBuilder().trialHours(hours).build())
                .integer(
                        "grace_period",
                        "Grace period (days)",
                        "graceDays",
                        Plan::graceDays,
                        (plan, days) -> plan.toBuilder().graceDays(days).build())
                .integer(
                        "maximum_allowed_dbs_per_partner",
                        "Maximum databases per customer",
                        "maxDatabasesPerCustomer",
                        Plan::maxDatabasesPerCustomer,
                        (plan, most) ->
                                plan.toBuilder().maxDatabasesPerCustomer(most).build())
                .integer(
                        "maximum_allowed_trial_dbs_per_partner",
                        "Maximum trial databases per customer",
                        "maxTrialDatabasesPerCustomer",
                        Plan::maxTrialDatabasesPerCustomer,
                        (plan, most) -> plan.toBuilder()
                                .maxTrialDatabasesPerCustomer(most)
                                .build());
    }

    /**
     * A plan is confirmed as soon as databases can be created from it. A plan without a template uses the base
     * database.
     */
    private static Field<Saas, Plan> state() {
        return Field.<Saas, Plan>of("state", FieldType.SELECTION, "State", null, PlanFields::states)
                .choosing(List.of(List.of("draft", "Draft"), List.of("confirmed", "Confirmed")))
                .searched(DomainConditions.oneOf(caller -> {
                    List<TemplateId> drafts = new ArrayList<>();
                    drafts(caller, Filter.all()).forEach(template -> drafts.add(template.id()));
                    Filter<Plan> draft = Filter.in(Plan.TEMPLATE_ID, drafts);
                    return Map.of("draft", draft, "confirmed", Filter.not(draft));
                }));
    }

    private static List<Object> states(OdooCaller<Saas> caller, List<Plan> plans, boolean named) {
        List<@Nullable TemplateId> wanted = new ArrayList<>();
        plans.forEach(plan -> wanted.add(plan.templateId()));
        Set<TemplateId> drafts = new HashSet<>();
        drafts(caller, Filter.in(Template.ID, wanted)).forEach(template -> drafts.add(template.id()));
        List<Object> states = new ArrayList<>();
        wanted.forEach(template -> states.add(template != null && drafts.contains(template) ? "draft" : "confirmed"));
        return states;
    }

    /** Reads with all rights, since anyone who sees a plan may know that it cannot be used yet. */
    private static List<Template> drafts(OdooCaller<Saas> caller, Filter<Template> filter) {
        return caller.system()
                .templates()
                .list(Query.where(Filter.and(Filter.equal(Template.STATE, TemplateState.DRAFT), filter)));
    }
}
