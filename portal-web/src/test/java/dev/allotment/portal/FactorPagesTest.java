// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import com.google.zxing.ReaderException;
import com.google.zxing.common.BitMatrix;
import com.google.zxing.qrcode.decoder.Decoder;
import dev.allotment.CreateTenant;
import dev.allotment.Parameter;
import dev.allotment.Role;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.test.AuthenticatorApp;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Second factors, fresh proofs and sessions, as visitors see them. */
class FactorPagesTest {
    private static final String LOGIN = "carla@example.com";
    private static final String FACTOR = "/my/account/factor";

    private PortalTestServer server;
    private User carla;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openWithMail();
        carla = server.signUp(LOGIN, "Carla");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private AuthenticatorApp app(Answer setup) {
        return new AuthenticatorApp(setup.page().select("a[href^=otpauth]").attr("href"), server.clock::instant);
    }

    private void nextCode() {
        server.clock.advance(Duration.ofSeconds(30));
    }

    private AuthenticatorApp setUp(PortalVisit visit) {
        Answer setup = visit.get(FACTOR).submit(FACTOR + "/start");
        assertThat(setup.status()).isEqualTo(200);
        AuthenticatorApp app = app(setup);
        Answer done = setup.submit(FACTOR, "code", app.code()).follow();
        assertThat(done.text()).contains("Your second factor is set up.", "Your recovery codes");
        nextCode();
        return app;
    }

    /** What a reader of QR codes finds in the image of a page. */
    private static String scanned(Answer setup) throws ReaderException {
        Element image = setup.page().selectFirst("svg.qr");
        int size = Integer.parseInt(image.attr("viewBox").split(" ")[2]);
        BitMatrix dark = new BitMatrix(size);
        Matcher modules = Pattern.compile("M(\\d+) (\\d+)h1v1h-1z")
                .matcher(image.selectFirst("path").attr("d"));
        while (modules.find()) {
            dark.set(Integer.parseInt(modules.group(1)), Integer.parseInt(modules.group(2)));
        }
        int[] edges = dark.getEnclosingRectangle();
        BitMatrix code = new BitMatrix(edges[2]);
        for (int y = 0; y < edges[3]; y++) {
            for (int x = 0; x < edges[2]; x++) {
                if (dark.get(edges[0] + x, edges[1] + y)) {
                    code.set(x, y);
                }
            }
        }
        return new Decoder().decode(code).getText();
    }

    @Test
    void setsUpASecondFactorAndShowsTheRecoveryCodesOnce() throws Exception {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        Answer setup = visit.get(FACTOR).submit(FACTOR + "/start");
        AuthenticatorApp app = app(setup);
        String key = setup.page().select("#secret").text();
        assertThat(key).matches("([A-Z2-7]{4} ){7}[A-Z2-7]{4}");
        assertThat(scanned(setup))
                .isEqualTo(setup.page().select("a[href^=otpauth]").attr("href"));

        Answer wrong = setup.submit(FACTOR, "code", "000000");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#code").attr("aria-invalid")).isEqualTo("true");
        assertThat(wrong.page().select("#secret").text()).as("the same key").isEqualTo(key);
        Answer done = wrong.submit(FACTOR, "code", app.code()).follow();
        assertThat(done.page().select("li code").eachText()).hasSize(10);
        assertThat(visit.get(FACTOR).page().select("li code")).isEmpty();
        assertThat(visit.get(FACTOR).text()).contains("You have 10 recovery codes left.");
    }

    @Test
    void asksForTheCodeAfterThePassword() {
        AuthenticatorApp app = setUp(PortalVisit.signedIn(server, LOGIN));
        PortalVisit visit = new PortalVisit(server);
        Answer in = visit.get("/web/login?redirect=%2Fmy%2Faccount")
                .submit("/web/login", "login", LOGIN, "password", PortalTestServer.PASSWORD);
        assertThat(in.location()).isEqualTo("/web/login/code?redirect=%2Fmy%2Faccount");
        assertThat(in.header("set-cookie"))
                .contains("portal_pending=", "HttpOnly")
                .contains("session_id=; ");
        Answer page = in.follow();
        assertThat(page.page().select("#code").attr("autocomplete")).isEqualTo("one-time-code");

        for (String closed : List.of("/my", "/my/account", "/my/account/keys", FACTOR)) {
            assertThat(visit.get(closed).location()).as(closed).startsWith("/web/login?redirect=");
        }
        Answer wrong = page.submit("/web/login/code", "code", "000000");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("The code is wrong");
        Answer done = wrong.submit("/web/login/code", "code", app.code());
        assertThat(done.location()).isEqualTo("/my/account");
        assertThat(done.follow().text()).contains("Carla");
    }

