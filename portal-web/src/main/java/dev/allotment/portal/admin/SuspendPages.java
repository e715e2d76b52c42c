// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.admin;

import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.SuspendTenant;
import dev.allotment.Tenant;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;

/** Suspends a tenant, after a reason was given. */
final class SuspendPages {
    private static final String PATH = TenantPages.PATH + "/{id}/suspend";
    private static final String REASON = "reason";
    private static final String NOTIFY = "notify";

    void add(Routes routes) {
        routes.showOperator(PATH, Permission.SUSPEND_TENANTS, SuspendPages::show);
        routes.acceptOperator(PATH, Permission.SUSPEND_TENANTS, SuspendPages::suspend);
    }

    private static void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, 200, TenantPages.tenant(exchange, visitor), new Form().set(NOTIFY, "true"));
    }

    private static void suspend(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = TenantPages.tenant(exchange, visitor);
        Form form = Form.sent(exchange, REASON, NOTIFY);
        form.require(REASON, "Enter a reason.");
        if (form.isFine()) {
            try {
                visitor.saas()
                        .tenants()
                        .suspend(SuspendTenant.builder(tenant.id())
                                .reason(form.value(REASON))
                                .notifyOwner(form.ticked(NOTIFY))
                                .build());
                exchange.redirect(TenantPages.PATH + "/" + tenant.id() + "?done=suspended");
                return;
            } catch (SaasException e) {
                form.refuse("", AdminInput.refusal(e));
            }
        }
        render(exchange, 422, tenant, form);
    }

    private static void render(PortalExchange exchange, int status, Tenant tenant, Form form) throws IOException {
        exchange.render(
                status,
                "admin/suspend",
                exchange.page("Suspend " + tenant.name() + "?", TenantPages.SECTION),
                new SuspendView(TenantPages.PATH + "/" + tenant.id(), form));
    }
}
