// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.AddonStatus;
import dev.allotment.Filter;
import dev.allotment.Group;
import dev.allotment.Member;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantDatabase;
import dev.allotment.tenant.TenantContext;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Stands for the application that an embedder would have: shows whoever has signed in to a client database what is in it.
 * Requests that are for no client database pass on.
 */
final class LandingPage extends HttpFilter {
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LandingPage.class);
    private static final Set<String> PATHS = Set.of("/", "/web", "/web/");

    private final transient Saas saas;

    LandingPage(Saas saas) {
        this.saas = saas;
    }

    @Override
    protected void doFilter(HttpServletRequest request, HttpServletResponse response, FilterChain chain)
            throws IOException, ServletException {
        TenantContext context = TenantContext.find(request).orElse(null);
        if (context == null) {
            chain.doFilter(request, response);
            return;
        }
        headers(response);
        if (!PATHS.contains(request.getRequestURI())) {
            send(response, HttpServletResponse.SC_NOT_FOUND, notFound(context));
            return;
        }
        try {
            send(response, HttpServletResponse.SC_OK, landing(context));
        } catch (SaasException e) {
            LOG.warn("What is in {} cannot be shown: {}", context.tenant().name(), e.getMessage());
            send(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, unavailable(context));
        }
    }

    private static void headers(HttpServletResponse response) {
        response.setHeader(
                "Content-Security-Policy",
                "default-src 'none'; style-src 'self'; img-src 'self'; form-action 'self'; base-uri 'none';"
                        + " frame-ancestors 'none'");
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("X-Frame-Options", "DENY");
        response.setHeader("Referrer-Policy", "same-origin");
        response.setHeader("Cache-Control", "no-store");
    }

    private static void send(HttpServletResponse response, int status, String html) throws IOException {
        byte[] body = html.getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("text/html; charset=utf-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    private String landing(TenantContext context) {
        Tenant tenant = context.tenant();
        TenantDatabase database = saas.database(tenant.name());
        Member member = context.member().orElseThrow();
        Markup page = frame(context, "You are inside " + tenant.name());
        page.add("<p>You are {}, logged in as {}.</p>\n", member.name(), member.login());
        addons(page, database);
        groups(page, database, context.groups());
        parameters(page, database);
        limits(page, tenant, database);
        return end(page);
    }

    private static void addons(Markup page, TenantDatabase database) {
        List<AddonStatus> installed = database.addons()
                .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true)).orderBy(AddonStatus.TITLE));
        list(page, "Installed add-ons", installed, "None yet.", (row, addon) -> {
            String version = addon.installedVersion() == null ? "" : " " + addon.installedVersion();
            row.add("<strong>{}</strong> <span class=\"aside\">{}</span>", addon.title(), addon.name() + version);
        });
    }

    private static void groups(Markup page, TenantDatabase database, Set<String> own) {
        List<Group> groups = database.groups()
                .list(Query.where(Filter.in(Group.XML_ID, List.copyOf(own))).orderBy(Group.NAME));
        list(
                page,
                "Your groups",
                groups,
                "None.",
                (row, group) -> row.add("{} <span class=\"aside\">{}</span>", group.name(), group.xmlId()));
    }

    private static <T> void list(Markup page, String title, List<T> items, String none, BiConsumer<Markup, T> row) {
        page.add("<h2>{}</h2>\n", title);
        if (items.isEmpty()) {
            page.add("<p>{}</p>\n", none);
            return;
        }
        page.add("<ul class=\"rows\">\n");
        items.forEach(item -> {
            page.add("<li>");
            row.accept(page, item);
            page.add("</li>\n");
        });
        page.add("</ul>\n");
    }

    private static void parameters(Markup page, TenantDatabase database) {
        List<Parameter> visible = database.parameters()
                .list(Query.where(Filter.equal(Parameter.HIDDEN, false)).orderBy(Parameter.KEY));
        page.add("<h2>Parameters</h2>\n<table>\n<thead><tr><th scope=\"col\">Key</th><th scope=\"col\">Value</th></tr>"
                + "</thead>\n<tbody>\n");
        visible.forEach(each -> page.add("<tr><td><code>{}</code></td><td>{}</td></tr>\n", each.key(), each.value()));
        page.add("</tbody>\n</table>\n");
    }

    private static void limits(Markup page, Tenant tenant, TenantDatabase database) {
        page.add("<h2>Limits</h2>\n<ul class=\"rows\">\n")
                .add("<li>Users: {}</li>\n", limit(tenant.maxUsers(), ""))
                .add("<li>Storage: {}</li>\n", limit(tenant.storageLimitMb(), " MB"));
        for (RecordQuota each : database.recordQuotas().list(Query.all())) {
            page.add("<li>{}: {}</li>\n", each.model(), Integer.toString(each.maxRecords()));
        }
        page.add("</ul>\n");
    }

    private static String limit(int value, String unit) {
        return value == 0 ? "no limit" : value + unit;
    }

    private String notFound(TenantContext context) {
        Markup page = frame(context, "Page not found");
        return end(page.add(
                "<p>There is nothing at this address. <a href=\"{}\">Go to the start</a></p>\n", context.path("/")));
    }

    private String unavailable(TenantContext context) {
        return end(frame(context, "Out of reach for a moment").add("<p>Try again soon.</p>\n"));
    }

    private Markup frame(TenantContext context, String title) {
        return new Markup()
                .add("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n")
                .add("<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n")
                .add("<meta name=\"color-scheme\" content=\"light dark\">\n<title>{}</title>\n", title)
                .add(
                        "<link rel=\"icon\" href=\"{}\" type=\"image/svg+xml\">\n",
                        context.path("/saas_client/static/client.svg"))
                .add("<link rel=\"stylesheet\" href=\"{}\">\n", context.path("/saas_client/static/client.css"))
                .add(
                        "</head>\n<body>\n<header class=\"bar\">\n<span>{}</span>\n",
                        context.tenant().name())
                .add("<nav aria-label=\"Account\"><a href=\"{}\">My databases</a>\n", portal() + "/my")
                .add("<form method=\"post\" action=\"{}\">\n", context.logoutPath())
                .add("<input type=\"hidden\" name=\"form\" value=\"{}\">\n", context.form())
                .add("<button type=\"submit\">Log out</button>\n</form>\n</nav>\n</header>\n")
                .add("<main>\n<section class=\"card wide\">\n<h1>{}</h1>\n", title);
    }

    private String portal() {
        return saas.parameters().value(Parameter.BASE_URL).orElse("");
    }

    private static String end(Markup page) {
        return page.add("</section>\n</main>\n</body>\n</html>\n").toString();
    }
}
