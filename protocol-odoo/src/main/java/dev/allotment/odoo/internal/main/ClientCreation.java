// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import dev.allotment.fleet.Server;
import dev.allotment.odoo.fault.OdooFault;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.Unchanged;
import dev.allotment.odoo.internal.value.Faults;
import dev.allotment.odoo.internal.value.Value;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.UnaryOperator;

/** {@code create} of {@code saas_portal.client}, and the fields that only it sets. */
final class ClientCreation {
    private ClientCreation() {}

    static void unchanged(ModelTableBuilder<Saas, Tenant> fields, Function<Tenant, String> state) {
        fields.unchanged("name", Tenant::name, "rename_database renames a database")
                .unchanged("client_id", tenant -> tenant.uuid().toString(), "a database has one identity for life")
                .unchanged("state", state::apply, "suspend, resume and delete_database change it")
                .unchanged(
                        "plan_id",
                        tenant ->
                                tenant.planId() == null ? null : tenant.planId().value(),
                        "switch_plan moves a client to another plan")
                .unchanged(
                        "user_id",
                        tenant -> tenant.ownerId() == null
                                ? null
                                : tenant.ownerId().value(),
                        "the owner stays, and partner_id is the customer")
                .unchanged(
                        "server_id",
                        tenant -> tenant.serverId().value(),
                        "move_database moves a database to another server");
    }

    /** A client is its database, so this creates one, like {@code create_new_database} of the plan. */
    static long create(Saas saas, UnaryOperator<Tenant> change, Map<String, Object> values) {
        Map<String, Object> rest = new LinkedHashMap<>(values);
        Function<String, Value> given = field -> new Value(
                OdooFault.Kind.VALIDATION,
                "Field '" + field + "' on model '" + ClientModel.NAME + "'",
                rest.remove(field));
        Plan plan = saas.plans().get(new PlanId(given.apply("plan_id").id()));
        Long owner = given.apply("user_id").reference();
        Long customer = given.apply("partner_id").reference();
        CreateTenant command = CreateTenant.onPlan(plan)
                .name(given.apply("name").optionalText())
                .owner(owner == null ? null : new UserId(owner))
                .customer(customer == null ? null : new CustomerId(customer))
                .trial(given.apply("trial").flag())
                .uuid(given.apply("client_id").uuid())
                .build();
        Value state = given.apply("state");
        if (!state.absent()) {
            Unchanged.require(state, "open", "a client is created with its database, which is open then");
        }
        Long server = given.apply("server_id").reference();
        if (server != null && !onlyServer(saas, plan).equals(Optional.of(new ServerId(server)))) {
            throw Faults.userError("A database is placed on the server of its plan, and plan " + plan.name()
                    + " is not bound to server " + server + ". Write server_id of the plan, or omit it here.");
        }
        if (!rest.isEmpty()) {
            throw Faults.userError("A client is created with name, plan_id, partner_id, user_id, client_id, server_id,"
                    + " trial and state. Write the others afterwards: " + String.join(", ", rest.keySet()) + ".");
        }
        return saas.tenants().create(command).tenant().id().value();
    }

    /** Returns the server on which a database of the plan is placed, if there is no choice. */
    private static Optional<ServerId> onlyServer(Saas saas, Plan plan) {
        if (plan.serverId() != null) {
            return Optional.of(plan.serverId());
        }
        List<Server> servers = saas.servers().list(Query.where(Filter.equal(Server.ACTIVE, true)));
        return servers.size() == 1 ? Optional.of(servers.get(0).id()) : Optional.empty();
    }
}
