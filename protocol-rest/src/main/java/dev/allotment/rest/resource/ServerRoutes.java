// SPDX-License-Identifier: Apache-2.0
package dev.allotment.rest.resource;

import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.fleet.ServerStatus;
import dev.allotment.fleet.Servers;
import dev.allotment.rest.route.Field;
import dev.allotment.rest.route.Request;
import dev.allotment.rest.route.Route;
import java.util.List;

/** Database servers. */
public final class ServerRoutes {
    private static final String ONE = "/servers/{id}";

    private ServerRoutes() {}

    /** Returns the routes. */
    public static List<Route> all() {
        return List.of(
                Route.get(
                                "/servers",
                                "listServers",
                                "Lists database servers. Only for administrators, as everything about servers.")
                        .useCase(Servers.class, "list")
                        .lists(Server.class, request -> request.saas().servers()),
                Route.post(
                                "/servers",
                                "createServer",
                                "Registers a database server. An active one has to respond. Names are unique, so a"
                                        + " repeated request is refused.")
                        .useCase(Servers.class, "create")
                        .body(
                                of("name", "The name.").needed(),
                                of("backend", "The backend that connects to it, such as postgres."),
                                of("settings", "The settings of the backend, such as url and user, without passwords."),
                                Field.of("password", String.class, "The password. It is stored encrypted."),
                                of("active", "Whether it gets new tenants. Default: true."),
                                of("host", "Where its tenants are reached; for display."),
                                of("odooVersion", "The version that clients of Odoo see."),
                                of("clientsHostTemplate", "Makes the hosts of tenants."),
                                of("sequence", "Position in lists, smallest first."),
                                of("capacity", "How many databases are planned for it."),
                                of("weight", "Free capacity times weight decides which server gets a new database."),
                                of("labels", "Its properties by key."))
                        .creates(
                                Server.class,
                                each -> "/servers/" + each.id(),
                                request -> request.saas()
                                        .servers()
                                        .create(
                                                request.applied(Server.builder(request.needed("name", String.class))
                                                        .build()),
                                                request.field("password", String.class))),
                Route.get(ONE, "getServer", "Returns a database server.")
                        .useCase(Servers.class, "get")
                        .answers(
                                Server.class,
                                request -> request.saas().servers().get(id(request))),
                Route.patch(ONE, "updateServer", "Changes a database server.")
                        .useCase(Servers.class, "update")
                        .body(
                                of("active", "Whether it gets new tenants."),
                                of(
                                        "draining",
                                        "Whether it will be emptied: it gets no new tenants, and its spares are"
                                                + " removed."),
                                of("sequence", "Position in lists, smallest first."),
                                of("capacity", "How many databases are planned for it."),
                                of("weight", "Free capacity times weight decides which server gets a new database."),
                                of("labels", "Its properties by key. Replaces all of them."))
                        .answers(
                                Server.class,
                                request -> request.saas().servers().update(id(request), seen -> {
                                    request.requireUnchanged(seen);
                                    return request.applied(seen);
                                })),
                Route.post(ONE + "/set-password", "setServerPassword", "Replaces the password of a database server.")
                        .useCase(Servers.class, "setPassword")
                        .repeated(Route.Repetition.HARMLESS)
                        .body(Field.of("password", String.class, "The new password.")
                                .needed())
                        .returnsNothing(request -> request.saas()
                                .servers()
                                .setPassword(id(request), request.needed("password", String.class))),
                Route.delete(ONE, "deleteServer", "Removes a database server that has no databases from the catalog.")
                        .useCase(Servers.class, "delete")
                        .returnsNothing(request -> request.saas().servers().delete(id(request))),
                Route.get(ONE + "/status", "getServerStatus", "Checks a database server, and counts its databases.")
                        .useCase(Servers.class, "status")
                        .answers(
                                ServerStatus.class,
                                request -> request.saas().servers().status(id(request))));
    }

    private static ServerId id(Request request) {
        return new ServerId(request.id());
    }

    private static Field of(String component, String text) {
        return Field.of(Server.class, component, text);
    }
}
