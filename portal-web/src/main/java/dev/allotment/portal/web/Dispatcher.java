// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.SaasException;
import dev.allotment.portal.web.Routes.Audience;
import dev.allotment.portal.web.Routes.Found;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the page that a request asks for, after what holds for all of them: the host is ours, a form was made by us for this
 * visitor, and the page is for this visitor. Thread-safe.
 */
public final class Dispatcher {
    private static final Logger LOG = LoggerFactory.getLogger(Dispatcher.class);
    private static final int MISDIRECTED = 421;

    private final PortalSite site;
    private final Routes routes;

    public Dispatcher(PortalSite site, Routes routes) {
        this.site = site;
        this.routes = routes;
        routes.show(Assets.FOLDER + "{name}", exchange -> site.assets().send(exchange, exchange.pathPart("name")));
    }

    /** Answers a request. */
    public void dispatch(HttpServletRequest request, HttpServletResponse response) throws IOException {
        request.setCharacterEncoding(StandardCharsets.UTF_8.name());
        PortalExchange exchange;
        try {
            exchange = new PortalExchange(site, request, response);
            Headers.forAll(response, exchange.callerSecure());
            if (!site.baseUrl().accepts(request.getServerName())) {
                misdirected(exchange);
                return;
            }
        } catch (SaasException e) {
            LOG.warn("The portal cannot be reached: {}", e.getMessage());
            plain(response, HttpServletResponse.SC_SERVICE_UNAVAILABLE, "Out of reach for a moment. Try again soon.");
            return;
        }
        try {
            answer(exchange);
        } catch (PageFailure e) {
            fail(exchange, e);
        } catch (SaasException e) {
            fail(exchange, failure(e));
        } catch (RuntimeException e) {
            UUID reference = UUID.randomUUID();
            LOG.error("A page failed, reference {}", reference, e);
            fail(exchange, internal(reference));
        }
    }

    private void answer(PortalExchange exchange) throws IOException {
        HttpServletRequest request = exchange.request();
        String path = request.getRequestURI().substring(request.getContextPath().length());
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
        if (found == null) {
            exchange.response().setHeader("Allow", byMethod.containsKey(Method.GET) ? "GET, HEAD" : "POST");
            throw new PageFailure(405, "Not possible here", "This address does not answer to " + name + ".");
        }
        exchange.pathParts(found.parts());
        if (isFor(exchange, found.audience())) {
            if (name.equals("POST") && found.audience() != Audience.PROGRAMS && !exchange.formIsOurs()) {
                throw new PageFailure(
                        403,
                        "This form is out of date",
                        "It was opened before you signed in or out, or it does not come from this site."
                                + " Nothing was changed. Go back, reload the page, and try again.");
            }
            found.handler().handle(exchange);
        }
    }

    /** Sends whoever has not signed in to do so. */
    private static boolean isFor(PortalExchange exchange, Audience audience) throws IOException {
        if (audience == Audience.ANYBODY || audience == Audience.PROGRAMS) {
            return true;
        }
        if (exchange.visitor().isEmpty()) {
            exchange.redirect(signIn(exchange.request()));
            return false;
        }
        if (audience == Audience.ADMINISTRATORS && !exchange.visitor().get().isAdministrator()) {
            throw new PageFailure(403, "For administrators only", "Your account may not see this page.");
        }
        return true;
    }

    private static String signIn(HttpServletRequest request) {
        String query = request.getQueryString();
        String path = request.getRequestURI().substring(request.getContextPath().length());
        String target = query == null ? path : path + "?" + query;
        return request.getMethod().equals("POST")
                ? "/web/login"
                : "/web/login?redirect=" + URLEncoder.encode(target, StandardCharsets.UTF_8);
    }

    private static PageFailure failure(SaasException e) {
        String text = String.valueOf(e.getMessage());
        return switch (e.category()) {
            case NOT_FOUND -> PageFailure.notFound();
            case NOT_ALLOWED -> new PageFailure(403, "Not allowed", text);
            case INVALID_INPUT -> new PageFailure(400, "That does not work", text);
            case CONFLICT, UNSUPPORTED -> new PageFailure(409, "That does not work now", text);
            case UNAVAILABLE -> {
                LOG.warn("A page has to wait: {}", text);
                yield new PageFailure(
                        503, "Out of reach for a moment", "Something that is needed does not answer. Try again soon.");
            }
            case INTERNAL -> {
                UUID reference = UUID.randomUUID();
                LOG.error("A page failed, reference {}", reference, e);
                yield internal(reference);
            }
        };
    }

    private static PageFailure internal(UUID reference) {
        return new PageFailure(
                500,
                "Something went wrong",
                "It is not your fault. If it happens again, tell the administrator this reference: " + reference + ".");
    }

    private static void fail(PortalExchange exchange, PageFailure failure) throws IOException {
        HttpServletResponse response = exchange.response();
        if (response.isCommitted()) {
            return;
        }
        try {
            Page page = exchange.page(failure.title(), "");
            exchange.render(failure.status(), "failure", page, failure.text());
        } catch (SaasException e) {
            // Who has signed in cannot be asked for either.
            plain(response, failure.status(), failure.text());
        }
    }

    /** Whoever follows an old link to a client database; stylesheets are for pages of our own host. */
    private void misdirected(PortalExchange exchange) throws IOException {
        byte[] page = site.renderer()
                .render("elsewhere", Map.of("portal", site.baseUrl().at("/")));
        exchange.send(MISDIRECTED, "text/html; charset=utf-8", page);
    }

    private static void plain(HttpServletResponse response, int status, String text) throws IOException {
        byte[] body = (text + "\n").getBytes(StandardCharsets.UTF_8);
        response.setStatus(status);
        response.setContentType("text/plain; charset=utf-8");
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
