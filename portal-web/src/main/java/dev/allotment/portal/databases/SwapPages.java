// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.ErrorCategory;
import dev.allotment.Operation;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Choice;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Tokens;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.util.List;
import java.util.function.BiFunction;

/** Exchanges a database with one that was restored from its backup, or copied from it. */
public final class SwapPages {
    private static final String OTHER = "other";
    private static final String NEUTRALISED = "neutralised";
    private static final String KEY = "key";

    private final boolean owners;
    private final String path;
    private final String section;
    private final String template;
    private final BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants;

    private SwapPages(
            boolean owners,
            String path,
            String section,
            String template,
            BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        this.owners = owners;
        this.path = path;
        this.section = section;
        this.template = template;
        this.tenants = tenants;
    }

    /** Adds the page for owners. */
    static void addForOwners(Routes routes, BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        SwapPages pages = new SwapPages(true, "/my", "databases", "swap", tenants);
        routes.showVisitor("/my/{id}/swap", pages::show).needs(Permission.CHANGE_TENANTS);
        routes.acceptVisitor("/my/{id}/swap", pages::swap);
    }

    /**
     * Adds the page for administrators.
     *
     * @param tenants finds the tenant that a request is about
     */
    public static void addForAdministrators(
            Routes routes, BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        SwapPages pages = new SwapPages(false, "/admin/databases", "admin-databases", "admin/swap", tenants);
        routes.showAdministrator("/admin/databases/{id}/swap", pages::show);
        routes.acceptAdministrator("/admin/databases/{id}/swap", pages::swap);
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        render(exchange, visitor, 200, tenants.apply(exchange, visitor), new Form());
    }

    private void render(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Form form)
            throws IOException {
        exchange.render(
                status,
                template,
                exchange.page(exchange.text("swap.title", tenant.name()), section),
                new SwapView(path + "/" + tenant.id(), tenant.name(), others(visitor, tenant), Tokens.random(), form));
    }

    private static List<Choice> others(Visitor visitor, Tenant tenant) {
        return visitor.saas().tenants().swapCandidates(tenant.id()).stream()
                .map(each -> new Choice(
                        each.id().toString(),
                        visitor.texts()
                                .text("swap.candidate", each.name(), Moment.of(each.createdAt(), visitor.texts()))))
                .toList();
    }

    /** Starts the swap, and shows its progress. A form that is sent twice swaps once. */
    private void swap(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenants.apply(exchange, visitor);
        Form form = Form.sent(exchange, OTHER, NEUTRALISED);
        TenantId other = exchange.numberParam(OTHER).map(TenantId::new).orElseThrow(PageFailure::notFound);
        try {
            Operation operation = visitor.saas()
                    .async()
                    .swap(SwapTenants.builder(tenant.id(), other)
                            .neutralised(form.ticked(NEUTRALISED))
                            .idempotencyKey(exchange.param(KEY).isEmpty() ? null : exchange.param(KEY))
                            .build());
            exchange.redirect(
                    owners
                            ? path + "/" + tenant.id() + "?done=swapping"
                            : "/admin/operations/" + operation.id() + "?done=swapping");
        } catch (SaasException e) {
            form.refuse(
                    "",
                    e.category() == ErrorCategory.NOT_ALLOWED
                            ? Message.of(exchange.texts(), e)
                            : DatabasePages.refusal(exchange.texts(), e));
            render(exchange, visitor, 422, tenant, form);
        }
    }
}
