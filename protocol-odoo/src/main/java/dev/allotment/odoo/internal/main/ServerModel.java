// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.fleet.ReconciliationReport;
import dev.allotment.fleet.RepairRequest;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerLoss;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.Inverse;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooArguments;
import dev.allotment.odoo.internal.value.OdooTexts;
import dev.allotment.odoo.internal.value.Timestamps;
import dev.allotment.odoo.internal.value.Value;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/** {@code saas_portal.server}: the database servers. */
final class ServerModel {
    static final String NAME = "saas_portal.server";

    private ServerModel() {}

    /**
     * Creates the model.
     *
     * @param odooVersion default for a new server
     */
    static StoredModel<Saas, Server> model(String odooVersion) {
        Server blank = Server.builder("").odooVersion(odooVersion).build();
        StoredModel<Saas, Server> model = new StoredModel<>(fields());
        return model.creating((saas, change, values) -> ServerApplication.isRegistered(values)
                        ? register(saas, model.table().change(ServerApplication.change(values)), values)
                        : saas.servers()
                                .create(change.apply(blank), ServerFields.password(values))
                                .id()
                                .value())
                .updating(ServerModel::write)
                .removing((saas, id) -> {
                    saas.servers().delete(new ServerId(id));
                    ServerApplication.KEPT.forget(saas.parameters(), id);
                })
                .onRecord("give_up", MethodSignature.required("ids").optional("confirm"), ServerModel::giveUp)
                .onRecord("reinstate", MethodSignature.required("ids"), (caller, server, arguments) -> {
                    caller.view().servers().reinstate(server.id());
                    return true;
                })
                .onRecords(
                        "check",
                        MethodSignature.required("ids"),
                        (caller, servers, arguments) -> ReconciliationText.report(report(caller.view(), servers)))
                .onRecords("load", MethodSignature.required("ids"), LoadText::ofServers)
                .onRecords("repair", MethodSignature.required("ids").optional("drop"), ServerModel::repair)
                .onRecords("action_sync_server", MethodSignature.required("ids"), (caller, servers, arguments) -> {
                    servers.forEach(server -> caller.view().servers().sync(server.id()));
                    return true;
                });
    }

    /** Without a confirmation, this shows what would be lost. */
    private static Object giveUp(OdooCaller<Saas> caller, Server server, OdooArguments arguments) {
        Value confirm = arguments.get("confirm");
        if (!confirm.absent()) {
            caller.view().servers().giveUp(server.id(), confirm.text());
            return true;
        }
        ServerLoss loss = caller.view().servers().loss(server.id());
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("down_since", loss.downSince() == null ? false : Timestamps.format(loss.downSince()));
        values.put("remaining_seconds", loss.remaining().toSeconds());
        values.put("clients", loss.tenants());
        values.put("names", loss.names());
        values.put("templates", loss.templates());
        values.put("spares", loss.spares());
        return values;
    }

    /** Checks all servers if none is named. */
    private static List<ReconciliationReport> report(Saas saas, List<Server> servers) {
        return servers.isEmpty()
                ? List.of(saas.reconciliation().check())
                : servers.stream()
                        .map(server -> saas.reconciliation().check(server.id()))
                        .toList();
    }

    /** Starts a repair of one server, or of all if none is named, and returns the id of its operation. */
    private static Object repair(OdooCaller<Saas> caller, List<Server> servers, OdooArguments arguments) {
        if (servers.size() > 1) {
            throw arguments.get("ids").wrong("one server, or none for all");
        }
        Value drop = arguments.get("drop");
        return caller.view()
                .async()
                .repair(RepairRequest.builder()
                        .server(servers.isEmpty() ? null : servers.get(0).id())
                        .drop(drop.absent() ? List.of() : drop.texts())
                        .build())
                .id()
                .value();
    }

    /** Only writes the values on an existing server: see {@link ServerApplication}. */
    private static long register(Saas saas, UnaryOperator<Server> change, Map<String, Object> registered) {
        long id = ServerApplication.catalogs(saas).id().value();
        write(saas, id, change, ServerApplication.change(registered));
        return id;
    }

    private static void write(Saas saas, long id, UnaryOperator<Server> change, Map<String, Object> values) {
        ServerApplication.check(saas, id, values);
        boolean password = values.containsKey(ServerFields.PASSWORD);
        if (values.size() > (password ? 1 : 0)) {
            saas.servers().update(new ServerId(id), change);
        }
        if (password) {
            saas.servers().setPassword(new ServerId(id), ServerFields.password(values));
        }
        ServerApplication.KEPT.store(saas.parameters(), id, values);
    }

    private static ModelTableBuilder<Saas, Server> fields() {
        ModelTableBuilder<Saas, Server> fields = new ModelTableBuilder<Saas, Server>(
                        NAME, Saas::servers, server -> server.id().value())
                .named(Server::name, "name")
                .ordered("sequence")
                .field(Field.<Saas, Server>of(
                                "name", FieldType.CHAR, "Database name", "name", ModelTableBuilder.plain(Server::name))
                        .searched(ServerApplication::named)
                        .written((server, name) -> server.toBuilder()
                                .name(OdooTexts.orEmpty(name.optionalText()))
                                .build()))
                .flag(
                        "active",
                        "Active",
                        "active",
                        Server::active,
                        (server, value) -> server.toBuilder().active(value).build())
                .integer(
                        "sequence",
                        "Sequence",
                        "sequence",
                        Server::sequence,
                        (server, value) -> server.toBuilder().sequence(value).build())
                .text(
                        "host",
                        "Host",
                        "host",
                        Server::host,
                        (server, host) ->
                                server.toBuilder().host(OdooTexts.orEmpty(host)).build())
                .text(
                        "odoo_version",
                        "Odoo version",
                        "odooVersion",
                        Server::odooVersion,
                        (server, version) -> server.toBuilder()
                                .odooVersion(OdooTexts.orEmpty(version))
                                .build())
                .text(
                        "clients_host_template",
                        "Template for clients host names",
                        "clientsHostTemplate",
                        Server::clientsHostTemplate,
                        (server, value) ->
                                server.toBuilder().clientsHostTemplate(value).build())
                .field(Field.<Saas, Server>of("client_ids", FieldType.ONE2MANY, "Clients", null, ServerModel::clients)
                        .referringTo(ClientModel.NAME)
                        .searched(References.many(
                                ClientModel.NAME,
                                (caller, clients) -> serversOf(
                                        caller,
                                        Filter.in(
                                                Tenant.ID,
                                                clients.stream()
                                                        .map(TenantId::new)
                                                        .toList())),
                                caller -> serversOf(caller, Filter.all()))))
                .instant("create_date", "Created on", "createdAt", Server::createdAt);
        ServerFields.addTo(fields);
        ServerApplication.addTo(fields);
        return fields;
    }

    private static List<Object> clients(OdooCaller<Saas> caller, List<Server> servers, boolean named) {
        return Inverse.of(
                caller.view()
                        .tenants()
                        .list(Query.where(Filter.in(
                                Tenant.SERVER_ID,
                                servers.stream().map(Server::id).toList()))),
                servers,
                Tenant::serverId,
                tenant -> tenant.id().value(),
                Server::id);
    }

    private static Filter<Server> serversOf(OdooCaller<Saas> caller, Filter<Tenant> tenants) {
        List<ServerId> servers = new ArrayList<>();
        caller.view().tenants().list(Query.where(tenants)).forEach(tenant -> servers.add(tenant.serverId()));
        return Filter.in(Server.ID, servers.stream().distinct().toList());
    }
}