    @Test
    void theCookieOfAPendingSignInIsWorthlessElsewhere() {
        AuthenticatorApp app = setUp(PortalVisit.signedIn(server, LOGIN));
        PortalVisit visit = new PortalVisit(server);
        Answer page = visit.signIn(LOGIN, PortalTestServer.PASSWORD).follow();
        String pending = visit.cookie("portal_pending");
        assertThat(pending).isNotEmpty();

        PortalVisit session = new PortalVisit(server);
        session.setCookie("session_id", pending);
        assertThat(session.get("/my").status()).isEqualTo(303);

        PortalVisit thief = new PortalVisit(server);
        thief.get("/web/login");
        thief.setCookie("portal_pending", pending);
        assertThat(thief.get("/web/login/code").location()).isEqualTo("/web/login?done=late");
        Map<String, String> fields = Map.of(
                "form",
                thief.get("/web/login").page().select("input[name=form]").attr("value"),
                "code",
                app.code());
        assertThat(thief.post("/web/login/code", fields, "Origin", thief.origin())
                        .location())
                .isEqualTo("/web/login?done=late");

        server.clock.advance(Duration.ofMinutes(10));
        Answer late = page.submit("/web/login/code", "code", app.code());
        assertThat(late.location()).isEqualTo("/web/login?done=late");
        assertThat(late.follow().text()).contains("Your sign-in took too long");
    }

    @Test
    void aNewPasswordByEmailDoesNotBypassTheCode() throws Exception {
        AuthenticatorApp app = setUp(PortalVisit.signedIn(server, LOGIN));
        String secret =
                server.saas.access().requestPasswordReset(LOGIN).orElseThrow().secret();
        PortalVisit visit = new PortalVisit(server);
        Answer chosen = visit.get("/web/reset_password?token=" + secret)
                .follow()
                .submit("/web/reset_password/choose", "password", "another password");

        assertThat(chosen.location()).startsWith("/web/login/code");
        assertThat(visit.get("/my").status()).isEqualTo(303);
        assertThat(chosen.follow().submit("/web/login/code", "code", app.code()).location())
                .isEqualTo("/my");
    }

    @Test
    void turnsItOffAndReplacesTheRecoveryCodes() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        AuthenticatorApp app = setUp(visit);
        Answer page = visit.get(FACTOR);

