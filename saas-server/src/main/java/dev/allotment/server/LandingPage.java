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
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The start page of a tenant database: shows a signed-in member what is in the database, and takes orders if the add-on
 * for sales is installed. It takes the place of the tenant's application. Requests that are not for a tenant pass
 * through.
 */
final class LandingPage extends HttpFilter {
    private static final int RETRY_SECONDS = 5;
    private static final long serialVersionUID = 1L;
    private static final Logger LOG = LoggerFactory.getLogger(LandingPage.class);
    private static final Set<String> PATHS = Set.of("/", "/web", "/web/");
    private static final String ORDERS = "/orders";
    private static final String SALES = "sale";
    private static final int UNPROCESSABLE = 422;
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
        boolean orders =
                request.getRequestURI().equals(ORDERS) && request.getMethod().equals("POST");
        if (!orders && !PATHS.contains(request.getRequestURI())) {
            notFound(response, frame, context);
            return;
        }
        LandingView view;
        String problem;
        try {
            boolean sells = sells(context);
            if (orders && !sells) {
                notFound(response, frame, context);
                return;
            }
            problem = orders ? order(request, context) : "";
            if (orders && problem.isEmpty()) {
                response.setStatus(HttpServletResponse.SC_SEE_OTHER);
                response.setHeader("Location", context.path("/"));
                return;
            }
            view = view(context, sells ? new Orders(context.dataSource()).latest() : null, problem);
        } catch (SaasException e) {
            LOG.warn("The contents of {} cannot be shown: {}", context.tenant().name(), e.getMessage());
            unavailable(response, frame);
            return;
        } catch (SQLException e) {
            LOG.warn(
                    "The orders of {} cannot be shown or stored",
                    context.tenant().name(),
                    e);
            unavailable(response, frame);
            return;
        }
        int status = problem.isEmpty() ? HttpServletResponse.SC_OK : UNPROCESSABLE;
        send(response, status, "landing", Map.of("frame", frame, "view", view));
    }

    private void unavailable(HttpServletResponse response, LandingView.Frame frame) throws IOException {
        response.setIntHeader("Retry-After", RETRY_SECONDS);
        send(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "unavailable", Map.of("frame", frame));
    }

    private void notFound(HttpServletResponse response, LandingView.Frame frame, TenantContext context)
            throws IOException {
        send(
                response,
                HttpServletResponse.SC_NOT_FOUND,
                "notfound",
                Map.of("frame", frame, "start", context.path("/")));
    }

    private boolean sells(TenantContext context) {
        return saas.database(context.tenant().name())
                        .addons()
                        .count(Filter.and(
                                Filter.equal(AddonStatus.NAME, SALES), Filter.equal(AddonStatus.INSTALLED, true)))
                > 0;
    }

    /** Stores the order of a form. Returns what is wrong with it; empty if it was stored. */
    private static String order(HttpServletRequest request, TenantContext context) throws SQLException {
        if (!context.isForm(request.getParameter("form"))) {
            return "This form has expired. Try again.";
        }
        Optional<Orders.NewOrder> order = Orders.NewOrder.of(
                param(request, "customer"),
                param(request, "product"),
                param(request, "quantity"),
                param(request, "price"));
        if (order.isEmpty()) {
            return "An order needs a customer, a product, a quantity from 1 to 9999, and a price such as 12.50.";
        }
        new Orders(context.dataSource()).add(order.get());
        return "";
    }

    private static String param(HttpServletRequest request, String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
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
                context.path(ORDERS),
                context.form());
    }

    private LandingView view(TenantContext context, @Nullable List<LandingView.Order> orders, String problem) {
        Tenant tenant = context.tenant();
        TenantDatabase database = saas.database(tenant.name());
        Member member = context.member().orElseThrow();
        return new LandingView(
                member.name(),
                member.login(),
                orders,
                problem,
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
