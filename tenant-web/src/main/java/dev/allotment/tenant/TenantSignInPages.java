// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import dev.allotment.Access;
import dev.allotment.AuthorizationRequest;
import dev.allotment.ErrorCodes;
import dev.allotment.Member;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;

/** Signing in to a client database, and out of it. Thread-safe. */
final class TenantSignInPages {
    static final String LOGIN = "/web/login";
    static final String LOGOUT = "/web/session/logout";
    /** Begins signing in via the portal. */
    private static final String VIA_PORTAL = "/auth_oauth/portal";

    private static final Set<String> WITH_TOKEN = Set.of("/saas_client/new_database", "/saas_client/edit_database");

    private final Saas saas;
    private final TenantSessions sessions;
    private final PortalClient portal;
    private final StaticFiles files = new StaticFiles();

    TenantSignInPages(Saas saas, TenantSessions sessions) {
        this.saas = saas;
        this.sessions = sessions;
        portal = new PortalClient(saas);
    }

    /** Whether a path is ours, also where there is nothing. */
    static boolean isOurs(String path) {
        return path.equals(LOGIN)
                || path.equals(LOGOUT)
                || path.startsWith("/saas_client/")
                || path.startsWith("/auth_oauth/");
    }

    /** Answers a path that {@link #isOurs}. */
    void answer(Visit visit) throws IOException {
        String path = visit.path();
        if (!visit.isGet() && !visit.isPost()) {
            notAllowed(visit);
        } else if (path.equals(LOGIN)) {
            login(visit);
        } else if (path.equals(LOGOUT)) {
            logout(visit);
        } else if (path.equals(VIA_PORTAL) && visit.isGet()) {
            viaPortal(visit);
        } else if (path.equals(AuthorizationRequest.REDIRECT_PATH)) {
            fromPortal(visit);
        } else if (WITH_TOKEN.contains(path) && visit.isGet()) {
            withToken(visit);
        } else if (!(path.startsWith(StaticFiles.FOLDER) && visit.isGet() && files.send(visit))) {
            new TenantPage(404, "Page not found", new Html().add("<p>There is nothing at this address.</p>\n"))
                    .send(visit);
        }
    }

    /** HEAD among others: a program that looks whether an address works must not use a token up. */
    private static void notAllowed(Visit visit) throws IOException {
        visit.response().setHeader("Allow", "GET, POST");
        new TenantPage(405, "Not in this way", new Html().add("<p>This page does not answer {}.</p>\n", visit.method()))
                .send(visit);
    }

    private void login(Visit visit) throws IOException {
        if (visit.isPost()) {
            authenticate(visit);
        } else if (sessions.find(visit).isPresent()) {
            visit.redirect(LocalPath.of(visit.param("redirect"), visit.site()));
        } else {
            loginPage(visit, HttpServletResponse.SC_OK, "");
        }
    }

    private void authenticate(Visit visit) throws IOException {
        if (!mayPost(visit)) {
            loginPage(visit, HttpServletResponse.SC_FORBIDDEN, "This form was too old, or not ours. Please try again.");
            return;
        }
        Optional<Member> member = member(visit);
        if (member.isPresent()) {
            sessions.open(visit, member.get().id());
            visit.redirect(LocalPath.of(visit.param("redirect"), visit.site()));
        } else {
            loginPage(
                    visit,
                    HttpServletResponse.SC_FORBIDDEN,
                    "Wrong login or password. The password of the portal does not work here: to use that, log in via the"
                            + " portal.");
        }
    }

