// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.access.Passkeys.Creation;
import dev.allotment.access.Passkeys.NewPasskey;
import dev.allotment.access.Passkeys.Request;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.team.NewInvitation;
import dev.allotment.test.AuthenticatorApp;
import dev.allotment.test.PasskeyDevice;
import java.time.Duration;
import java.util.List;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Passkeys and required second factors, as visitors see them. The test does what the script of the pages does. */
class PasskeyPagesTest {
    private static final String LOGIN = "carla@example.com";
    private static final String PASSKEYS = "/my/account/passkeys";
    private static final String SIGN_IN = "/web/login/passkey";
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

    private PasskeyDevice add(PortalVisit visit) {
        PasskeyDevice device = PasskeyDevice.at(visit.origin());
        Answer added = make(visit, device);
        assertThat(added.follow().text()).contains("The passkey is added.", "Work laptop");
        return device;
    }

    private static Answer make(PortalVisit visit, PasskeyDevice device) {
        Answer page = visit.get(PASSKEYS).submit(PASSKEYS + "/start");
        assertThat(page.status()).isEqualTo(200);
        Element form = page.page().selectFirst("[data-passkey-create]");
        NewPasskey made = device.make(new Creation(
                new Request(form.attr("data-passkey-create"), form.attr("data-relying-party")),
                form.attr("data-user"),
                form.attr("data-login"),
                form.attr("data-display"),
                List.of()));
        return page.submit(
                PASSKEYS,
                "name",
                "Work laptop",
                "client-data",
                made.clientData(),
                "attestation",
                made.attestation(),
                "transports",
                "internal");
    }

    private static Answer signIn(PortalVisit visit, PasskeyDevice device, String page) {
        Answer login = visit.get(page);
        String options = visit.get(SIGN_IN + "/options").body();
        var answer = device.use(new Request(value(options, "challenge"), value(options, "relyingParty")));
        return login.submit(
                SIGN_IN,
                "challenge",
                answer.challenge(),
                "credential",
                answer.credential(),
                "client-data",
                answer.response().clientData(),
                "authenticator-data",
                answer.response().authenticatorData(),
                "signature",
                answer.response().signature(),
                "user-handle",
                String.valueOf(answer.response().userHandle()));
    }

    private static String value(String json, String name) {
        return json.replaceFirst(".*\"" + name + "\":\"([^\"]*)\".*", "$1");
    }

    @Test
    void aPasskeyIsAddedAndSignsIn() {
        PasskeyDevice device = add(PortalVisit.signedIn(server, LOGIN));
        PortalVisit visit = new PortalVisit(server);

        Answer in = signIn(visit, device, "/web/login?redirect=%2Fmy%2Faccount");
        assertThat(in.location()).isEqualTo("/my/account");
        assertThat(in.follow().text()).contains("Carla");
        assertThat(visit.get(PASSKEYS).page().select("td[data-label='Last used'] time"))
                .hasSize(1);
    }

    @Test
    void theSignInPageWorksWithoutScriptsAsBefore() {
        PortalVisit visit = new PortalVisit(server);
        Answer page = visit.get("/web/login");

        assertThat(page.page().selectFirst("[data-passkey-get]").hasAttr("hidden"))
                .isTrue();
        assertThat(page.page().select("script[src*=passkeys.js]")).hasSize(1);
        assertThat(page.header("content-security-policy")).contains("script-src 'self'");
        assertThat(visit.get("/portal/static/passkeys.js").header("content-type"))
                .startsWith("text/javascript");
        assertThat(visit.signIn(LOGIN, PortalTestServer.PASSWORD).location()).isEqualTo("/my");
    }

    @Test
    void offersNoPasskeysAtAnAddressThatHasNone() {
        server.saas.parameters().set(Parameter.BASE_URL, "http://portal.example.com");
        server.clock.advance(Duration.ofSeconds(6));
        PortalVisit visit = new PortalVisit(server);

        assertThat(visit.get("/web/login").page().select("[data-passkey-get]")).isEmpty();
        assertThat(visit.get(SIGN_IN + "/options").status()).isEqualTo(404);
    }

    @Test
    void refusesTheAnswerOfAnotherBrowserAndOneThatWasSentBefore() {
        PasskeyDevice device = add(PortalVisit.signedIn(server, LOGIN));
        PortalVisit visit = new PortalVisit(server);
        PortalVisit other = new PortalVisit(server);
        Answer login = visit.get("/web/login");
        Answer elsewhere = other.get("/web/login");
        String options = visit.get(SIGN_IN + "/options").body();
        var answer = device.use(new Request(value(options, "challenge"), value(options, "relyingParty")));
        String[] fields = {
            "challenge",
            answer.challenge(),
            "credential",
            answer.credential(),
            "client-data",
            answer.response().clientData(),
            "authenticator-data",
            answer.response().authenticatorData(),
            "signature",
            answer.response().signature()
        };

        assertThat(elsewhere.submit(SIGN_IN, fields).status()).isEqualTo(422);
        assertThat(login.submit(SIGN_IN, fields).location()).isEqualTo("/my");
        PortalVisit again = new PortalVisit(server);
        assertThat(again.get("/web/login").submit(SIGN_IN, fields).status()).isEqualTo(422);
        assertThat(again.get("/my").status()).isEqualTo(303);
        assertThat(again.get("/web/login").submit(SIGN_IN).text()).contains("This passkey is not known");
    }

