// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Server;
import dev.allotment.ServerId;
import dev.allotment.TenantState;
import dev.allotment.portal.databases.TenantWords.Badge;
import dev.allotment.portal.web.Exchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.List;
import java.util.Map;

/** The database servers: what is on them, and whether they take more. */
final class ServerPages {
    private static final String PATH = "/admin/servers";
    private static final String SECTION = "admin-servers";
    private static final List<TenantState> LIVE = List.of(TenantState.DRAFT, TenantState.OPEN, TenantState.PENDING);
    private static final Map<String, String> NOTICES = Map.of(
            "opened", "This server takes new databases again.",
            "closed", "This server takes no new databases. Those that it has stay.",
            "synced", "Users and sizes were read again.");

    void add(Routes routes) {
        routes.showAdministrator(PATH, ServerPages::list);
        routes.acceptAdministrator(
                PATH + "/{id}/open", (exchange, visitor) -> setActive(exchange, visitor, true, "opened"));
        routes.acceptAdministrator(
                PATH + "/{id}/close", (exchange, visitor) -> setActive(exchange, visitor, false, "closed"));
        routes.acceptAdministrator(PATH + "/{id}/sync", ServerPages::sync);
    }

    private static void list(Exchange exchange, Visitor visitor) throws IOException {
        List<ServersView.Row> rows = visitor.saas().servers().list(Query.all().orderBy("sequence")).stream()
                .map(server -> row(visitor, server))
                .toList();
        Badge health = visitor.saas().health().up() ? new Badge("Answering", "good") : new Badge("Out of reach", "bad");
        exchange.render(
                "admin/servers",
                exchange.page("Servers", SECTION, NOTICES.get(exchange.param("done"))),
                new ServersView(rows, health));
    }

    private static ServersView.Row row(Visitor visitor, Server server) {
        Filter here = Filter.equal("serverId", server.id());
        return new ServersView.Row(
                server.id().value(),
                server.name(),
                server.host(),
                server.active(),
                server.sequence(),
                visitor.saas().tenants().count(Filter.and(here, Filter.in("state", LIVE))),
                visitor.saas().templates().count(here));
    }

    private static void setActive(Exchange exchange, Visitor visitor, boolean active, String what) throws IOException {
        visitor.saas().servers().update(new ServerId(exchange.pathId("id")), server -> server.withActive(active));
        exchange.redirect(PATH + "?done=" + what);
    }

    private static void sync(Exchange exchange, Visitor visitor) throws IOException {
        visitor.saas().servers().sync(new ServerId(exchange.pathId("id")));
        exchange.redirect(PATH + "?done=synced");
    }
}
