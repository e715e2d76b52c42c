// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SignInPagesTest {
    private static PortalTestServer server;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.open();
        server.signUp("carla@example.com", "Carla");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    @Test
    void signsInWithTheRightPasswordAndOutAgain() {
        PortalVisit visit = new PortalVisit(server);

        Answer in = visit.signIn("carla@example.com", PortalTestServer.PASSWORD);
        assertThat(in.location()).isEqualTo("/my");
        Answer list = in.follow();
        assertThat(list.status()).isEqualTo(200);
        assertThat(list.text()).contains("Carla").contains("No databases yet");

        Answer out = list.submit("/web/logout");
        assertThat(out.follow().text()).contains("You have signed out.");
        assertThat(visit.get("/my").status()).isEqualTo(303);
    }

    @Test
    void saysThatTheBrowserSendsNoCookies() {
        Answer answer = new PortalVisit(server)
                .post("/web/login", Map.of("login", "carla@example.com", "password", PortalTestServer.PASSWORD));
        assertThat(answer.status()).isEqualTo(403);
        assertThat(answer.text()).contains("Your browser sent no cookie", "Nothing was changed");
    }

    @Test
    void administratorsStartAtTheOverview() {
        PortalVisit admin = new PortalVisit(server);

        assertThat(admin.signIn("admin", PortalTestServer.PASSWORD).location()).isEqualTo("/admin");
        assertThat(admin.get("/").location()).isEqualTo("/admin");
        assertThat(admin.get("/web/login?redirect=%2Fmy%2Faccount").location()).isEqualTo("/my/account");
    }

    @Test
    void saysThatAnEndedSessionSavedNothingAndReturnsToTheForm() {
        PortalVisit visit = PortalVisit.signedIn(server, "carla@example.com");
        Answer page = visit.get("/my/account");
        assertThat(page.page().select("label[for=email]").text()).isEqualTo("Email");
        assertThat(page.page().select("#email-hint").text()).contains("If you leave it blank, you get no messages");
        visit.get("/my").submit("/web/logout");

        Answer sent = page.submit("/my/account", "name", "Carla the Second");
        assertThat(sent.location()).isEqualTo("/web/login?done=expired&redirect=%2Fmy%2Faccount");
        Answer signIn = sent.follow();
        assertThat(signIn.text()).contains("Your session has ended, so nothing was saved.");
        assertThat(signIn.submit("/web/login", "login", "carla@example.com", "password", PortalTestServer.PASSWORD)
                        .location())
                .isEqualTo("/my/account");
    }

    @Test
    void compressesStaticFilesForBrowsersThatAcceptIt() {
        PortalVisit visit = new PortalVisit(server);

        Answer packed = visit.get("/portal/static/portal.css", "Accept-Encoding", "br, gzip;q=0.8");
        assertThat(packed.header("content-encoding")).isEqualTo("gzip");
        assertThat(packed.header("vary")).isEqualTo("Accept-Encoding");
        int full = Integer.parseInt(visit.get("/portal/static/portal.css").header("content-length"));
        assertThat(Integer.parseInt(packed.header("content-length"))).isLessThan(full / 2);
        assertThat(visit.get("/portal/static/portal.css", "Accept-Encoding", "gzip;q=0, br")
                        .header("content-encoding"))
                .isEmpty();
    }

    @Test
    void signsOutWhereClientsOfOdooDo() {
        PortalVisit visit = PortalVisit.signedIn(server, "carla@example.com");

        for (List<String> from : List.of(
                List.<String>of(),
                List.of("Sec-Fetch-Site", "cross-site"),
                List.of("Sec-Fetch-Site", "same-site", "Referer", server.base() + "/my"),
                List.of("Referer", "http://other.example/"),
                List.of("Referer", "http://other.example/?" + server.base() + "/my"),
                List.of("Referer", "no address"))) {
            assertThat(visit.get("/web/session/logout", from.toArray(String[]::new))
                            .location())
                    .isEqualTo("/my");
        }
        assertThat(visit.get("/my").status()).isEqualTo(200);

        for (List<String> from : List.of(
                List.of("Sec-Fetch-Site", "same-origin"),
                List.of("Sec-Fetch-Site", "none"),
                List.of("Referer", server.base() + "/my"))) {
            PortalVisit leaving = PortalVisit.signedIn(server, "carla@example.com");
            assertThat(leaving.get("/web/session/logout", from.toArray(String[]::new))
                            .location())
                    .isEqualTo("/web/login?done=out");
            assertThat(leaving.get("/my").status()).isEqualTo(303);
        }
    }

    @Test
    void hidesTheCookieFromScriptsAndOtherSites() {
        Answer in = new PortalVisit(server).signIn("carla@example.com", PortalTestServer.PASSWORD);

        assertThat(in.header("set-cookie"))
                .containsPattern("session_id=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax(,|$)");
    }

    @Test
    void restrictsTheCookieToTlsIfTheVisitorUsesIt() {
        PortalVisit visit = new PortalVisit(server);
        Answer page = visit.get("/web/login", "X-Forwarded-Proto", "https", "X-Forwarded-For", "203.0.113.7");

        assertThat(page.header("set-cookie"))
                .matches("__Host-portal_visit=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure");
        assertThat(page.header("strict-transport-security")).isEqualTo("max-age=31536000");
        assertThat(visit.get("/web/login").header("strict-transport-security")).isEmpty();
    }

    /** The headers of a proxy for a visitor with TLS, and the visitor's cookies. */
    private static String[] overTls(String cookies) {
        return new String[] {
            "X-Forwarded-Proto", "https", "X-Forwarded-For", "203.0.113.7", "Cookie", cookies, "Origin", origin()
        };
    }

    private static String origin() {
        return server.base().getScheme() + "://" + server.base().getAuthority();
    }

    private static String session(String login) {
        long id = server.saas
                .accounts()
                .list(Query.where(Filter.equal(User.LOGIN, login)))
                .get(0)
                .id()
                .value();
        return server.saas.access().openSession("portal.localhost", id);
    }

    @Test
    void usesACookieBehindTlsThatSiblingHostsCannotSet() {
        Answer form = new PortalVisit(server).get("/web/login", overTls("a=b"));
        String visit = form.header("set-cookie").replaceAll(";.*", "");
        Answer in = new PortalVisit(server)
                .post(
                        "/web/login",
                        Map.of(
                                "form",
                                form.page().select("[name=form]").val(),
                                "login",
                                "carla@example.com",
                                "password",
                                PortalTestServer.PASSWORD),
                        overTls(visit));

        assertThat(in.location()).isEqualTo("/my");
        assertThat(in.header("set-cookie"))
                .containsPattern("__Host-session_id=[A-Za-z0-9_-]{43}; Path=/; HttpOnly; SameSite=Lax; Secure(,|$)");
        String session = in.header("set-cookie").replaceAll(".*(__Host-session_id=[^;]*).*", "$1");
        server.signUp("tosser@example.com", "Tosser");
        String planted = "session_id=" + session("tosser@example.com");
        for (String cookies :
                List.of(session, planted + "; " + session, "session_id=garbage-of-16-chars; " + session)) {
            assertThat(new PortalVisit(server).get("/my", overTls(cookies)).text())
                    .contains("Carla")
                    .doesNotContain("Tosser");
        }
        assertThat(new PortalVisit(server).get("/my", overTls(planted)).status())
                .isEqualTo(303);
        assertThat(new PortalVisit(server)
                        .get("/my", overTls(session.replace("__Host-", "")))
                        .status())
                .as("the same session without the prefix")
                .isEqualTo(303);
    }

    @Test
    void resistsACookieThatASiblingHostHasPlanted() {
        server.signUp("planter@example.com", "Planter");
        PortalVisit victim = PortalVisit.signedIn(server, "carla@example.com");
        victim.setCookie("session_id", "garbage-that-is-long-enough", "/my");
        assertThat(victim.get("/my").text()).contains("Carla");

        String planted = session("planter@example.com");
        victim.setCookie("session_id", planted, "/my");
        Answer my = victim.get("/my");
        assertThat(my.status()).isEqualTo(303);
        assertThat(my.body()).doesNotContain("Planter");

        assertThat(server.saas.access().findSession(planted)).isEmpty();
        assertThat(victim.signIn("carla@example.com", PortalTestServer.PASSWORD).status())
                .isEqualTo(303);
        assertThat(victim.get("/my").text()).as("with the planted cookie").contains("Carla");
    }

    @Test
    void opensANewSessionAtSignInAndClosesTheFormerOne() {
        server.signUp("victim@example.com", "Victim");
        server.signUp("attacker@example.com", "Attacker");
        PortalVisit victim = new PortalVisit(server);
        Answer page = victim.get("/web/login");
        String planted = session("attacker@example.com");
        victim.setCookie("session_id", planted);

        // Uses the attacker's form too, because the victim's own form would be refused as expired.
        Answer theirs = victim.get("/my/account");
        assertThat(theirs.text()).contains("attacker@example.com");
        String form = theirs.forms().get(0).select("[name=form]").val();
        Answer in = victim.post(
                "/web/login",
                Map.of("form", form, "login", "victim@example.com", "password", PortalTestServer.PASSWORD),
                "Origin",
                origin());

        assertThat(in.status()).isEqualTo(303);
        assertThat(victim.cookie("session_id")).isNotEqualTo(planted).hasSize(43);
        assertThat(victim.get("/my/account").text()).contains("victim@example.com");
        assertThat(server.saas.access().findSession(planted))
                .as("the session that the attacker knows")
                .isEmpty();
        assertThat(page.submit("/web/login", "login", "victim@example.com", "password", PortalTestServer.PASSWORD)
                        .status())
                .as("a form from before signing in")
                .isEqualTo(403);
    }

    @Test
    void changingThePasswordOpensANewSessionAndClosesAllOthers() {
        server.signUp("changing@example.com", "Changing");
        PortalVisit thief = PortalVisit.signedIn(server, "changing@example.com");
        String known = thief.cookie("session_id");
        PortalVisit owner = new PortalVisit(server);
        owner.setCookie("session_id", known);

        assertThat(owner.get("/my/account")
                        .submit(
                                "/my/account/password",
                                "current",
                                PortalTestServer.PASSWORD,
                                "password",
                                "another horse")
                        .status())
                .isEqualTo(303);

        assertThat(owner.cookie("session_id")).isNotEqualTo(known);
        assertThat(owner.get("/my").status()).isEqualTo(200);
        assertThat(thief.get("/my").status()).isEqualTo(303);
        assertThat(server.saas.access().findSession(known)).isEmpty();
    }

    @Test
    void ignoresTheSessionOfATenantDatabase() {
        var owner = server.signUp("owner@example.com", "Owner");
        var tenant = server.saas
                .tenants()
                .create(CreateTenant.onPlan(server.plan("Sessions"))
                        .owner(owner)
                        .build())
                .tenant();
        PortalVisit portal = new PortalVisit(server);
        portal.setCookie("session_id", server.saas.access().openSession("portal.localhost", 2));
        assertThat(portal.get("/my").status()).isEqualTo(200);

        PortalVisit client = new PortalVisit(server);
        client.setCookie("session_id", server.saas.access().openSession(tenant.name(), 2));
        assertThat(client.get("/my").status()).isEqualTo(303);
    }

    @Test
    void answersUnknownLoginsAndWrongPasswordsAlike() {
        PortalVisit visit = new PortalVisit(server);
        Answer page = visit.get("/web/login");
        Answer unknown = page.submit("/web/login", "login", "nobody@example.com", "password", "x");
        Answer wrong = page.submit("/web/login", "login", "carla@example.com", "password", "x");

        assertThat(unknown.status()).isEqualTo(422).isEqualTo(wrong.status());
        assertThat(unknown.body().replace("nobody@example.com", "LOGIN"))
                .isEqualTo(wrong.body().replace("carla@example.com", "LOGIN"));
        assertThat(unknown.headers().keySet()).isEqualTo(wrong.headers().keySet());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "//evil.example",
                "///evil.example",
                "/\\evil.example",
                "\\\\evil.example",
                "https:evil.example",
                "https://evil.example/",
                "javascript:alert(1)",
                "/\t/evil.example",
                "/\n/evil.example",
                "\t//evil.example",
                " //evil.example",
                "/my\r\nSet-Cookie: a=b",
                "@evil.example",
                ".evil.example",
                "",
                "/\u00e9vil"
            })
    void redirectsToNoOtherSite(String target) {
        String query = "?redirect=" + URLEncoder.encode(target, StandardCharsets.UTF_8);
        PortalVisit visit = new PortalVisit(server);
        Answer in = visit.get("/web/login" + query)
                .submit(
                        "/web/login",
                        "login",
                        "carla@example.com",
                        "password",
                        PortalTestServer.PASSWORD,
                        "redirect",
                        target);

        assertThat(in.status()).isEqualTo(303);
        assertThat(in.location()).isEqualTo("/my");
        assertThat(visit.get("/web/login" + query).location()).isEqualTo("/my");
    }

    @Test
    void returnsToTheRequestedPath() {
        PortalVisit visit = new PortalVisit(server);
        Answer asked = visit.get("/my/start?plan=1&label=a-b");
        assertThat(asked.location()).isEqualTo("/web/login?redirect=%2Fmy%2Fstart%3Fplan%3D1%26label%3Da-b");

        Answer in = asked.follow()
                .submit("/web/login", "login", "carla@example.com", "password", PortalTestServer.PASSWORD);
        assertThat(in.location()).isEqualTo("/my/start?plan=1&label=a-b");
    }

    @Test
    void allowsFormsToEndOnlyAtTheTenantThatRequestedTheSignIn() {
        var plan = server.plan("Leading back");
        Tenant shop = server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(server.signUp("leading@example.com", "Leading"))
                        .name("leading.localhost")
                        .build())
                .tenant();
        Tenant other = server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(server.signUp("misleading@example.com", "Misleading"))
                        .name("misleading.localhost")
                        .build())
                .tenant();
        server.saas.customDomains().add(shop.id(), "www.leading.example");
        String port = ":" + server.base().getPort();

        assertThat(policy(shop.uuid(), "http://leading.localhost" + port + "/auth_oauth/signin"))
                .endsWith("form-action 'self' http://leading.localhost" + port);
        assertThat(policy(shop.uuid(), "http://www.leading.example" + port + "/auth_oauth/signin"))
                .endsWith("form-action 'self' http://www.leading.example" + port);
        for (String elsewhere : List.of(
                "http://misleading.localhost" + port + "/auth_oauth/signin",
                "http://evil.leading.example" + port + "/auth_oauth/signin",
                "http://leading.localhost" + port + "/",
                "https://evil.example/auth_oauth/signin",
                "https://a/; script-src *",
                "")) {
            assertThat(policy(shop.uuid(), elsewhere)).as(elsewhere).endsWith("form-action 'self'");
        }
        String own = "http://leading.localhost" + port + "/auth_oauth/signin";
        assertThat(policy(other.uuid(), own)).endsWith("form-action 'self'");
        assertThat(signIn(shop.uuid(), own).text()).contains("Sign in to open " + shop.name() + ".");
        assertThat(signIn(other.uuid(), own).text()).doesNotContain("Sign in to open");
        assertThat(policy(UUID.randomUUID(), own)).endsWith("form-action 'self'");
        assertThat(policy(shop.uuid(), own + "&redirect_uri=https://evil.example/auth_oauth/signin"))
                .endsWith("form-action 'self'");
        server.saas.tenants().delete(shop.id());
        assertThat(policy(shop.uuid(), own)).endsWith("form-action 'self'");
    }

    private static String policy(UUID client, String redirectUri) {
        return signIn(client, redirectUri).header("content-security-policy");
    }

    private static Answer signIn(UUID client, String redirectUri) {
        String wanted = "/oauth2/auth?response_type=code&client_id=" + client + "&state=x&redirect_uri=" + redirectUri;
        return new PortalVisit(server)
                .get("/web/login?redirect=" + URLEncoder.encode(wanted.replace(" ", "%20"), StandardCharsets.UTF_8));
    }

    @Test
    void signsOutEverywhere() {
        server.signUp("many@example.com", "Many");
        PortalVisit one = PortalVisit.signedIn(server, "many@example.com");
        PortalVisit two = PortalVisit.signedIn(server, "many@example.com");

        assertThat(one.get("/my/account").submit("/my/account/sessions").location())
                .isEqualTo("/web/login?done=everywhere");
        assertThat(two.get("/my").status()).isEqualTo(303);
    }

    @Test
    void signsADeactivatedUserOutAtOnce() {
        var user = server.signUp("off@example.com", "Off");
        PortalVisit visit = PortalVisit.signedIn(server, "off@example.com");
        assertThat(visit.get("/my").status()).isEqualTo(200);

        server.saas
                .accounts()
                .update(user.id(), each -> each.toBuilder().active(false).build());
        assertThat(visit.get("/my").status()).isEqualTo(303);
        assertThat(new PortalVisit(server)
                        .signIn("off@example.com", PortalTestServer.PASSWORD)
                        .status())
                .isEqualTo(422);
    }

    @Test
    void changesTheAddressOnlyWithThePasswordAndInformsTheFormerOne() throws Exception {
        try (PortalTestServer mailing = PortalTestServer.openWithMail()) {
            var user = mailing.signUp("carla@example.com", "Carla");
            PortalVisit borrowed = PortalVisit.signedIn(mailing, "carla@example.com");
            Answer page = borrowed.get("/my/account");
            // Requests of strangers must not use up the limit for this email.
            for (int i = 0; i < 5; i++) {
                new PortalVisit(mailing)
                        .get("/web/reset_password")
                        .submit("/web/reset_password", "login", "carla@example.com");
                assertThat(mailing.emails.poll(5, TimeUnit.SECONDS).kind()).isEqualTo("reset");
            }

            Answer refused = page.submit("/my/account/email", "email", "thief@example.com", "proof", "wrong");
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.text()).contains("This is not your current password.");
            assertThat(refused.page().select("#email").val()).isEqualTo("thief@example.com");
            assertThat(page.submit("/my/account", "name", "Carla", "email", "thief@example.com")
                            .status())
                    .isEqualTo(303);
            assertThat(mailing.saas.accounts().get(user.id()).email()).isEqualTo("carla@example.com");
            assertThat(mailing.emails).isEmpty();

            assertThat(page.submit(
                                    "/my/account/email",
                                    "email",
                                    "moved@example.com",
                                    "proof",
                                    PortalTestServer.PASSWORD)
                            .follow()
                            .text())
                    .contains("Your email address has been changed.");
            assertThat(mailing.saas.accounts().get(user.id()).email()).isEqualTo("moved@example.com");
            PortalTestServer.SentEmail email = mailing.emails.poll(5, TimeUnit.SECONDS);
            assertThat(email.kind()).isEqualTo("email");
            assertThat(email.to().address()).isEqualTo("carla@example.com");
        }
    }
}
