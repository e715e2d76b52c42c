// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.AdoptTenant;
import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.MainRecords;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.TemplateId;
import dev.allotment.UserId;
import dev.allotment.fleet.Server;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.OdooTexts;
import dev.allotment.odoo.internal.value.Value;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** {@code saas_portal.plan}: the plans, which create tenant databases. */
final class PlanModel {
    static final String NAME = "saas_portal.plan";

    private PlanModel() {}

    static StoredModel<Saas, Plan> model() {
        return new StoredModel<>(PlanFields.all())
                .creatingOnce(StoredModel::together, PlanModel::create)
                .updating(StoredModel::together, PlanModel::write)
                .removing(StoredModel::together, (MainRecords records, long id) -> {
                    records.plans().delete(new PlanId(id));
                    PlanFields.KEPT.forget(records.parameters(), id);
                })
                // The predecessor's parameters in its order, then an idempotency key. Support teams exist only in its
                // web client.
                .onRecord(
                        "create_new_database",
                        MethodSignature.required("ids")
                                .optional(
                                        "dbname",
                                        "client_id",
                                        "partner_id",
                                        "user_id",
                                        "notify_user",
                                        "trial",
                                        "support_team_id",
                                        AsyncCalls.NAME,
                                        "idempotency_key")
                                .withDefault("notify_user", "True"),
                        PlanModel::createNewDatabase)
                .onRecord(
                        "adopt_database",
                        MethodSignature.required("ids", "dbname", "server_id")
                                .optional("user_id", "partner_id", "idempotency_key", AsyncCalls.NAME),
                        PlanModel::adoptDatabase)
                .onRecord(
                        "adopt_template",
                        MethodSignature.required("ids", "dbname", "server_id")
                                .optional("idempotency_key", AsyncCalls.NAME),
                        PlanModel::adoptTemplate)
                .onRecord(
                        "create_template",
                        MethodSignature.required("ids").optional("addons", "idempotency_key", AsyncCalls.NAME),
                        PlanModel::createTemplate)
                .onRecord("delete_template", MethodSignature.required("ids"), PlanModel::deleteTemplate)
                .onRecords("action_sync_server", MethodSignature.required("ids"), (caller, plans, arguments) -> {
                    plans.forEach(plan -> sync(caller, plan));
                    return true;
                })
                .onRecord(
                        "generate_dbname",
                        MethodSignature.required("ids").optional("raise_error").withDefault("raise_error", "True"),
                        PlanModel::generateName);
    }

    private static Object generateName(OdooCaller<Saas> caller, Plan plan, OdooArguments arguments) {
        return plan.dbNameTemplate() == null && !arguments.flagOrTrue("raise_error")
                ? false
                : caller.view().plans().generateName(plan.id());
    }

    private static long create(
            MainRecords records, UnaryOperator<Plan> change, Map<String, Object> values, @Nullable String key) {
        long newest = key == null ? 0 : PlanFields.KEPT.newest(records.plans());
        long id = records.plans()
                .create(change.apply(Plan.builder("").build()), key)
                .id()
                .value();
        if (id > newest) {
            PlanFields.KEPT.store(records.parameters(), id, values);
        }
        return id;
    }

    private static void write(MainRecords records, long id, UnaryOperator<Plan> change, Map<String, Object> values) {
        OdooTexts.requireNotEmptied(values, "lang", "tz");
        records.plans().update(new PlanId(id), change);
        PlanFields.KEPT.store(records.parameters(), id, values);
    }

    private static Object createNewDatabase(OdooCaller<Saas> caller, Plan plan, OdooArguments arguments) {
        CreateTenant command = CreateTenant.onPlan(plan)
                .owner(userId(arguments))
                .customer(customerId(arguments))
                .name(arguments.get("dbname").optionalText())
                .trial(arguments.get("trial").flag())
                .notifyOwner(arguments.flagOrTrue("notify_user"))
                .uuid(new Value(
                                OdooFault.Kind.VALIDATION,
                                arguments.get("client_id").what(),
                                arguments.raw("client_id"))
                        .uuid())
                .idempotencyKey(arguments.get("idempotency_key").optionalText())
                .build();
        return NewDatabase.of(
                caller.view(),
                arguments,
                () -> caller.view().tenants().create(command),
                () -> caller.view().async().create(command));
    }

    private static @Nullable UserId userId(OdooArguments arguments) {
        Long id = arguments.get("user_id").reference();
        return id == null ? null : new UserId(id);
    }

    private static @Nullable CustomerId customerId(OdooArguments arguments) {
        Long id = arguments.get("partner_id").reference();
        return id == null ? null : new CustomerId(id);
    }

    private static Object adoptDatabase(OdooCaller<Saas> caller, Plan plan, OdooArguments arguments) {
        UserId owner = userId(arguments);
        CustomerId customer = customerId(arguments);
        AdoptTenant command = AdoptTenant.builder(
                        new ServerId(arguments.get("server_id").id()),
                        arguments.get("dbname").text(),
                        plan.id())
                .owner(owner)
                .customer(customer)
                .idempotencyKey(arguments.get("idempotency_key").optionalText())
                .build();
        return NewDatabase.of(
                caller.view(),
                arguments,
                () -> caller.view().tenants().adopt(command),
                () -> caller.view().async().adopt(command));
    }

    private static Object adoptTemplate(OdooCaller<Saas> caller, Plan plan, OdooArguments arguments) {
        ServerId server = new ServerId(arguments.get("server_id").id());
        String name = arguments.get("dbname").text();
        String key = arguments.get("idempotency_key").optionalText();
        return AsyncCalls.one(
                arguments,
                () -> caller.view().templates().adopt(plan.id(), server, name, key),
                () -> caller.view().async().adoptTemplate(plan.id(), server, name, key));
    }

    private static Object createTemplate(OdooCaller<Saas> caller, Plan plan, OdooArguments arguments) {
        List<String> addons = arguments.get("addons").texts();
        String key = arguments.get("idempotency_key").optionalText();
        return AsyncCalls.one(
                arguments,
                () -> caller.view().templates().build(plan.id(), addons, key),
                () -> caller.view().async().buildTemplate(plan.id(), addons, key));
    }

    /**
     * Removes the template from the plan and deletes it. A plan's template cannot be deleted, so it is restored to
     * the plan if the deletion fails.
     */
    private static Object deleteTemplate(OdooCaller<Saas> caller, Plan plan, OdooArguments arguments) {
        TemplateId template = plan.templateId();
        if (template == null) {
            throw Faults.userError("Plan " + plan.name() + " has no template to delete.");
        }
        setTemplate(caller, plan, null);
        try {
            caller.view().templates().delete(template);
        } catch (SaasException e) {
            setTemplate(caller, plan, template);
            throw e;
        }
        return true;
    }

    private static void setTemplate(OdooCaller<Saas> caller, Plan plan, @Nullable TemplateId template) {
        caller.view()
                .plans()
                .update(
                        plan.id(),
                        current -> current.toBuilder().templateId(template).build());
    }

    private static void sync(OdooCaller<Saas> caller, Plan plan) {
        if (plan.serverId() != null) {
            caller.view().servers().sync(plan.serverId());
            return;
        }
        for (Server server : caller.view().servers().list(Query.where(Filter.equal(Server.ACTIVE, true)))) {
            caller.view().servers().sync(server.id());
        }
    }
}
