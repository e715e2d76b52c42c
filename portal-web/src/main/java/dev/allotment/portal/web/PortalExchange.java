// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal.web;

import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.SignIns;
import dev.allotment.servlet.Caller;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.servlet.request.RequestCookies;
import dev.allotment.servlet.request.RequestParameters;
import dev.allotment.text.Texts;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** A request for a page, and its response. Not thread-safe. */
public final class PortalExchange {
    private static final String FETCH_SITE = "Sec-Fetch-Site";
    private static final String OPERATORS = "/admin";
    private static final String NOTICE = "portal_notice";
    private static final int NOTICE_SECONDS = 60;
    private static final String PENDING = "portal_pending";
    private static final int PENDING_SECONDS = 600;
    private static final String DEVICE = "portal_device";
    private static final int DEVICE_SECONDS = (int) Duration.ofDays(400).toSeconds();
    private static final Pattern DONE = Pattern.compile("[?&]done=([a-z-]{1,40})(?:&|$)");

    private final PortalSite site;
    private final Routes routes;
    private final HttpServletRequest request;
    private final HttpServletResponse response;
    private final Caller caller;
    private final boolean secure;
    private Map<String, String> pathParts = Map.of();
    private Optional<Visitor> visitor = Optional.empty();
    private boolean visitorKnown;
    private @Nullable String visit;
    private String formTargets = "";
    private @Nullable PageBrand draft;

    PortalExchange(PortalSite site, Routes routes, HttpServletRequest request, HttpServletResponse response) {
        this.site = site;
        this.routes = routes;
        this.request = request;
        this.response = response;
        caller = site.proxies().caller(request);
        secure = caller.secure() || site.baseUrl().isSecure(request.getServerName());
    }

    /** The site that the request belongs to. */
    public PortalSite site() {
        return site;
    }

    /** The request. */
    public HttpServletRequest request() {
        return request;
    }

    /** The response. */
    public HttpServletResponse response() {
        return response;
    }

    /** The network address of the caller. */
    public String clientAddress() {
        return caller.address();
    }

    /** Whether the visitor uses TLS. */
    public boolean secure() {
        return secure;
    }

    boolean callerSecure() {
        return caller.secure();
    }

    void pathParts(Map<String, String> parts) {
        pathParts = parts;
    }

    /** Returns the part of the path that a name in braces stands for; empty if there is none. */
    public String pathPart(String name) {
        return pathParts.getOrDefault(name, "");
    }

    /**
     * Returns the number in the path that a name in braces stands for.
     *
     * @throws PageFailure with 404 if it is not a positive number
     */
    public long pathId(String name) {
        return number(pathPart(name)).orElseThrow(PageFailure::notFound);
    }

    /** Returns a field of the form or the query without surrounding white space; empty if it is missing. */
    public String param(String name) {
        return rawParam(name).strip();
    }

    /** Returns a field exactly as it was typed, for passwords; empty if it is missing. */
    public String rawParam(String name) {
        return RequestParameters.of(request).first(name);
    }

    /** Whether a check box of the form is ticked. */
    public boolean ticked(String name) {
        return !param(name).isEmpty();
    }

    /** Returns all values of a field. */
    public List<String> params(String name) {
        return RequestParameters.of(request).all(name).stream()
                .map(String::strip)
                .toList();
    }

    /** Returns the names of all fields. */
    public Set<String> paramNames() {
        return RequestParameters.of(request).names();
    }

    /** Returns a positive number in a field. */
    public Optional<Long> numberParam(String name) {
        return number(param(name));
    }

    private static Optional<Long> number(String text) {
        return text.matches("[0-9]{1,18}") && Long.parseLong(text) > 0
                ? Optional.of(Long.parseLong(text))
                : Optional.empty();
    }

