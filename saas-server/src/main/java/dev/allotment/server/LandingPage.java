// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import dev.allotment.AddonStatus;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.RecordQuota;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.access.Group;
import dev.allotment.access.Member;
import dev.allotment.access.TenantDatabase;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.TenantContext;
import gg.jte.ContentType;
import gg.jte.TemplateEngine;
import gg.jte.output.Utf8ByteOutput;
import jakarta.servlet.FilterChain;
import jakarta.servlet.ServletException;
import jakarta.servlet.http.HttpFilter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start page of a tenant database in the demo server: shows a signed-in member what is in the database. It takes
 * the place of the tenant's application. Requests that are not for a tenant pass through.
 */
final class LandingPage extends HttpFilter {
    private static final int RETRY_SECONDS = 5;
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LandingPage.class);
    private static final Set<String> PATHS = Set.of("/", "/web", "/web/");
    private static final String TEMPLATES = "dev.allotment.server.pages";

    private final transient Saas saas;
    private final transient TemplateEngine engine =
            TemplateEngine.createPrecompiled(null, ContentType.Html, LandingPage.class.getClassLoader(), TEMPLATES);

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
        LandingView.Frame frame = frame(context);
        if (!PATHS.contains(request.getRequestURI())) {
            send(
                    response,
                    HttpServletResponse.SC_NOT_FOUND,
                    "notfound",
                    Map.of("frame", frame, "start", context.path("/")));
            return;
        }
        LandingView view;
        try {
            view = view(context);
        } catch (SaasException e) {
            LOG.warn("The contents of {} cannot be shown: {}", context.tenant().name(), e.getMessage());
            response.setIntHeader("Retry-After", RETRY_SECONDS);
            send(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "unavailable", Map.of("frame", frame));
            return;
        }
        send(response, HttpServletResponse.SC_OK, "landing", Map.of("frame", frame, "view", view));
    }

    private static void headers(HttpServletResponse response) {
        SecurityHeaders.set(response, false);
        SecurityHeaders.forPage(response, "form-action 'self'");
        SecurityHeaders.allowSameOriginReferrer(response);
    }

    private void send(HttpServletResponse response, int status, String template, Map<String, Object> parameters)
            throws IOException {
        Utf8ByteOutput html = new Utf8ByteOutput();
        engine.render(template + ".jte", parameters, html);
        response.setStatus(status);
        response.setContentType("text/html; charset=utf-8");
        response.setContentLength(html.getContentLength());
        html.writeTo(response.getOutputStream());
    }

    private LandingView.Frame frame(TenantContext context) {
        return new LandingView.Frame(
                context.tenant().name(),
                context.path("/saas_client/static/client.css"),
                context.path("/saas_client/static/brand.css"),
                context.path("/saas_client/static/client.svg"),
                saas.parameters().value(Parameter.BASE_URL).orElse("") + "/my",
                context.signOutPath(),
                context.form());
    }

    private LandingView view(TenantContext context) {
        Tenant tenant = context.tenant();
        TenantDatabase database = saas.database(tenant.name());
        Member member = context.member().orElseThrow();
        return new LandingView(
                member.name(),
                member.login(),
                database
                        .addons()
                        .list(Query.where(Filter.equal(AddonStatus.INSTALLED, true))
                                .orderBy(AddonStatus.TITLE))
                        .stream()
                        .map(LandingPage::row)
                        .toList(),
                database
                        .groups()
                        .list(Query.where(Filter.in(Group.XML_ID, List.copyOf(context.groups())))
                                .orderBy(Group.NAME))
                        .stream()
                        .map(each -> new LandingView.Row(each.name(), each.xmlId()))
                        .toList(),
                database
                        .parameters()
                        .list(Query.where(Filter.equal(Parameter.HIDDEN, false)).orderBy(Parameter.KEY))
                        .stream()
                        .map(each -> new LandingView.Row(each.key(), each.value()))
                        .toList(),
                limits(tenant, database));
    }

    private static LandingView.Row row(AddonStatus addon) {
        String version = addon.installedVersion() == null ? "" : " " + addon.installedVersion();
        return new LandingView.Row(addon.title(), addon.name() + version);
    }

    private static List<LandingView.Row> limits(Tenant tenant, TenantDatabase database) {
        List<LandingView.Row> limits = new ArrayList<>();
        limits.add(new LandingView.Row("Users", limit(tenant.maxUsers(), "")));
        limits.add(new LandingView.Row("Storage", limit(tenant.storageLimitMb(), " MB")));
        for (RecordQuota each : database.recordQuotas().list(Query.all())) {
            limits.add(new LandingView.Row(each.model(), Integer.toString(each.maxRecords())));
        }
        return limits;
    }

    private static String limit(int value, String unit) {
        return value == 0 ? "no limit" : value + unit;
    }
}
