// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant.page;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignInLink;
import dev.allotment.Tenant;
import dev.allotment.access.Access;
import dev.allotment.access.AuthorizationRequest;
import dev.allotment.access.Member;
import dev.allotment.brand.BrandText;
import dev.allotment.servlet.page.SecurityHeaders;
import dev.allotment.tenant.request.BrowserSecret;
import dev.allotment.tenant.request.LocalPath;
import dev.allotment.tenant.request.PortalClient;
import dev.allotment.tenant.request.TenantSite;
import dev.allotment.tenant.request.Visit;
import dev.allotment.tenant.session.SignedIn;
import dev.allotment.tenant.session.TenantSessions;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** The pages for signing in to a tenant and out of it. Thread-safe. */
public final class TenantSignInPages {
    /** Starts signing in via the portal. */
    private static final String VIA_PORTAL = "/auth_oauth/portal";

    private static final Set<String> WITH_TOKEN = Set.of("/saas_client/new_database", "/saas_client/edit_database");

    private final Saas saas;
    private final TenantSessions sessions;
    private final PortalClient portal;
    private final StaticFiles files;
    private final @Nullable Link applicationsOwn;

    /**
     * A page of the application where members can sign in, too.
     *
     * @param path as the application sees it
     */
    public record Link(String label, String path) {}

    /** @param applicationsOwn null: none */
    public TenantSignInPages(Saas saas, TenantSessions sessions, StaticFiles files, @Nullable Link applicationsOwn) {
        this.applicationsOwn = applicationsOwn;
        this.files = files;
        this.saas = saas;
        this.sessions = sessions;
        portal = new PortalClient(saas);
    }

    /** Whether these pages answer a path, including paths without a page. */
    public static boolean isOwnPath(String path) {
        return path.equals(TenantSite.SIGN_IN_PATH)
                || path.equals(TenantSite.SIGN_OUT_PATH)
                || path.startsWith("/saas_client/")
                || path.startsWith("/auth_oauth/");
    }

    /** Answers a path for which {@link #isOwnPath} is true. */
    public void answer(Visit visit) throws IOException {
        String path = visit.path();
        if (!visit.isGet() && !visit.isPost()) {
            notAllowed(visit);
        } else if (path.equals(TenantSite.SIGN_IN_PATH)) {
            login(visit);
        } else if (path.equals(TenantSite.SIGN_OUT_PATH)) {
            logout(visit);
        } else if (path.equals(VIA_PORTAL) && visit.isGet()) {
            viaPortal(visit);
        } else if (path.equals(AuthorizationRequest.REDIRECT_PATH)) {
            fromPortal(visit);
        } else if (WITH_TOKEN.contains(path) && visit.isGet()) {
            withToken(visit);
        } else if (!(path.startsWith(StaticFiles.FOLDER) && visit.isGet() && files.send(visit))) {
            new TenantPage(
                            404,
                            visit.text("not-found.title"),
                            new Html().add("<p>{}</p>\n", visit.text("not-found.text")))
                    .send(visit);
        }
    }