    /**
     * Returns the signed-in visitor. If the browser has two valid sessions, a page of a sibling host has planted one of
     * them to make the visitor work in another account. Then both sessions are closed and the visitor has to sign in
     * again.
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
                        Saas home = site.saas().actingInSession(id, secret, clientAddress());
                        Saas view = session.customer() == null ? home : home.actingFor(session.customer());
                        return view.accounts()
                                .find(id)
                                .map(user -> Visitor.of(secret, user, view, session.provided(), texts(user)));
                    } catch (SaasException e) {
                        // The account was deleted, deactivated or removed from the team in between.
                        return Optional.empty();
                    }
                });
    }

    /** Signs in a user who has just been authenticated completely, and closes any former session. */
    public void signIn(User user) {
        signIn(site.saas().signIns().open(user.id(), browser()));
    }

    /** Goes a step further with a sign-in: with its session, or to what it waits for. Closes any former session. */
    public void signIn(SignIns.Step step) {
        close(visitors());
        if (step.next() != SignIns.Next.NOTHING) {
            keepSecret(PENDING, step.secret(), PENDING_SECONDS);
            response.addHeader("Set-Cookie", Cookies.clear(Cookies.session(secure), secure));
            visitorIs(Optional.empty());
            return;
        }
        response.addHeader("Set-Cookie", Cookies.set(Cookies.session(secure), step.secret(), secure));
        response.addHeader("Set-Cookie", Cookies.clear(Cookies.visit(secure), secure));
        keepSecret(DEVICE, step.device(), DEVICE_SECONDS);
        if (pendingSignIn().isPresent()) {
            dropSecret(PENDING);
        }
        visitorIs(visitor(step.secret()));
    }

    /** Returns the sign-in of this browser that waits for its next step. */
    public Optional<String> pendingSignIn() {
        return keptSecret(PENDING);
    }

    /** Returns the browser of the visitor, for signing in. */
    public SignIns.Browser browser() {
        return new SignIns.Browser(
                clientAddress(),
                request.getHeader("User-Agent"),
                visitSecret(),
                keptSecret(DEVICE).orElse(null));
    }

    private void visitorIs(Optional<Visitor> found) {
        visitor = found;
        visitorKnown = true;
    }

    /** Closes the session, if there is one. */
    public void signOut() {
        close(visitors());
        // JSON-RPC keeps its session in a cookie with this name. Behind TLS, the portal's cookie has another name.
        Cookies.secrets(request, Cookies.session(false))
                .forEach(secret -> site.saas().access().closeSession(secret));
        response.addHeader("Set-Cookie", Cookies.clear(Cookies.session(secure), secure));
        visitorIs(Optional.empty());
    }

    private void close(List<Visitor> visitors) {
        visitors.forEach(former -> site.saas().access().closeSession(former.secret()));
    }

    /** Stores a secret in the browser for a while. */
    public void keepSecret(String name, String secret, int seconds) {
        if (Cookies.isSecret(secret)) {
            response.addHeader("Set-Cookie", Cookies.set(Cookies.name(name, secure), secret, seconds, secure));
        }
    }

    /** Returns a secret that {@link #keepSecret} stored. */
    public Optional<String> keptSecret(String name) {
        return Cookies.secret(request, Cookies.name(name, secure));
    }

    /**
     * Stores a text for the next page of this session only. A page of a sibling host that plants the cookie does not
     * know the session, so it cannot make the visitor see another text.
     */
    public void keepForNextPage(Visitor reader, String name, String text) {
        keepSecret(name, text + "." + Tokens.forForms(reader.secret() + text), NOTICE_SECONDS);
    }

    /** Returns what {@link #keepForNextPage} stored in this session, once; empty if there is nothing. */
    public Optional<String> takeKept(Visitor reader, String name) {
        Optional<String> kept = keptSecret(name);
        if (kept.isPresent()) {
            dropSecret(name);
        }
        return kept.flatMap(each -> {
            int end = each.lastIndexOf('.');
            String text = each.substring(0, Math.max(end, 0));
            return Tokens.same(Tokens.forForms(reader.secret() + text), each.substring(end + 1))
                    ? Optional.of(text)
                    : Optional.empty();
        });
    }

