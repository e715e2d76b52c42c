// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.servlet.Caller;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** One request for a page, and its answer. For one thread. */
public final class PortalExchange {
    private final PortalSite site;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Caller caller;
    private final boolean secure;
    private Map<String, String> pathParts = Map.of();
    private Optional<Visitor> visitor = Optional.empty();
    private boolean visitorKnown;
    private @Nullable String visit;
    private String formTargets = "";

    PortalExchange(PortalSite site, HttpServletRequest request, HttpServletResponse response) {
        this.site = site;
        this.request = request;
        this.response = response;
        caller = site.proxies().caller(request);
        secure = caller.secure() || site.baseUrl().isSecure(request.getServerName());
    }

    public PortalSite site() {
        return site;
    }

    public HttpServletRequest request() {
        return request;
    }

    public HttpServletResponse response() {
        return response;
    }

    /** The address of whoever asks. */
    public String clientAddress() {
        return caller.address();
    }

    /** Whether the visitor sees TLS. */
    public boolean secure() {
        return secure;
    }

    boolean callerSecure() {
        return caller.secure();
    }

    void pathParts(Map<String, String> parts) {
        pathParts = parts;
    }

    /** What stands in the path in the place of a name; empty where there is no such place. */
    public String pathPart(String name) {
        return pathParts.getOrDefault(name, "");
    }

    /**
     * The number that stands in the path in the place of a name.
     *
     * @throws PageFailure 404 where it is none
     */
    public long pathId(String name) {
        return number(pathPart(name)).orElseThrow(PageFailure::notFound);
    }

    /** A field of the form or the query, without white space around it; empty where it is missing. */
    public String param(String name) {
        return rawParam(name).strip();
    }

    /** As it was typed, as passwords are; empty where it is missing. */
    public String rawParam(String name) {
        String value = request.getParameter(name);
        return value == null ? "" : value;
    }

    /** Whether a box of the form is ticked. */
    public boolean ticked(String name) {
        return !param(name).isEmpty();
    }

    /** Every value of a field. */
    public List<String> params(String name) {
        String[] values = request.getParameterValues(name);
        return values == null
                ? List.of()
                : Arrays.stream(values).map(String::strip).toList();
    }