    private Optional<Member> member(Visit visit) {
        String name = visit.site().tenant().name();
        try {
            return saas.database(name)
                    .members()
                    .authenticate(
                            visit.param("login"),
                            visit.param("password"),
                            visit.caller().address());
        } catch (SaasException e) {
            if (e.code().equals(ErrorCodes.TENANT_STATE) || e.code().equals(ErrorCodes.DATABASE_UNKNOWN)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** From a page of ours, in this browser. */
    private static boolean mayPost(Visit visit) {
        return !visit.isFromElsewhere()
                && visit.browserSecret(Visit.FORMS)
                        .filter(secret -> secret.fitsForm(visit.param("form")))
                        .isPresent();
    }

    private void loginPage(Visit visit, int status, String error) throws IOException {
        BrowserSecret secret = browserSecret(visit);
        TenantSite site = visit.site();
        String redirect = LocalPath.of(visit.param("redirect"), site);
        Html body = new Html();
        if (!error.isEmpty()) {
            body.add("<p class=\"error\" role=\"alert\">{}</p>\n", error);
        }
        viaPortal(body, site, redirect);
        body.add("<p class=\"or\"><span>or</span></p>\n<h2>Have a user of this database?</h2>\n");
        body.form(site.path(LOGIN))
                .add("<input type=\"hidden\" name=\"form\" value=\"{}\">\n", secret.form())
                .add("<input type=\"hidden\" name=\"redirect\" value=\"{}\">\n", redirect)
                .add("<label for=\"login\">Login</label>\n")
                .add(
                        "<input id=\"login\" name=\"login\" value=\"{}\" autocomplete=\"username\" required"
                                + " maxlength=\"254\">\n",
                        visit.isPost() ? visit.param("login") : "")
                .add("<label for=\"password\">Password</label>\n")
                .add("<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\""
                        + " required>\n")
                .add("<button type=\"submit\">Log in</button>\n</form>\n");
        new TenantPage(status, "Log in", body).send(visit);
    }

    private static void viaPortal(Html body, TenantSite site, String redirect) {
        String query = redirect.equals(site.path("/"))
                ? ""
                : "?redirect=" + URLEncoder.encode(redirect, StandardCharsets.UTF_8);
        body.add("<p><a class=\"button\" href=\"{}\">Log in via SaaS Portal</a></p>\n", site.path(VIA_PORTAL + query));
    }

    private static BrowserSecret browserSecret(Visit visit) {
        Optional<BrowserSecret> known = visit.browserSecret(Visit.FORMS);
        if (known.isPresent()) {
            return known.get();
        }
        BrowserSecret secret = BrowserSecret.random();
        visit.setBrowserSecret(Visit.FORMS, secret);
        return secret;
    }

    private void logout(Visit visit) throws IOException {
        Optional<SignedIn> present = sessions.find(visit);
        if (present.isEmpty()) {
            visit.redirect(visit.site().path(LOGIN));
            return;
        }
        BrowserSecret session = new BrowserSecret(present.get().secret());
        if (visit.isPost() && !visit.isFromElsewhere() && session.fitsForm(visit.param("form"))) {
            sessions.close(visit);
            visit.clearSession();
            visit.redirect(visit.site().path(LOGIN));
            return;
        }
        Html body = new Html()
                .add("<p>You are logged in as {}.</p>\n", present.get().member().name())
                .form(visit.site().path(LOGOUT))
                .add("<input type=\"hidden\" name=\"form\" value=\"{}\">\n", session.form())
                .add("<button type=\"submit\">Log out</button>\n</form>\n")
                .add("<p><a href=\"{}\">Stay</a></p>\n", visit.site().path("/"));
        int status = visit.isPost() ? HttpServletResponse.SC_FORBIDDEN : HttpServletResponse.SC_OK;
        new TenantPage(status, "Log out?", body).send(visit);
    }

    /** A new secret each time, so that no answer of the portal fits two questions. */
    private void viaPortal(Visit visit) throws IOException {
        BrowserSecret secret = BrowserSecret.random();
        visit.setBrowserSecret(Visit.PORTAL, secret);
        String redirect = LocalPath.of(visit.param("redirect"), visit.site());
        visit.setReturn(redirect);
        visit.redirect(portal.authorize(visit.site(), secret).toString());
    }

    private void fromPortal(Visit visit) throws IOException {
        boolean answer = !visit.param("code").isEmpty()
                || !visit.param("access_token").isEmpty()
                || !visit.param("error").isEmpty();
        if (!answer && visit.isGet()) {
            waitForScript(visit);
            return;
        }
        Optional<BrowserSecret> secret =
                visit.browserSecret(Visit.PORTAL).filter(each -> each.fitsState(visit.param("state")));
        if (secret.isEmpty() || (visit.isPost() && visit.isFromElsewhere())) {
            refused(
                    visit,
                    HttpServletResponse.SC_BAD_REQUEST,
                    "This log-in was not begun in this browser, or too long ago.");
            return;
        }
        if (!visit.param("error").isEmpty()) {
            refused(visit, HttpServletResponse.SC_FORBIDDEN, "The portal did not let you in to this database.");
            return;
        }
        Tenant tenant = visit.site().tenant();
        Optional<String> token = visit.param("code").isEmpty()
                ? Optional.of(visit.param("access_token"))
                : saas.access()
                        .exchange(
                                tenant.uuid(),
                                visit.param("code"),
                                visit.site().redirectUri(),
                                secret.get().value())
                        .map(SignInLink::token);
        enter(visit, token, visit.returnPath());
    }

    private void withToken(Visit visit) throws IOException {
        String purpose = visit.request().getHeader("Sec-Purpose");
        if (purpose != null && purpose.contains("prefetch")) {
            Headers.forAll(visit.response(), visit.secure());
            visit.response().setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        enter(visit, Optional.of(visit.param("access_token")), "");
    }

    private void enter(Visit visit, Optional<String> token, String wish) throws IOException {
        Optional<Access.Redeemed> redeemed =
                token.flatMap(each -> saas.access().redeem(visit.site().tenant().name(), each));
        if (redeemed.isEmpty()) {
            refused(
                    visit,
                    HttpServletResponse.SC_FORBIDDEN,
                    "This link has been used, or it is more than an hour old: it lets you in once.");
            return;
        }
        sessions.open(visit, redeemed.get().member().id());
        visit.redirect(LocalPath.of(wish, visit.site()));
    }

    private void refused(Visit visit, int status, String reason) throws IOException {
        Html body = new Html().add("<p role=\"alert\">{}</p>\n", reason);
        if (sessions.find(visit).isPresent()) {
            body.add(
                    "<p>You are logged in already.</p>\n<p><a class=\"button\" href=\"{}\">Go on</a></p>\n",
                    visit.site().path("/"));
        } else {
            viaPortal(
                    body.add("<p>Log in again to get in:</p>\n"),
                    visit.site(),
                    visit.site().path("/"));
            body.add(
                    "<p><a href=\"{}\">Log in with a password of this database</a></p>\n",
                    visit.site().path(LOGIN));
        }
        new TenantPage(status, "Not logged in", body).send(visit);
    }

    /** Clients of the predecessor get a token behind the #, which only a script can read. */
    private static void waitForScript(Visit visit) throws IOException {
        Html body = new Html()
                .add("<p id=\"waiting\" role=\"status\">One moment…</p>\n")
                .form(visit.site().path(visit.path()))
                .add("<input type=\"hidden\" name=\"access_token\">\n<input type=\"hidden\" name=\"state\">\n")
                .add("<input type=\"hidden\" name=\"error\">\n</form>\n")
                .add("<noscript>This way of logging in needs JavaScript.</noscript>\n");
        viaPortal(body, visit.site(), visit.site().path("/"));
        new TenantPage(HttpServletResponse.SC_OK, "Logging in", body, true).send(visit);
    }
}
