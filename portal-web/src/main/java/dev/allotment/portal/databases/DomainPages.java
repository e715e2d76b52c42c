// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.databases;

import dev.allotment.CustomDomain;
import dev.allotment.CustomDomains;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Permission;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.portal.text.Message;
import dev.allotment.portal.web.Form;
import dev.allotment.portal.web.Moment;
import dev.allotment.portal.web.PageFailure;
import dev.allotment.portal.web.PortalExchange;
import dev.allotment.portal.web.Routes;
import dev.allotment.portal.web.Visitor;
import java.io.IOException;
import java.net.IDN;
import java.net.URI;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.regex.Pattern;

/**
 * The domains of a database: the list, the DNS records for a new one, and the question before one is removed. Owners
 * and administrators have the same pages under different paths.
 */
public final class DomainPages {
    private static final String HOST = "host";
    private static final Pattern DOMAIN = Pattern.compile("(?=.{4,253}$)[a-z0-9-]{1,63}(?:\\.[a-z0-9-]{1,63})+");
    private final String path;
    private final String section;
    private final String templates;
    private final BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants;

    private DomainPages(
            String path,
            String section,
            String templates,
            BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        this.path = path;
        this.section = section;
        this.templates = templates;
        this.tenants = tenants;
    }

    /** Adds the pages for owners. */
    static void addForOwners(Routes routes, BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        DomainPages pages = new DomainPages("/my", "databases", "", tenants);
        routes.showVisitor("/my/{id}/domains", pages::show);
        routes.acceptVisitor("/my/{id}/domains", pages::add);
        routes.showVisitor("/my/{id}/domains/{domain}/remove", pages::askToRemove)
                .needs(Permission.CHANGE_TENANTS);
        routes.acceptVisitor("/my/{id}/domains/{domain}/remove", pages::remove);
    }

    /**
     * Adds the pages for administrators.
     *
     * @param tenants finds the tenant that a request is about
     */
    public static void addForAdministrators(
            Routes routes, BiFunction<? super PortalExchange, ? super Visitor, Tenant> tenants) {
        DomainPages pages = new DomainPages("/admin/databases", "admin-databases", "admin/", tenants);
        routes.showOperator("/admin/databases/{id}/domains", pages::show);
        routes.acceptAdministrator("/admin/databases/{id}/domains", pages::add);
        routes.showAdministrator("/admin/databases/{id}/domains/{domain}/remove", pages::askToRemove);
        routes.acceptAdministrator("/admin/databases/{id}/domains/{domain}/remove", pages::remove);
    }

    private void show(PortalExchange exchange, Visitor visitor) throws IOException {
        Form form = new Form();
        Optional<String> host = exchange.param(HOST).isEmpty() ? Optional.empty() : host(exchange, form);
        render(exchange, visitor, form.isFine() ? 200 : 422, tenants.apply(exchange, visitor), form, host.orElse(""));
    }

    /** Reads a domain as people enter it: in any case, as an address, or with letters outside of ASCII. */
    private static Optional<String> host(PortalExchange exchange, Form form) {
        String typed = exchange.param(HOST);
        form.set(HOST, typed);
        String bare = typed.replaceFirst("^[A-Za-z]+://", "")
                .replaceFirst("[/:?#].*$", "")
                .replaceFirst("\\.$", "");
        try {
            String host = IDN.toASCII(bare, IDN.ALLOW_UNASSIGNED).toLowerCase(Locale.ROOT);
            if (DOMAIN.matcher(host).matches()) {
                return Optional.of(host);
            }
        } catch (IllegalArgumentException e) {
            // It has no form in DNS.
        }
        form.refuse(HOST, exchange.text("domains.host-needed"));
        return Optional.empty();
    }

    private void add(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenants.apply(exchange, visitor);
        Form form = new Form();
        Optional<String> host = host(exchange, form);
        if (host.isEmpty()) {
            render(exchange, visitor, 422, tenant, form, "");
            return;
        }
        try {
            visitor.saas().customDomains().add(tenant.id(), host.get());
        } catch (SaasException e) {
            boolean unproven = e.code().equals(ErrorCodes.DOMAIN_NOT_PROVEN);
            form.refuse(
                    HOST,
                    unproven
                            ? Message.of(exchange.text("domains.not-proven"))
                            : DatabasePages.refusal(exchange.texts(), e));
            render(exchange, visitor, 409, tenant, form, unproven ? host.get() : "");
            return;
        }
        exchange.redirect(path + "/" + tenant.id() + "/domains?done=domain-added");
    }

    private CustomDomain domain(PortalExchange exchange, Visitor visitor, Tenant tenant) {
        return visitor.saas()
                .customDomains()
                .find(exchange.pathId("domain"))
                .filter(domain -> domain.tenantId().equals(tenant.id()))
                .orElseThrow(PageFailure::notFound);
    }

    private void askToRemove(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenants.apply(exchange, visitor);
        CustomDomain domain = domain(exchange, visitor, tenant);
        exchange.render(
                templates + "remove-domain",
                exchange.page(exchange.text("remove-domain.title", domain.host()), section),
                new RemoveDomainView(path + "/" + tenant.id() + "/domains", domain.id(), domain.host(), tenant.name()));
    }

    private void remove(PortalExchange exchange, Visitor visitor) throws IOException {
        Tenant tenant = tenants.apply(exchange, visitor);
        visitor.saas().customDomains().remove(domain(exchange, visitor, tenant).id());
        exchange.redirect(path + "/" + tenant.id() + "/domains?done=domain-removed");
    }

    private void render(PortalExchange exchange, Visitor visitor, int status, Tenant tenant, Form form, String host)
            throws IOException {
        CustomDomains domains = visitor.saas().customDomains();
        URI url = visitor.saas().tenants().publicUrl(tenant);
        boolean permitted = visitor.may(Permission.CHANGE_TENANTS);
        Optional<String> instructions = permitted
                ? domains.instructions(tenant.id(), host.isEmpty() ? "shop.example.com" : host)
                : Optional.empty();
        boolean usable = tenant.state() == TenantState.OPEN || tenant.state() == TenantState.SUSPENDED;
        boolean allowed = instructions.isPresent() || visitor.isAdministrator();
        List<DomainsView.Row> rows = domains
                .list(Query.where(Filter.equal(CustomDomain.TENANT_ID, tenant.id()))
                        .orderBy(CustomDomain.HOST))
                .stream()
                .map(each -> new DomainsView.Row(
                        each.id(),
                        each.host(),
                        IDN.toUnicode(each.host()).equals(each.host()) ? "" : IDN.toUnicode(each.host()),
                        url.getScheme() + "://" + each.host() + (url.getPort() < 0 ? "" : ":" + url.getPort()),
                        Moment.of(each.verifiedAt(), exchange.texts()),
                        each.addedBy()))
                .toList();
        exchange.render(
                status,
                templates + "domains",
                exchange.page(exchange.text("domains.title", tenant.name()), section, exchange.notice("domains")),
                new DomainsView(
                        path + "/" + tenant.id(),
                        visitor.saas().tenants().host(tenant),
                        rows,
                        usable && allowed,
                        !permitted
                                ? exchange.text("domains.not-permitted")
                                : !allowed
                                        ? exchange.text("domains.by-provider")
                                        : usable ? "" : exchange.text("domains.not-now"),
                        instructions.isPresent(),
                        host,
                        host.isEmpty() ? "" : instructions.orElse(""),
                        form));
    }
}
