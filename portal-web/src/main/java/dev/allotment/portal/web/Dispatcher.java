// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.ErrorCodes;
import dev.allotment.Permission;
import dev.allotment.SaasException;
import dev.allotment.portal.web.Routes.Audience;
import dev.allotment.portal.web.Routes.Found;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.servlet.request.Refusal;
import dev.allotment.servlet.request.RequestParameters;
import dev.allotment.spi.protocol.FailureReference;
import dev.allotment.spi.protocol.UnavailableLog;
import dev.allotment.text.Texts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.slf4j.MDC;

/**
 * Finds and runs the page for a request. Before that it checks the host, the visitor's rights, and that a form was sent
 * by one of the portal's own pages. Thread-safe.
 */
public final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int RETRY_SECONDS = 5;
    private static final UnavailableLog UNAVAILABLE_LOG = new UnavailableLog(LOG::warn);
    private static final int MISDIRECTED = 421;
    private static final String FACTOR = "/my/account/factor";
    /** What sets up a second factor or a passkey, or leaves the team. The core refuses everything else for the team. */
    private static final List<String> OPEN_WITHOUT_FACTOR =
            List.of(FACTOR, "/my/account/passkeys", "/my/account/sessions", "/my/team/switch", "/my/team/leave");

    private static final String PROVIDER = "/my/team/provider";
    /** What signs in with the provider or leaves the team, and the account. The core refuses the rest. */
    private static final List<String> OPEN_WITHOUT_PROVIDER =
            List.of(PROVIDER, "/my/account", "/my/team/switch", "/my/team/leave", "/web/invitation");

    private final PortalSite site;
    private final Routes routes;

    /** Creates a dispatcher for these routes, and adds the static files to them. */
    public Dispatcher(PortalSite site, Routes routes) {
        this.site = site;
        this.routes = routes;
        routes.show(Assets.FOLDER + "{name}", exchange -> site.assets().send(exchange, exchange.pathPart("name")));
        routes.show(
                Assets.FOLDER + Assets.BRAND_FILES + "{name}",
                exchange -> site.assets().sendBrandFile(exchange, exchange.pathPart("name")));
    }

    /** Whether requests for a host are answered, with 503 if it cannot be read which host is the portal's. */
    public boolean serves(String host) {
        try {
            return site.baseUrl().accepts(host);
        } catch (SaasException e) {
            UNAVAILABLE_LOG.log("The address of the portal", e);
            return true;
        }
    }

    /** Answers a request. */
    public void dispatch(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.setCharacterEncoding(StandardCharsets.UTF_8.name());
        PortalExchange exchange;
        try {
            exchange = new PortalExchange(site, routes, request, response);
            SecurityHeaders.set(response, exchange.callerSecure());
            SecurityHeaders.allowSameOriginReferrer(response);
            if (!site.baseUrl().accepts(request.getServerName())) {
                misdirected(exchange);
                return;
            }
        } catch (SaasException e) {
            UNAVAILABLE_LOG.log("The address of the portal", e);
            plain(
                    response,
                    HttpServletResponse.SC_SERVICE_UNAVAILABLE,
                    "Temporarily unavailable. Please try again shortly.");
            return;
        }
        try {
            answer(exchange);
        } catch (Refusal e) {
            // As text: a page would need the fields that cannot be read.
            e.headers().forEach(response::setHeader);
            response.setHeader("Connection", "close");
            plain(response, e.status(), e.text());
        } catch (PageFailure e) {
            fail(exchange, e);
        } catch (SaasException e) {
            fail(exchange, failure(exchange, e));
        } catch (RuntimeException e) {
            String reference = FailureReference.of(MDC.get(FailureReference.REQUEST_KEY));
            LOG.error("A page failed: path={} reference={}", request.getRequestURI(), reference, e);
            fail(exchange, internal(reference));
        }
    }

    private void answer(PortalExchange exchange) throws IOException {
        HttpServletRequest request = exchange.request();
        String path = path(request);
        Map<Method, Found> byMethod = routes.find(path);
        if (byMethod.isEmpty()) {
            throw PageFailure.notFound();
        }
        String name = request.getMethod();
        Found found = switch (name) {
            case "GET", "HEAD" -> byMethod.get(Method.GET);
            case "POST" -> byMethod.get(Method.POST);
            default -> null;
        };
        Found form = byMethod.get(Method.POST);
        boolean reading = name.equals("GET") || name.equals("HEAD");
        if (found == null && reading && form != null && form.audience() != Audience.PROGRAMS) {
            // The address of a form, for example from the history of the browser: shows the page with the form.
            exchange.redirect(PortalPath.orElse(pageOf(path), "/"));
            return;
        }
        if (found == null) {
            exchange.response().setHeader("Allow", byMethod.containsKey(Method.GET) ? "GET, HEAD" : "POST");
            throw new PageFailure(405, "failure.method", "failure.method.text", name);
        }
        exchange.pathParts(found.parts());
        if (isFor(exchange, found.audience())) {
            if (found.uploads()) {
                RequestParameters.acceptFiles(request);
            }
            if (name.equals("POST") && found.audience() != Audience.PROGRAMS && !exchange.formIsOurs()) {
                if (!exchange.hasCookie()) {
                    throw new PageFailure(403, "failure.no-cookie", "failure.no-cookie.text");
                }
                throw new PageFailure(403, "failure.expired", "failure.expired.text");
            }
            if (!found.proven() || ProofPage.passed(exchange, path)) {
                found.handler().handle(exchange);
            }
        }
    }

    /** Checks whether the visitor may use the page; redirects visitors without a session to the sign-in page. */
    private boolean isFor(PortalExchange exchange, Audience audience) throws IOException {
        if (audience == Audience.EVERYONE || audience == Audience.PROGRAMS) {
            return true;
        }
        if (exchange.visitor().isEmpty()) {
            exchange.redirect(signIn(exchange.request()));
            return false;
        }
        Visitor visitor = exchange.visitor().get();
        String path = path(exchange.request());
        if (visitor.lack() == Visitor.Lack.FACTOR && !isAt(path, OPEN_WITHOUT_FACTOR)) {
            exchange.redirect(FACTOR + "?done=needed");
            return false;
        }
        if (visitor.lack() == Visitor.Lack.PROVIDER && !isAt(path, OPEN_WITHOUT_PROVIDER)) {
            exchange.redirect(PROVIDER);
            return false;
        }
        if (!audience.includes(visitor)) {
            throw visitor.isOperator()
                    ? PageFailure.notPermitted(visitor)
                    : new PageFailure(403, "failure.administrators", "failure.administrators.text");
        }
        return true;
    }

    private static boolean isAt(String path, List<String> pages) {
        return pages.stream().anyMatch(each -> path.equals(each) || path.startsWith(each + "/"));
    }

    private static String path(HttpServletRequest request) {
        return request.getRequestURI().substring(request.getContextPath().length());
    }

    private String signIn(HttpServletRequest request) {
        String query = request.getQueryString();
        String path = path(request);
        if (request.getMethod().equals("POST")) {
            return "/web/login?done=expired&redirect=" + URLEncoder.encode(pageOf(path), StandardCharsets.UTF_8);
        }
        String target = query == null ? path : path + "?" + query;
        return "/web/login?redirect=" + URLEncoder.encode(target, StandardCharsets.UTF_8);
    }

    /** Returns the page that shows a form: the nearest one at the path that the form is sent to, or above it. */
    private String pageOf(String path) {
        String page = path;
        while (!routes.find(page).containsKey(Method.GET)) {
            int end = page.lastIndexOf('/');
            if (end <= 0) {
                return "/";
            }
            page = page.substring(0, end);
        }
        return page;
    }

    private static PageFailure failure(PortalExchange exchange, SaasException e) {
        Optional<Visitor> member = e.code().equals(ErrorCodes.ACCESS_NOT_ALLOWED)
                ? exchange.visitor().filter(each -> !each.may(Permission.OWN))
                : Optional.empty();
        return member.map(PageFailure::notPermitted).orElseGet(() -> failure(e));
    }

    private static PageFailure failure(SaasException e) {
        return switch (e.category()) {
            case NOT_FOUND -> PageFailure.notFound();
            case NOT_ALLOWED -> PageFailure.of(403, "failure.not-allowed", e);
            case INVALID_INPUT -> PageFailure.of(400, "failure.invalid", e);
            case CONFLICT, UNSUPPORTED -> PageFailure.of(409, "failure.conflict", e);
            case UNAVAILABLE -> {
                UNAVAILABLE_LOG.log("A page", e);
                yield new PageFailure(503, "failure.unavailable", "failure.unavailable.text");
            }
            case INTERNAL -> {
                String reference = FailureReference.of(MDC.get(FailureReference.REQUEST_KEY));
                LOG.error("A page failed: reference={}", reference, e);
                yield internal(reference);
            }
        };
    }

    private static PageFailure internal(String reference) {
        return new PageFailure(500, "failure.internal", "failure.internal.text", reference);
    }

    private static void fail(PortalExchange exchange, PageFailure failure) throws IOException {
        HttpServletResponse response = exchange.response();
        if (response.isCommitted()) {
            return;
        }
        retryLater(response, failure.status());
        try {
            Texts texts = exchange.texts();
            Page page = exchange.page(failure.title(texts), "");
            exchange.render(failure.status(), "failure", page, failure.text(texts));
        } catch (SaasException e) {
            // The session cannot be read either.
            plain(
                    response,
                    failure.status(),
                    failure.text(exchange.acceptedTexts()).text());
        }
    }

    /**
     * Answers requests for unknown hosts, such as old links to a tenant. The page has no stylesheet, because
     * stylesheets belong to the portal's own host.
     */
    private void misdirected(PortalExchange exchange) throws IOException {
        byte[] page = site.renderer()
                .render("elsewhere", Map.of("portal", site.baseUrl().at("/"), "texts", exchange.acceptedTexts()));
        exchange.tellLanguage(exchange.acceptedTexts());
        exchange.send(MISDIRECTED, "text/html; charset=utf-8", page);
    }

    private static void retryLater(HttpServletResponse response, int status) {
        if (status == HttpServletResponse.SC_SERVICE_UNAVAILABLE) {
            response.setIntHeader("Retry-After", RETRY_SECONDS);
        }
    }

    private static void plain(HttpServletResponse response, int status, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        retryLater(response, status);
        response.setContentType("text/plain; charset=utf-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