    /** Refuses HEAD too: a program that only checks an address must not use up a token. */
    private static void notAllowed(Visit visit) throws IOException {
        visit.response().setHeader("Allow", "GET, POST");
        new TenantPage(
                        405,
                        visit.text("method.title"),
                        new Html().add("<p>{}</p>\n", visit.text("method.text", visit.method())))
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
            loginPage(visit, HttpServletResponse.SC_FORBIDDEN, visit.text("sign-in.expired"));
            return;
        }
        Optional<Member> member = member(visit);
        if (member.isPresent()) {
            sessions.open(visit, member.get());
            visit.redirect(LocalPath.of(visit.param("redirect"), visit.site()));
        } else {
            loginPage(visit, HttpServletResponse.SC_FORBIDDEN, visit.text("sign-in.wrong"));
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

    /** Whether the form was sent by one of these pages in this browser. */
    private static boolean mayPost(Visit visit) {
        return !visit.isCrossOrigin()
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
        String own = visit.styles().current().brand().text(BrandText.TENANT_SIGN_IN);
        if (!own.isEmpty()) {
            body.add("<p class=\"own\">{}</p>\n", own);
        }
        if (applicationsOwn != null) {
            body.add(
                    "<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
                    site.path(applicationsOwn.path()),
                    applicationsOwn.label());
        }
        viaPortal(body, visit, redirect);
        body.add(
                "<p class=\"or\"><span>{}</span></p>\n<h2>{}</h2>\n",
                visit.text("sign-in.or"),
                visit.text("sign-in.own"));
        body.form(site.path(TenantSite.SIGN_IN_PATH))
                .add("<input type=\"hidden\" name=\"form\" value=\"{}\">\n", secret.form())
                .add("<input type=\"hidden\" name=\"redirect\" value=\"{}\">\n", redirect)
                .add("<label for=\"login\">{}</label>\n", visit.text("sign-in.login"))
                .add(
                        "<input id=\"login\" name=\"login\" value=\"{}\" autocomplete=\"username\" required"
                                + " maxlength=\"254\">\n",
                        visit.isPost() ? visit.param("login") : "")
                .add("<label for=\"password\">{}</label>\n", visit.text("sign-in.password"))
                .add("<input id=\"password\" name=\"password\" type=\"password\" autocomplete=\"current-password\""
                        + " required>\n")
                .add("<button type=\"submit\">{}</button>\n</form>\n", visit.text("sign-in.button"));
        new TenantPage(status, visit.text("sign-in.button"), body).send(visit);
    }

    private static void viaPortal(Html body, Visit visit, String redirect) {
        TenantSite site = visit.site();
        String query = redirect.equals(site.path("/"))
                ? ""
                : "?redirect=" + URLEncoder.encode(redirect, StandardCharsets.UTF_8);
        body.add(
                "<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
                site.path(VIA_PORTAL + query),
                visit.text("sign-in.via-portal"));
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
            visit.redirect(visit.site().path(TenantSite.SIGN_IN_PATH));
            return;
        }
        BrowserSecret session = new BrowserSecret(present.get().secret());
        if (visit.isPost() && !visit.isCrossOrigin() && session.fitsForm(visit.param("form"))) {
            sessions.close(visit);
            visit.clearSession();
            visit.redirect(visit.site().path(TenantSite.SIGN_IN_PATH));
            return;
        }
        Html body = new Html()
                .add(
                        "<p>{}</p>\n",
                        visit.text("sign-out.as", present.get().member().name()))
                .form(visit.site().path(TenantSite.SIGN_OUT_PATH))
                .add("<input type=\"hidden\" name=\"form\" value=\"{}\">\n", session.form())
                .add("<button type=\"submit\">{}</button>\n</form>\n", visit.text("sign-out.button"))
                .add("<p><a href=\"{}\">{}</a></p>\n", visit.site().path("/"), visit.text("sign-out.stay"));
        int status = visit.isPost() ? HttpServletResponse.SC_FORBIDDEN : HttpServletResponse.SC_OK;
        new TenantPage(status, visit.text("sign-out.title"), body).send(visit);
    }

    /** Uses a new secret each time, so that an answer of the portal fits only one request. */
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
        if (secret.isEmpty() || (visit.isPost() && visit.isCrossOrigin())) {
            refused(visit, HttpServletResponse.SC_BAD_REQUEST, visit.text("refused.late"));
            return;
        }
        if (!visit.param("error").isEmpty()) {
            refused(visit, HttpServletResponse.SC_FORBIDDEN, visit.text("refused.by-portal"));
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
            SecurityHeaders.set(visit.response(), visit.secure());
            visit.response().setStatus(HttpServletResponse.SC_SERVICE_UNAVAILABLE);
            return;
        }
        enter(visit, Optional.of(visit.param("access_token")), "");
    }

    private void enter(Visit visit, Optional<String> token, String wish) throws IOException {
        Optional<Access.Redeemed> redeemed =
                token.flatMap(each -> saas.access().redeem(visit.site().tenant().name(), each));
        if (redeemed.isEmpty()) {
            refused(visit, HttpServletResponse.SC_FORBIDDEN, visit.text("refused.link"));
            return;
        }
        sessions.open(visit, redeemed.get().member());
        visit.redirect(LocalPath.of(wish, visit.site()));
    }

    private void refused(Visit visit, int status, String reason) throws IOException {
        Html body = new Html().add("<p role=\"alert\">{}</p>\n", reason);
        if (sessions.find(visit).isPresent()) {
            body.add(
                    "<p>{}</p>\n<p><a class=\"button\" href=\"{}\">{}</a></p>\n",
                    visit.text("refused.already"),
                    visit.site().path("/"),
                    visit.text("continue"));
        } else {
            viaPortal(
                    body.add("<p>{}</p>\n", visit.text("refused.again")),
                    visit,
                    visit.site().path("/"));
            body.add(
                    "<p><a href=\"{}\">{}</a></p>\n",
                    visit.site().path(TenantSite.SIGN_IN_PATH),
                    visit.text("refused.password"));
        }
        new TenantPage(status, visit.text("refused.title"), body).send(visit);
    }

    /**
     * Reads a token from the fragment of the address, which only a script can see. Clients of Odoo SaaS Tools get it
     * this way.
     */
    private static void waitForScript(Visit visit) throws IOException {
        Html body = new Html()
                .add(
                        "<p id=\"waiting\" role=\"status\" data-none=\"{}\">{}</p>\n",
                        visit.text("waiting.no-answer"),
                        visit.text("waiting.text"))
                .form(visit.site().path(visit.path()))
                .add("<input type=\"hidden\" name=\"access_token\">\n<input type=\"hidden\" name=\"state\">\n")
                .add("<input type=\"hidden\" name=\"error\">\n</form>\n")
                .add("<noscript>{}</noscript>\n", visit.text("waiting.script"));
        viaPortal(body, visit, visit.site().path("/"));
        new TenantPage(HttpServletResponse.SC_OK, visit.text("waiting.title"), body, true).send(visit);
    }
}