        assertThat(page.submit(FACTOR + "/codes", "renewal-code", "000000").status())
                .isEqualTo(422);
        Answer renewed = page.submit(FACTOR + "/codes", "renewal-code", app.code());
        List<String> codes = renewed.follow().page().select("li code").eachText();
        assertThat(codes).hasSize(10);
        Answer refused = page.submit(FACTOR + "/off", "password", "wrong", "code", codes.get(0));
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("The password is wrong.");
        Answer off = page.submit(FACTOR + "/off", "password", PortalTestServer.PASSWORD, "code", codes.get(0));
        assertThat(off.follow().text()).contains("Your second factor is turned off.", "Not set up");
    }

    @Test
    void leadsAdministratorsToTheSetupIfItIsRequired() {
        server.saas
                .accounts()
                .create(
                        SignUp.builder("boss", "Boss", PortalTestServer.PASSWORD)
                                .build(),
                        Role.ADMINISTRATOR);
        PortalVisit admin = PortalVisit.signedIn(server, "admin");
        PortalVisit before = PortalVisit.signedIn(server, "boss");
        Answer saved = admin.get("/admin/settings").submit("/admin/settings", "factor", "true");
        assertThat(server.saas.parameters().value(Parameter.REQUIRE_FACTOR)).contains("true");
        assertThat(saved.follow().status()).as("has no second factor").isEqualTo(303);
        assertThat(before.get("/my").location()).startsWith("/web/login");

        PortalVisit visit = new PortalVisit(server);
        Answer in = visit.signIn("boss", PortalTestServer.PASSWORD);
        assertThat(in.location()).isEqualTo("/web/login/factor");
        assertThat(visit.get("/admin").location()).startsWith("/web/login");
        Answer setup = in.follow().submit("/web/login/factor/start");
        assertThat(visit.get("/admin").location()).startsWith("/web/login");
        assertThat(setup.submit("/web/login/factor", "code", "000000").status()).isEqualTo(422);
        Answer done = setup.submit("/web/login/factor", "code", app(setup).code());
        assertThat(done.follow().page().select("li code")).hasSize(10);
        assertThat(visit.get("/admin").status()).isEqualTo(200);
        assertThat(PortalVisit.signedIn(server, LOGIN).get("/my").status()).isEqualTo(200);
    }

    @Test
    void anAdministratorResetsASecondFactor() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        setUp(visit);
        PortalVisit admin = PortalVisit.signedIn(server, "admin");
        String user = "/admin/users/" + carla.id();

        Answer reset = admin.get(user).submit(user + "/factor/reset");
        assertThat(reset.follow().text())
                .contains("The second factor is removed")
                .doesNotContain("has a second factor");
        assertThat(visit.get("/my").status()).isEqualTo(303);
        assertThat(new PortalVisit(server)
                        .signIn(LOGIN, PortalTestServer.PASSWORD)
                        .location())
                .isEqualTo("/my");
    }

    @Test
    void asksForThePasswordBeforeADeletionAndThenGoesOn() {
        Tenant tenant = tenant();
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        String delete = "/my/" + tenant.id() + "/delete";
        Answer form = visit.get(delete);
        server.clock.advance(Duration.ofMinutes(15));

        Answer asked = form.submit(delete, "name", tenant.name());
        assertThat(asked.status()).isEqualTo(200);
        assertThat(asked.page().title()).startsWith("Confirm that it's you");
        assertThat(asked.page().select("input[name=name]").attr("value")).isEqualTo(tenant.name());
        Answer wrong = asked.submit(delete, "confirm-proof", "wrong");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.text()).contains("This is not your current password.");
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);

        Answer deleted = wrong.submit(delete, "confirm-proof", PortalTestServer.PASSWORD);
        assertThat(deleted.status()).isEqualTo(303);
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void asksForACodeIfTheUserHasASecondFactor() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        AuthenticatorApp app = setUp(visit);
        server.clock.advance(Duration.ofMinutes(15));
        Answer asked = visit.get("/my/account/keys")
                .submit("/my/account/keys", "name", "Sc<ript>", "proof", PortalTestServer.PASSWORD);

        assertThat(asked.text()).contains("Confirm that it's you", "From your authenticator app");
        Element name = asked.page().selectFirst("input[type=hidden][name=name]");
        assertThat(name.attr("value")).isEqualTo("Sc<ript>");
        assertThat(asked.submit("/my/account/keys", "confirm-proof", PortalTestServer.PASSWORD)
                        .status())
                .isEqualTo(422);
        Answer created = asked.submit("/my/account/keys", "confirm-proof", app.code());
        assertThat(created.follow().text()).contains("Your new key", "Sc<ript>");
    }

    @Test
    void everyFormThatNeedsAProofAsksForIt() {
        Tenant tenant = tenant();
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        String token =
                visit.get("/my/account").page().select("input[name=form]").attr("value");
        PortalVisit admin = PortalVisit.signedIn(server, "admin");
        String adminToken =
                admin.get("/my/account").page().select("input[name=form]").attr("value");
        server.clock.advance(Duration.ofMinutes(15));

        String own = "/my/" + tenant.id();
        for (String path : List.of(
                "/my/account",
                "/my/account/email",
                "/my/account/password",
                "/my/account/export",
                "/my/account/erasure",
                "/my/account/keys",
                FACTOR + "/start",
                FACTOR + "/codes",
                FACTOR + "/off",
                own + "/delete",
                own + "/export",
                own + "/prepare-export")) {
            Answer asked = visit.post(path, Map.of("form", token), "Origin", visit.origin());
            assertThat(asked.page().title()).as(path).startsWith("Confirm that it's you");
        }
        String user = "/admin/users/" + carla.id();
        for (String path : List.of(
                "/admin/databases/" + tenant.id() + "/delete",
                user,
                user + "/password",
                user + "/export",
                user + "/erase",
                user + "/factor/reset")) {
            Answer asked = admin.post(path, Map.of("form", adminToken), "Origin", admin.origin());
            assertThat(asked.page().title()).as(path).startsWith("Confirm that it's you");
        }
    }

    @Test
    void listsTheSessionsAndSignsOutThere() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        PortalVisit phone = new PortalVisit(server);
        Answer login = phone.get("/web/login", "User-Agent", "<script>alert(1)</script> (iPhone) Safari/1");
        assertThat(login.submit("/web/login", "login", LOGIN, "password", PortalTestServer.PASSWORD)
                        .status())
                .isEqualTo(303);
        PortalVisit stranger = PortalVisit.signedIn(server, "admin");

        Answer sessions = visit.get("/my/account/sessions");
        assertThat(sessions.page().select("tbody tr")).hasSize(2);
        assertThat(sessions.page().select("tbody .badge").eachText()).containsExactly("This session");
        assertThat(sessions.body()).doesNotContain("<script>alert");
        String close = sessions.page().select("tbody form").attr("action");
        String strangersForm =
                stranger.get("/my/account").page().select("input[name=form]").attr("value");
        assertThat(stranger.post(close, Map.of("form", strangersForm), "Origin", stranger.origin())
                        .status())
                .as("a session of another account")
                .isEqualTo(404);
        assertThat(phone.get("/my").status()).isEqualTo(200);

        assertThat(sessions.submit(close).follow().text()).contains("This session is signed out.");
        assertThat(phone.get("/my").status()).isEqualTo(303);
        PortalVisit third = PortalVisit.signedIn(server, LOGIN);
        assertThat(visit.get("/my/account/sessions")
                        .submit("/my/account/sessions/others")
                        .follow()
                        .text())
                .contains("All other sessions are signed out.");
        assertThat(third.get("/my").status()).isEqualTo(303);
        assertThat(visit.get("/my").status()).isEqualTo(200);
    }

    private Tenant tenant() {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(server.plan("Basic"))
                        .owner(carla)
                        .name("shop.localhost")
                        .build())
                .tenant();
    }
}
