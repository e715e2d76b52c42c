// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.team.NewInvitation;
import dev.allotment.test.HostileProvider;
import java.net.URI;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Signing in with identity providers, and managing them, as visitors see it. */
class ProviderPagesTest {
    private static final String LOGIN = "carla@example.com";
    private static final String IDENTITIES = "/my/account/identities";

    private PortalTestServer server;
    private HostileProvider provider;
    private IdentityProvider known;
    private User carla;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.open();
        provider = new HostileProvider("all", server.clock::instant);
        carla = server.signUp(LOGIN, "Carla");
        known = server.saas
                .identityProviders()
                .create(
                        IdentityProvider.builder("Example <Ltd>", provider.issuer(), HostileProvider.CLIENT)
                                .build(),
                        HostileProvider.SECRET);
    }

    @AfterEach
    void close() {
        provider.close();
        server.close();
    }

    /** Goes to the provider and comes back. */
    private static Answer visit(PortalVisit visit, HostileProvider provider, String address) {
        var answer = provider.authorize(URI.create(address));
        return visit.get("/web/login/openid/" + answer.place() + "?state=" + encoded(answer.state()) + "&code="
                + encoded(answer.code()) + "&iss=" + encoded(answer.issuer()));
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    private Answer link(PortalVisit visit) {
        Answer page = visit.get(IDENTITIES).submit(IDENTITIES + "/link/" + known.id());
        assertThat(page.text()).contains("Its operator can sign in to your account");
        return visit(
                visit, provider, page.page().selectFirst("a[rel=noreferrer]").attr("href"));
    }

    private Answer signIn(PortalVisit visit, String redirect) {
        Answer login = visit.get("/web/login" + redirect);
        String path = login.page().selectFirst("a[href^=/web/login/with/]").attr("href");
        Answer away = visit.get(path);
        assertThat(away.status()).isEqualTo(303);
        assertThat(away.header("referrer-policy")).isEqualTo("no-referrer");
        return visit(visit, provider, away.location());
    }

    @Test
    void aUserLinksTheAccountAndSignsInWithTheProvider() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        assertThat(link(visit).follow().text()).contains("Your account is linked.", "Example <Ltd>");

        PortalVisit later = new PortalVisit(server);
        assertThat(later.get("/web/login").text()).contains("Sign in with Example <Ltd>");
        Answer in = signIn(later, "?redirect=/my/team");
        assertThat(in.location()).isEqualTo("/my/team");
        assertThat(in.follow().text()).contains("Carla");
        assertThat(visit.get(IDENTITIES)
                        .submit(IDENTITIES + "/1/remove")
                        .follow()
                        .text())
                .contains("The link is removed.");
        assertThat(signIn(new PortalVisit(server), "").text()).contains("No account here belongs to you");
    }

    @Test
    void aStrangerLearnsWhatToDo() {
        Answer refused = signIn(new PortalVisit(server), "");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("You are not signed in yet", "link it to the provider");
        assertThat(new PortalVisit(server)
                        .get("/web/login/openid/all?state=x&code=%3Cscript%3E")
                        .text())
                .contains("The sign-in took too long");
        assertThat(new PortalVisit(server).get("/web/login/with/99").status()).isEqualTo(404);
    }

    @Test
    void anAnswerOfAnotherBrowserSignsNobodyIn() {
        link(PortalVisit.signedIn(server, LOGIN));
        PortalVisit attacker = new PortalVisit(server);
        String address = attacker.get("/web/login/with/" + known.id()).location();
        PortalVisit victim = new PortalVisit(server);

        assertThat(visit(victim, provider, address).status()).isEqualTo(422);
        assertThat(victim.get("/my").status()).isEqualTo(303);
    }

    @Test
    void goesToNoOtherSiteAfterwards() {
        link(PortalVisit.signedIn(server, LOGIN));

        assertThat(signIn(new PortalVisit(server), "?redirect=//evil.example/x").location())
                .isEqualTo("/my");
        assertThat(signIn(new PortalVisit(server), "?redirect=https://evil.example/")
                        .location())
                .isEqualTo("/my");
    }

    @Test
    void aNewPersonProvesWithTheProviderWhoItIs() {
        server.saas
                .identityProviders()
                .update(
                        known.id(),
                        present ->
                                present.toBuilder().newAccounts(TeamRole.OWNER).build());
        provider.person(Map.of("sub", "new", "email", "new@example.com", "email_verified", true));
        PortalVisit visit = new PortalVisit(server);
        assertThat(signIn(visit, "").location()).isEqualTo("/my");
        server.clock.advance(Duration.ofMinutes(20));

        Answer proof = visit.get(IDENTITIES).submit(IDENTITIES + "/1/remove");
        assertThat(proof.text()).contains("Confirm with Example <Ltd> instead");
        Answer away = visit.get(proof.page().selectFirst("a[href$=/proof]").attr("href"));
        assertThat(away.location()).contains("prompt=login");
        assertThat(visit(visit, provider, away.location()).location()).isEqualTo(IDENTITIES);
        assertThat(visit.get(IDENTITIES)
                        .submit(IDENTITIES + "/1/remove")
                        .follow()
                        .text())
                .contains("The link is removed.");
    }

    @Test
    void aTeamAddsItsProvider() throws Exception {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        assertThat(visit.get("/my/team").page().select("a[href=/my/sign-in]")).hasSize(1);
        Answer list = visit.get("/my/sign-in");
        String place = "customer-" + carla.customerId();
        assertThat(list.text()).contains(server.base() + "/web/login/openid/" + place);
        assertThat(list.text()).doesNotContain("Example <Ltd>");
        try (HostileProvider company = new HostileProvider(place, server.clock::instant)) {
            Answer wrong = list.submit("/my/sign-in", "name", "Company", "issuer", "ftp://x", "client", "allotment");
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.text()).contains("The issuer of an identity provider");
            Answer created = wrong.submit("/my/sign-in", "issuer", company.issuer(), "secret", HostileProvider.SECRET)
                    .follow();
            assertThat(created.text()).contains("The identity provider is added.");
            assertThat(created.body()).doesNotContain(HostileProvider.SECRET);
            String path = "/my/sign-in/2";
            assertThat(created.submit(path + "/check").follow().text()).contains("The identity provider answers");
            company.serve("/keys", exchange -> HostileProvider.send(exchange, 500, ""));
            assertThat(created.submit(path + "/check").text()).contains("it answers with status 500");
            assertThat(created.submit(path, "name", "Other").follow().text())
                    .contains("The identity provider is changed.");
            assertThat(created.submit(path + "/secret", "secret", "x").follow().text())
                    .contains("The identity provider has a new secret.");
            server.signUp("eve@example.com", "Eve");
            PortalVisit eve = PortalVisit.signedIn(server, "eve@example.com");
            assertThat(eve.get(path).status()).isEqualTo(404);
            assertThat(eve.get("/my/sign-in/" + known.id()).status()).isEqualTo(404);
            assertThat(created.submit(path + "/delete").follow().text()).contains("No identity providers yet.");
        }
    }

    @Test
    void theProviderOfATeamOpensASessionForThatTeamOnly() throws Exception {
        User eve = server.saas
                .accounts()
                .signUp(SignUp.builder("eve@example.com", "Eve", PortalTestServer.PASSWORD)
                        .lang("de_DE")
                        .build());
        var invited =
                server.saas.actingAs(carla.id()).teams().invite(NewInvitation.of("eve@example.com", TeamRole.MEMBER));
        server.saas.actingAs(eve.id()).teams().accept(String.valueOf(invited.secret()), false);
        try (HostileProvider company = new HostileProvider("customer-" + eve.customerId(), server.clock::instant)) {
            IdentityProvider own = server.saas
                    .identityProviders()
                    .create(
                            IdentityProvider.builder("Company", company.issuer(), HostileProvider.CLIENT)
                                    .customerId(eve.customerId())
                                    .build(),
                            HostileProvider.SECRET);
            PortalVisit password = PortalVisit.signedIn(server, "eve@example.com");
            Answer page = password.get(IDENTITIES).submit(IDENTITIES + "/link/" + own.id());
            visit(
                    password,
                    company,
                    page.page().selectFirst("a[rel=noreferrer]").attr("href"));
            assertThat(password.get("/my/team").body()).contains("/my/team/switch");

            PortalVisit visit = new PortalVisit(server);
            String away = visit.get("/web/login/with/" + own.id()).location();
            assertThat(visit(visit, company, away).location()).isEqualTo("/my");
            Answer team = visit.get("/my/team");
            assertThat(team.status()).isEqualTo(200);
            assertThat(team.body()).doesNotContain("/my/team/switch", "Carla");
            assertThat(visit.get("/my/account").text()).contains("Diese Sitzung gilt nur für diesen Kunden");
            assertThat(visit.get("/my/account/keys").status()).isEqualTo(200);
            for (String each : List.of("sessions", "passkeys", "identities")) {
                Answer refused = visit.get("/my/account/" + each);
                assertThat(refused.status()).isEqualTo(403);
                assertThat(refused.text()).contains("Diese Sitzung gilt nur für diesen Kunden");
            }
            String token = visit.get("/my/account/keys")
                    .page()
                    .selectFirst("input[name=form]")
                    .val();
            Answer switched = visit.post(
                    "/my/team/switch",
                    Map.of("form", token, "customer", carla.customerId().toString()));
            assertThat(switched.text()).contains("Diese Sitzung gilt nur für diesen Kunden");
            assertThat(switched.status()).isEqualTo(403);
        }
    }

    @Test
    void aTeamRequiresItsProvider() throws Exception {
        User eve = server.signUp("eve@example.com", "Eve");
        var invited =
                server.saas.actingAs(carla.id()).teams().invite(NewInvitation.of("eve@example.com", TeamRole.MEMBER));
        server.saas.actingAs(eve.id()).teams().accept(String.valueOf(invited.secret()), false);
        try (HostileProvider company = new HostileProvider("customer-" + carla.customerId(), server.clock::instant)) {
            IdentityProvider own = server.saas
                    .identityProviders()
                    .create(
                            IdentityProvider.builder("Company", company.issuer(), HostileProvider.CLIENT)
                                    .customerId(carla.customerId())
                                    .build(),
                            HostileProvider.SECRET);
            PortalVisit owner = PortalVisit.signedIn(server, LOGIN);
            String page = "/my/sign-in/" + own.id();
            String address = server.base() + "/web/login/with/" + own.id();
            assertThat(owner.get(page).text()).contains(address);
            assertThat(owner.get(page).submit(page, "required", "true").text())
                    .contains("has signed in no member of the team");
            PortalVisit eves = PortalVisit.signedIn(server, "eve@example.com");
            Answer link = eves.get(IDENTITIES).submit(IDENTITIES + "/link/" + own.id());
            visit(eves, company, link.page().selectFirst("a[rel=noreferrer]").attr("href"));
            PortalVisit provided = new PortalVisit(server);
            String away = provided.get("/web/login/with/" + own.id()).location();
            assertThat(visit(provided, company, away).location()).isEqualTo("/my");
            assertThat(owner.get(page).submit(page, "required", "true").follow().text())
                    .contains("The identity provider is changed.");

            eves.get("/my")
                    .submit("/my/team/switch", "customer", carla.customerId().toString());
            Answer needed = eves.get("/my/databases");
            assertThat(needed.location()).isEqualTo("/my/team/provider");
            assertThat(needed.follow()
                            .page()
                            .select("a[href=/web/login/with/" + own.id() + "]")
                            .text())
                    .isEqualTo("Sign in with Company");
            assertThat(eves.get("/my/account").status()).isEqualTo(200);
            assertThat(provided.get("/my/team").text()).contains("Carla");
            assertThat(owner.get("/my/team").status()).isEqualTo(200);
        }
    }

    @Test
    void operatorsSeeTheProvidersForEveryone() {
        PortalVisit visit = PortalVisit.signedIn(server, "admin");

        assertThat(visit.get("/admin/sign-in").text()).contains("Example <Ltd>", "Active", "/web/login/openid/all");
        Answer saved = visit.get("/admin/sign-in/" + known.id())
                .submit("/admin/sign-in/" + known.id(), "accounts", "true")
                .follow();
        assertThat(saved.text()).contains("The identity provider is changed.");
        assertThat(server.saas.identityProviders().get(known.id()).newAccounts())
                .isEqualTo(TeamRole.OWNER);
    }
}