    /** A positive number in a field. */
    public Optional<Long> numberParam(String name) {
        return number(param(name));
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,18}") && Long.parseLong(text) > 0
                ? Optional.of(Long.parseLong(text))
                : Optional.empty();
    }

    /**
     * Who has signed in. Nobody where a browser has two sessions: one of them was put there by a page of a sibling host, for
     * the visitor to work in somebody else's account. Then both end, or that one would be in the way for ever.
     */
    public Optional<Visitor> visitor() {
        if (!visitorKnown) {
            List<Visitor> found = visitors();
            if (found.size() > 1) {
                close(found);
            }
            visitorIs(found.size() == 1 ? Optional.of(found.get(0)) : Optional.empty());
        }
        return visitor;
    }

    private List<Visitor> visitors() {
        return Cookies.secrets(request, Cookies.session(secure)).stream()
                .flatMap(secret -> visitor(secret).stream())
                .toList();
    }

    private Optional<Visitor> visitor(String secret) {
        return site.saas()
                .access()
                .findSession(secret)
                .filter(session -> session.database().equals(site.saas().mainDatabase()))
                .flatMap(session -> {
                    UserId id = new UserId(session.user());
                    try {
                        var view = site.saas().actingAs(id, clientAddress());
                        return view.accounts().find(id).map(user -> new Visitor(secret, user, view));
                    } catch (SaasException e) {
                        // Gone or switched off between the two.
                        return Optional.empty();
                    }
                });
    }

    /** Signs a user in who has just been authenticated; whatever session there was ends. */
    public void signIn(User user) {
        close(visitors());
        String secret = site.saas()
                .access()
                .openSession(site.saas().mainDatabase(), user.id().value());
        response.addHeader("Set-Cookie", Cookies.set(Cookies.session(secure), secret, secure));
        response.addHeader("Set-Cookie", Cookies.clear(Cookies.visit(secure), secure));
        visitorIs(Optional.of(new Visitor(secret, user, site.saas().actingAs(user.id(), clientAddress()))));
    }

    private void visitorIs(Optional<Visitor> found) {
        visitor = found;
        visitorKnown = true;
    }

    /** Ends the session, if there is one. */
    public void signOut() {
        close(visitors());
        response.addHeader("Set-Cookie", Cookies.clear(Cookies.session(secure), secure));
        visitorIs(Optional.empty());
    }

    private void close(List<Visitor> visitors) {
        visitors.forEach(former -> site.saas().access().closeSession(former.secret()));
    }

    /** Keeps a secret with the browser for a while. */
    public void keep(String name, String secret, int seconds) {
        if (Cookies.isSecret(secret)) {
            response.addHeader("Set-Cookie", Cookies.set(Cookies.name(name, secure), secret, seconds, secure));
        }
    }

    /** What {@link #keep} kept. */
    public Optional<String> kept(String name) {
        return Cookies.secret(request, Cookies.name(name, secure));
    }

    /** Ends {@link #keep}. */
    public void drop(String name) {
        response.addHeader("Set-Cookie", Cookies.clear(Cookies.name(name, secure), secure));
    }

    /** What forms of this visitor carry; for a stranger, makes a cookie that it is bound to. */
    String formToken() {
        Optional<Visitor> known = visitor();
        if (known.isPresent()) {
            return Tokens.forForms(known.get().secret());
        }
        String name = Cookies.visit(secure);
        String value = visit == null ? Cookies.secret(request, name).orElse(null) : visit;
        if (value == null) {
            value = Tokens.random();
            response.addHeader("Set-Cookie", Cookies.set(name, value, secure));
        }
        visit = value;
        return Tokens.forForms(value);
    }

    /** Whether the form comes from one of our pages, made for this visitor. */
    boolean formIsOurs() {
        // Read in any case: a connection with something left in it has to be closed, under whoever sends the next
        // request.
        String form = param("form");
        return comesFromHere()
                && visitor()
                        .map(Visitor::secret)
                        .or(() -> Cookies.secret(request, Cookies.visit(secure)))
                        .filter(secret -> Tokens.same(Tokens.forForms(secret), form))
                        .isPresent();
    }

    /** Browsers tell which page made them send a form; what tells nothing is no browser, or a very old one. */
    private boolean comesFromHere() {
        String origin = request.getHeader("Origin");
        if (origin != null) {
            String host = request.getHeader("Host");
            return host != null && site.baseUrl().isOrigin(origin, host);
        }
        String from = request.getHeader("Sec-Fetch-Site");
        return from == null || from.equals("same-origin") || from.equals("none");
    }

    /** The frame of a page. */
    public Page page(String title, String section) {
        return page(title, section, null);
    }

    /** The frame of a page that says what has just been done. */
    public Page page(String title, String section, @Nullable String notice) {
        Optional<Visitor> known = visitor();
        return new Page(
                title,
                site.branding().title(),
                request.getContextPath(),
                site.assets().version(),
                formToken(),
                section,
                known.map(each -> each.user().name()).orElse(null),
                known.filter(Visitor::isAdministrator).isPresent(),
                notice,
                0);
    }

    /** Lets forms of this page lead to another origin, by a redirect. */
    public void formsMayLeadTo(List<String> origins) {
        formTargets = String.join(" ", origins);
    }

    /** Answers with a page. */
    public void render(int status, String template, Page page, Object view) throws IOException {
        Headers.forPages(response, formTargets);
        byte[] body = site.renderer().render(template, Map.of("page", page, "view", view));
        send(status, "text/html; charset=utf-8", body);
    }

    /** Answers with a page. */
    public void render(String template, Page page, Object view) throws IOException {
        render(HttpServletResponse.SC_OK, template, page, view);
    }

    /** Answers a form, so that reloading what follows does not send it again. */
    public void redirect(String localPath) throws IOException {
        if (!PortalPath.isLocal(localPath)) {
            throw new IllegalArgumentException("Not a path of this site");
        }
        leadTo(request.getContextPath() + localPath);
    }

    /** Leads out of the portal, to an address that the control plane made. */
    public void redirectOut(URI address) throws IOException {
        response.setHeader("Referrer-Policy", "no-referrer");
        leadTo(address.toString());
    }

    private void leadTo(String location) throws IOException {
        response.setHeader("Location", location);
        send(HttpServletResponse.SC_SEE_OTHER, "text/plain; charset=utf-8", new byte[0]);
    }

    /** Answers with what is not a page. */
    public void send(int status, String type, byte[] body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