    @Test
    void refusesAPasskeyThatWasMadeForAnotherSite() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        Answer refused = make(visit, PasskeyDevice.at("https://phish.example.com"));

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("The answer of the authenticator was refused");
        assertThat(server.saas.passkeys().list(carla.id())).isEmpty();
    }

    @Test
    void aPasskeyIsRenamedAndRemovedByItsOwnerOnly() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        PasskeyDevice device = add(visit);
        long id = server.saas.passkeys().list(carla.id()).get(0).id();
        server.signUp("eve@example.com", "Eve");
        PortalVisit eve = PortalVisit.signedIn(server, "eve@example.com");
        String token = eve.get(PASSKEYS).page().select("input[name=form]").attr("value");
        var fields = java.util.Map.of("form", token, "name", "Mine");

        assertThat(eve.post(PASSKEYS + "/" + id + "/remove", fields, "Origin", eve.origin())
                        .status())
                .isEqualTo(404);
        assertThat(eve.post(PASSKEYS + "/" + id + "/name", fields, "Origin", eve.origin())
                        .status())
                .isEqualTo(404);

        Answer page = visit.get(PASSKEYS);
        assertThat(page.submit(PASSKEYS + "/" + id + "/name", "name", "<b>Phone</b>")
                        .follow()
                        .text())
                .contains("<b>Phone</b>");
        server.clock.advance(Duration.ofMinutes(16));
        Answer proof = page.submit(PASSKEYS + "/" + id + "/remove");
        assertThat(proof.text()).contains("Confirm that it's you");
        Answer removed = proof.submit(PASSKEYS + "/" + id + "/remove", "confirm-proof", PortalTestServer.PASSWORD);
        assertThat(removed.follow().text()).contains("The passkey is removed.");
        assertThat(signIn(new PortalVisit(server), device, "/web/login").status())
                .isEqualTo(422);
    }

    @Test
    void aTeamRequiresASecondFactorAndLeadsItsMembersThere() {
        User eve = server.signUp("eve@example.com", "Eve");
        String secret = server.saas
                .actingAs(carla.id())
                .teams()
                .invite(NewInvitation.of("eve@example.com", TeamRole.MEMBER))
                .secret();
        server.saas.actingAs(eve.id()).teams().accept(secret, false);
        PortalVisit member = PortalVisit.signedIn(server, "eve@example.com");
        member.get("/my").submit("/my/team/switch", "team", carla.customerId().toString());
        PortalVisit owner = PortalVisit.signedIn(server, LOGIN);

        Answer refused = owner.get("/my/team").submit("/my/team/factor");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("Set up a second factor or a passkey for yourself first");
        add(owner);
        assertThat(owner.get("/my/team").submit("/my/team/factor").follow().text())
                .contains("Everyone in the team needs a second factor or a passkey now.");

        server.saas.access().switchCustomer(member.cookie("session_id"), carla.customerId());
        for (String page : List.of("/my", "/my/team", "/my/account", "/my/start", "/my/account/keys")) {
            assertThat(member.get(page).location()).as(page).isEqualTo(FACTOR + "?done=needed");
        }
        assertThat(member.get(FACTOR).text()).contains("Everyone in your team needs a second factor");
        assertThat(member.get(PASSKEYS).status()).isEqualTo(200);
        Answer setup = member.get(FACTOR).submit(FACTOR + "/start");
        AuthenticatorApp app =
                new AuthenticatorApp(setup.page().select("a[href^=otpauth]").attr("href"), server.clock::instant);
        setup.submit(FACTOR, "code", app.code());
        assertThat(member.get("/my/team").text()).contains("Everyone in this team needs a second factor");

        assertThat(owner.get("/my/team").submit("/my/team/factor").follow().text())
                .contains("Second factors are up to each member now.");
    }

    @Test
    void aMemberWithPasskeysOnlySignsInWithOne() {
        PasskeyDevice device = add(PortalVisit.signedIn(server, LOGIN));
        server.saas.actingAs(carla.id()).teams().requireFactor(true);
        PortalVisit visit = new PortalVisit(server);

        Answer in = visit.signIn(LOGIN, PortalTestServer.PASSWORD);
        assertThat(in.location()).isEqualTo(SIGN_IN);
        assertThat(visit.get("/my").status()).isEqualTo(303);
        assertThat(signIn(visit, device, SIGN_IN).location()).isEqualTo("/my");
        assertThat(visit.get("/my").status()).isEqualTo(200);
    }
}