    /** Deletes a secret that {@link #keepSecret} stored. */
    public void dropSecret(String name) {
        response.addHeader("Set-Cookie", Cookies.clear(Cookies.name(name, secure), secure));
    }

    /**
     * Returns the token for the visitor's forms. A visitor without a session gets a cookie that the token is bound to.
     */
    String formToken() {
        Optional<Visitor> known = visitor();
        if (known.isPresent()) {
            return Tokens.forForms(bound(known.get()));
        }
        return Tokens.forForms(visitSecret());
    }

    /** A form is for one customer: a visitor who switches in another window must not send it for the other one. */
    private static String bound(Visitor visitor) {
        return visitor.secret() + " for " + visitor.customer();
    }

    /** Returns a secret that only this browser has. */
    private String visitSecret() {
        String name = Cookies.visit(secure);
        String value = visit == null ? Cookies.secret(request, name).orElse(null) : visit;
        if (value == null) {
            value = Tokens.random();
            response.addHeader("Set-Cookie", Cookies.set(name, value, secure));
        }
        visit = value;
        return value;
    }

    /** Whether the browser sent a cookie that forms are bound to. */
    boolean hasCookie() {
        return Cookies.secret(request, Cookies.session(secure))
                .or(() -> Cookies.secret(request, Cookies.visit(secure)))
                .isPresent();
    }

    /** Whether the form was sent by one of the portal's pages for this visitor. */
    boolean formIsOurs() {
        // The body is read in any case: a connection with unread data would have to be closed, which would break the
        // next request on it.
        String form = param("form");
        return isSameOrigin()
                && visitor()
                        .map(PortalExchange::bound)
                        .or(() -> Cookies.secret(request, Cookies.visit(secure)))
                        .filter(secret -> Tokens.same(Tokens.forForms(secret), form))
                        .isPresent();
    }

    /**
     * Whether the form comes from a page of the portal. Browsers name the page that sent a form. A client that sends
     * neither header is a program or a very old browser; the form's token decides then.
     */
    private boolean isSameOrigin() {
        String origin = request.getHeader("Origin");
        if (origin != null) {
            return isPortal(origin);
        }
        String from = request.getHeader(FETCH_SITE);
        return from == null || isOwn(from);
    }

    /**
     * Whether the browser says that the visitor entered the address or followed a link of the portal. Without TLS,
     * browsers do not say where a link was, but the portal's pages let them name the page.
     */
    public boolean isOwnLink() {
        String from = request.getHeader(FETCH_SITE);
        String page = request.getHeader("Referer");
        return from != null ? isOwn(from) : page != null && isPortal(origin(page));
    }

    private static boolean isOwn(String fetchSite) {
        return fetchSite.equals("same-origin") || fetchSite.equals("none");
    }

    private boolean isPortal(String origin) {
        String host = request.getHeader("Host");
        return host != null && site.baseUrl().isOrigin(origin, host, secure);
    }

    /** Returns the origin of a page; an empty text if the address is none. */
    private static String origin(String page) {
        try {
            URI address = new URI(page);
            return address.getScheme() + "://" + address.getRawAuthority();
        } catch (URISyntaxException e) {
            return "";
        }
    }

    /** Returns the frame of a page. */
    public Page page(String title, String section) {
        return page(title, section, null);
    }

    /**
     * Returns the frame of a page with a notice about what was just done. It is shown once, to the visitor who did it:
     * an address that is opened again or sent to others says nothing.
     */
    public Page page(String title, String section, @Nullable String notice) {
        Optional<Visitor> known = visitor();
        boolean first = notice != null
                && RequestCookies.values(request, Cookies.name(NOTICE, secure)).contains(param("done"));
        if (first) {
            dropSecret(NOTICE);
        }
        return new Page(
                title,
                draft == null ? site.pageBrand(request.getContextPath()) : draft,
                request.getContextPath(),
                site.assets().version(),
                formToken(),
                section,
                known.map(each -> each.user().name()).orElse(null),
                routes.offers(known),
                first ? notice : null,
                0,
                known.map(Acting::of).orElse(Acting.SIGNED_OUT),
                texts());
    }

