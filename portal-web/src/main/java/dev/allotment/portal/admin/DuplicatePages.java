// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.DuplicateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Operation;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.fleet.Server;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.List;
import java.util.Set;

/** The page that duplicates a tenant. */
final class DuplicatePages {
    private static final String PATH = "/admin/databases/{id}/duplicate";
    private static final String SECTION = "admin-databases";
    private static final String NAME = "copy-name";
    private static final String DAYS = "days";
    private static final String SERVER = "server";
    private static final String KEY = "key";
    private static final String PREVIEW = "preview";
    private static final int HOURS_PER_DAY = 24;
    private static final int MAX_DAYS = 36_500;
    private static final Set<String> NAME_CODES =
            Set.of(ErrorCodes.TENANT_NAME_INVALID, ErrorCodes.TENANT_NAME_TAKEN, ErrorCodes.PLAN_NO_NAME_TEMPLATE);

    void add(Routes routes) {
        routes.showAdministrator(PATH, DuplicatePages::show);
        routes.acceptAdministrator(PATH, DuplicatePages::duplicate);
    }

    private static Tenant tenant(PortalExchange exchange, Visitor visitor) {
        return visitor.saas().tenants().get(new TenantId(exchange.pathId("id")));
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Form form = new Form().set(SERVER, tenant.serverId().toString());
        render(exchange, visitor, 200, tenant, form);
    }

    /** Starts the copy, which may take long, and shows its progress. A form that is sent twice makes one copy. */
    private static void duplicate(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenant(exchange, visitor);
        Form form = Form.sent(exchange, NAME, DAYS, SERVER, KEY, PREVIEW);
        int days = form.number(DAYS, "The number of days");
        int most = form.ticked(PREVIEW) ? DuplicateTenant.MAX_PREVIEW_HOURS / HOURS_PER_DAY : MAX_DAYS;
        if (days > most) {
            form.refuse(DAYS, "The number of days must be at most " + most + ".");
        }
        if (form.ticked(PREVIEW) && days == 0 && form.isFine()) {
            form.refuse(DAYS, "A preview copy needs a number of days, at least 1.");
        }
        ServerId server = PlanPages.server(form.value(SERVER));
        if (form.isFine()) {
            DuplicateTenant.Builder copy = DuplicateTenant.builder(tenant.id())
                    .name(form.value(NAME).isEmpty() ? null : form.value(NAME))
                    .expirationHours(form.value(DAYS).isEmpty() ? null : days * HOURS_PER_DAY)
                    .server(server)
                    .idempotencyKey(form.value(KEY).isEmpty() ? null : form.value(KEY));
            if (form.ticked(PREVIEW)) {
                copy.preview(days * HOURS_PER_DAY);
            }
            try {
                Operation operation = visitor.saas().async().duplicate(copy.build());
                exchange.redirect("/admin/operations/" + operation.id() + "?done=copying");
                return;
            } catch (SaasException e) {
                form.refuse(NAME_CODES.contains(e.code()) ? NAME : "", AdminInput.refusal(e));
            }
        }
        render(exchange, visitor, 422, tenant, form);
    }

    private static void render(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Form form)
            throws IOException {
        List<SelectOption> servers = ServerOptions.of(visitor.saas(), Server::inService, form.value(SERVER));
        exchange.render(
                status,
                "admin/duplicate",
                exchange.page("Duplicate " + tenant.name(), SECTION),
                new DuplicateView(
                        tenant.id().value(),
                        tenant.name(),
                        Tokens.random(),
                        tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED,
                        servers,
                        form));
    }
}
