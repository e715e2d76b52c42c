// SPDX-License-Identifier: Apache-2.0
package dev.allotment.odoo.internal.main;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.odoo.internal.model.Field;
import dev.allotment.odoo.internal.model.FieldType;
import dev.allotment.odoo.internal.model.Inverse;
import dev.allotment.odoo.internal.model.ModelTableBuilder;
import dev.allotment.odoo.internal.model.OdooCaller;
import dev.allotment.odoo.internal.model.References;
import dev.allotment.odoo.internal.model.StoredModel;
import dev.allotment.odoo.internal.value.MethodSignature;
import dev.allotment.odoo.internal.value.OdooTexts;
import java.util.ArrayList;
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
        return new StoredModel<>(fields())
                .creating((saas, change, values) -> saas.servers()
                        .create(change.apply(blank), ServerFields.password(values))
                        .id()
                        .value())
                .updating(ServerModel::write)
                .removing((saas, id) -> saas.servers().delete(new ServerId(id)))
                .onRecords("give_up", MethodSignature.required("ids"), (caller, servers, arguments) -> {
                    servers.forEach(server -> caller.view().servers().giveUp(server.id()));
                    return true;
                })
                .onRecords("action_sync_server", MethodSignature.required("ids"), (caller, servers, arguments) -> {
                    servers.forEach(server -> caller.view().servers().sync(server.id()));
                    return true;
                });
    }

    private static void write(Saas saas, long id, UnaryOperator<Server> change, Map<String, Object> values) {
        boolean password = values.containsKey(ServerFields.PASSWORD);
        if (values.size() > (password ? 1 : 0)) {
            saas.servers().update(new ServerId(id), change);
        }
        if (password) {
            saas.servers().setPassword(new ServerId(id), ServerFields.password(values));
        }
    }

    private static ModelTableBuilder<Saas, Server> fields() {
        ModelTableBuilder<Saas, Server> fields = new ModelTableBuilder<Saas, Server>(
                        NAME, Saas::servers, server -> server.id().value())
                .named(Server::name, "name")
                .ordered("sequence")
                .text(
                        "name",
                        "Database name",
                        "name",
                        Server::name,
                        (server, name) ->
                                server.toBuilder().name(OdooTexts.orEmpty(name)).build())
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