    /** Returns the texts of the page: in the language of the account, or in one that the browser wants. */
    public Texts texts() {
        return visitor().map(Visitor::texts).orElseGet(this::acceptedTexts);
    }

    /** Returns a text of the page. */
    public String text(String key, Object... values) {
        return texts().text(key, values);
    }

    /**
     * Returns the notice about what was just done, as the address of the page says.
     *
     * @param area the first part of the key of the text
     */
    public @Nullable String notice(String area) {
        String key = area + ".done." + param("done");
        return texts().has(key) ? text(key) : null;
    }

    private Texts texts(User user) {
        return isForOperators()
                ? site.texts().english()
                : site.texts().find(user.lang()).orElseGet(this::acceptedTexts);
    }

    /** Pages of operators are in English. */
    private boolean isForOperators() {
        String path = request.getRequestURI().substring(request.getContextPath().length());
        return path.equals(OPERATORS) || path.startsWith(OPERATORS + "/");
    }

    /** Returns the texts for visitors who have not signed in. */
    Texts acceptedTexts() {
        return site.texts()
                .accepted(request.getHeader("Accept-Language"))
                .orElseGet(() -> site.texts().usual(site.saas()));
    }

    void tellLanguage(Texts texts) {
        response.setHeader("Content-Language", texts.language());
        response.addHeader("Vary", "Accept-Language");
    }

    /** Shows the pages of this exchange in a brand that may not have been applied. */
    public void showIn(PageBrand brand) {
        draft = brand;
    }

    /** Returns the file that was chosen in a field; empty if there is none. */
    public Optional<byte[]> upload(String name) {
        return RequestParameters.of(request).file(name);
    }

    /** Allows forms of this page to end at other origins, after redirects. */
    public void allowFormTargets(List<String> origins) {
        formTargets = String.join(" ", origins);
    }

    /** Answers with a page. */
    public void render(int status, String template, Page page, Object view) throws IOException {
        String forms = "form-action 'self'" + (formTargets.isEmpty() ? "" : " " + formTargets);
        if (page.branding().hasFont()) {
            SecurityHeaders.forPage(response, "connect-src 'self'", forms, SecurityHeaders.OWN_FONTS);
        } else {
            SecurityHeaders.forPage(response, "connect-src 'self'", forms);
        }
        tellLanguage(page.texts());
        byte[] body = site.renderer().render(template, Map.of("page", page, "view", view));
        send(status, "text/html; charset=utf-8", body);
    }

    /** Answers with a page. */
    public void render(String template, Page page, Object view) throws IOException {
        render(HttpServletResponse.SC_OK, template, page, view);
    }

    /**
     * Redirects after a form was handled, so that a reload does not send the form again. If the path says in {@code
     * done} what was done, the next page shows its notice once.
     */
    public void redirect(String localPath) throws IOException {
        if (!PortalPath.isLocal(localPath)) {
            throw new IllegalArgumentException("Not a path of this site");
        }
        Matcher done = DONE.matcher(localPath);
        if (done.find()) {
            response.addHeader(
                    "Set-Cookie", Cookies.set(Cookies.name(NOTICE, secure), done.group(1), NOTICE_SECONDS, secure));
        }
        sendRedirect(request.getContextPath() + localPath);
    }

    /** Redirects to an address outside the portal that the control plane has built. */
    public void redirectOut(URI address) throws IOException {
        response.setHeader("Referrer-Policy", "no-referrer");
        sendRedirect(address.toString());
    }

    private void sendRedirect(String location) throws IOException {
        response.setHeader("Location", location);
        send(HttpServletResponse.SC_SEE_OTHER, "text/plain; charset=utf-8", new byte[0]);
    }

    /** Sends a response other than a page. */
    public void send(int status, String type, byte[] body) throws IOException {
        response.setStatus(status);
        response.setContentType(type);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
