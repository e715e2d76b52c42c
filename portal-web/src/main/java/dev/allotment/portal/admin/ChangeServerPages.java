// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.List;

/** The page that moves a tenant to another database server. */
final class ChangeServerPages {
    private static final String PATH = "/admin/databases/{id}/server";
    private static final String SECTION = "admin-databases";
    private static final String SERVER = "server";

    void add(Routes routes) {
        routes.showAdministrator(
                PATH, (exchange, visitor) -> render(exchange, visitor, 200, tenant(exchange, visitor), new Form()));
        routes.acceptAdministrator(PATH, ChangeServerPages::move);
    }

    private static Tenant tenant(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().tenants().get(new TenantId(exchange.pathId("id")));
    }

    /** Starts the move, which may take long, and shows its progress. */
    private static void move(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Form form = Form.sent(exchange, SERVER);
        ServerId server = PlanPages.server(form.value(SERVER));
        if (server == null) {
            form.refuse(SERVER, "Choose a server.");
        } else {
            try {
                Operation operation = visitor.saas().async().move(tenant.id(), server);
                exchange.redirect("/admin/operations/" + operation.id() + "?done=moving");
                return;
            } catch (SaasException e) {
                form.refuse(SERVER, AdminInput.refusal(e));
            }
        }
        render(exchange, visitor, 422, tenant, form);
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Form form)
            throws IOException {
        List<SelectOption> servers = ServerOptions.of(
                visitor.saas(), each -> each.inService() && !each.id().equals(tenant.serverId()), form.value(SERVER));
        exchange.render(
                status,
                "admin/change-server",
                exchange.page("Move " + tenant.name(), SECTION),
                new ChangeServerView(
                        tenant.id().value(),
                        tenant.name(),
                        tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED,
                        servers,
                        form));
    }
}
