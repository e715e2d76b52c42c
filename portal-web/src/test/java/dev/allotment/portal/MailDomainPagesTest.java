// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.NewUser;
import dev.allotment.SignUp;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.identity.IdentityProvider;
import dev.allotment.identity.MailDomain;
import dev.allotment.identity.MailDomains;
import dev.allotment.portal.PortalVisit.Answer;
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

/** Proving mail domains, and signing in with the provider of the domain of an address, as visitors see it. */
class MailDomainPagesTest {
    private static final String LOGIN = "carla@example.com";
    private static final String PATH = "/my/mail-domains";
    private static final String ONE = PATH + "/1";

    private PortalTestServer server;
    private User carla;
    private MailDomains domains;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.open();
        carla = server.signUp(LOGIN, "Carla");
        domains = server.saas.actingAs(carla.id()).mailDomains();
    }

    @AfterEach
    void close() {
        server.close();
    }

    private void publish(MailDomain domain) {
        server.dns.put(domain.recordName(), List.of(domain.recordText()));
    }

    private MailDomain verified(String name) {
        MailDomain added = domains.add(name);
        publish(added);
        return domains.verify(added.id());
    }

    private IdentityProvider company(String issuer) {
        return server.saas
                .identityProviders()
                .create(
                        IdentityProvider.builder("Corp <Ltd>", issuer, HostileProvider.CLIENT)
                                .customerId(carla.customerId())
                                .newAccounts(TeamRole.READER)
                                .build(),
                        HostileProvider.SECRET);
    }

    @Test
    void aTeamProvesADomain() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        assertThat(visit.get("/my/sign-in").page().select("a[href=" + PATH + "]"))
                .hasSize(1);
        Answer list = visit.get(PATH);
        assertThat(list.text()).contains("No mail domains yet.");

        Answer page = list.submit(PATH, "name", "Corp.Example").follow();
        MailDomain added = domains.list().get(0);
        assertThat(page.page().select("code[data-copy]").eachText())
                .containsExactly("_allotment.corp.example", added.recordText());
        assertThat(page.text()).contains("corp.example", "Unverified since");
        Answer unproven = page.submit(ONE + "/verify");
        assertThat(unproven.status()).isEqualTo(422);
        assertThat(unproven.text())
                .contains("There is no TXT record _allotment.corp.example with the text " + added.recordText());
        publish(added);
        Answer proven = unproven.submit(ONE + "/verify").follow();
        assertThat(proven.text()).contains("The mail domain is verified.", "Leave its TXT record where it is");
        assertThat(proven.page().select("form[action=" + ONE + "/verify]")).isEmpty();

        server.dns.clear();
        server.clock.advance(Duration.ofDays(1));
        server.saas.maintenance().run();
        Answer lapsing = PortalVisit.signedIn(server, LOGIN).get(ONE);
        assertThat(lapsing.text()).contains("Record missing since", "Publish it again");
        assertThat(lapsing.page().select("form[action=" + ONE + "/verify]")).hasSize(1);
        assertThat(lapsing.submit(ONE + "/remove").follow().text())
                .contains("The mail domain is removed.", "No mail domains yet.");
    }

    @Test
    void saysWhyADomainIsNotAdded() {
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        for (Map.Entry<String, String> wrong : Map.of(
                        "", "Enter what is behind the @",
                        "carla@example.com", "Enter what is behind the @",
                        "<script>", "Enter what is behind the @",
                        "gmail.com", "The mail domain gmail.com gives addresses to everyone.")
                .entrySet()) {
            Answer refused = visit.get(PATH).submit(PATH, "name", wrong.getKey());
            assertThat(refused.status()).as(wrong.getKey()).isEqualTo(422);
            assertThat(refused.text()).contains(wrong.getValue());
        }
        assertThat(domains.list()).isEmpty();
        visit.get(PATH).submit(PATH, "name", "müller.example");
        assertThat(visit.get(PATH).text()).contains("xn--mller-kva.example", "müller.example");
    }

    @Test
    void saysThatADomainBelongsToAnotherCustomer() {
        verified("corp.example");
        User eve = server.saas
                .accounts()
                .signUp(SignUp.builder("eve@example.com", "Eve", PortalTestServer.PASSWORD)
                        .lang("de_DE")
                        .build());
        publish(server.saas.actingAs(eve.id()).mailDomains().add("corp.example"));
        PortalVisit visit = PortalVisit.signedIn(server, "eve@example.com");

        Answer refused = visit.get(PATH + "/2").submit(PATH + "/2/verify");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("Diese Mail-Domain gehört zu einem anderen Kunden.", "Unbestätigt seit");
        assertThat(visit.get(ONE).status()).isEqualTo(404);
    }

    @Test
    void membersDoNotSeeThePages() {
        verified("corp.example");
        server.saas
                .accounts()
                .create(NewUser.builder("max@example.com", "Max")
                        .password(PortalTestServer.PASSWORD)
                        .customerId(carla.customerId())
                        .teamRole(TeamRole.MEMBER)
                        .build());
        PortalVisit visit = PortalVisit.signedIn(server, "max@example.com");

        assertThat(visit.get(PATH).status()).isEqualTo(403);
        assertThat(visit.get(ONE).status()).isEqualTo(403);
        assertThat(visit.get("/my/team").page().select("a[href=/my/sign-in]")).isEmpty();
    }

    private static Answer enter(PortalVisit visit, String address, String password) {
        return visit.get("/web/login").submit("/web/login", "login", address, "password", password);
    }

    @Test
    void aPersonEntersOnlyTheAddressAndIsShownTheProvider() throws Exception {
        try (HostileProvider provider = new HostileProvider("customer-" + carla.customerId(), server.clock::instant)) {
            IdentityProvider company = company(provider.issuer());
            verified("corp.example");
            provider.person(Map.of("sub", "1", "email", "new@corp.example", "email_verified", true));
            PortalVisit visit = new PortalVisit(server);
            assertThat(visit.get("/web/login").page().select("a[href^=/web/login/with/]"))
                    .isEmpty();

            Answer found = visit.get("/web/login?redirect=/my/team")
                    .submit("/web/login", "login", "new@corp.example", "password", "");
            assertThat(found.status()).isEqualTo(200);
            assertThat(found.text()).contains("Sign in with Corp <Ltd>");
            assertThat(found.page().selectFirst("#login").val()).isEqualTo("new@corp.example");
            String path = found.page().selectFirst("a[href^=/web/login/with/]").attr("href");
            assertThat(path).startsWith("/web/login/with/" + company.id());
            var answer = provider.authorize(URI.create(visit.get(path).location()));
            Answer in = visit.get("/web/login/openid/" + answer.place() + "?state=" + encoded(answer.state()) + "&code="
                    + encoded(answer.code()) + "&iss=" + encoded(answer.issuer()));
            assertThat(in.location()).isEqualTo("/my/team");
            assertThat(in.follow().text()).contains("Carla");
        }
    }

    private static String encoded(String text) {
        return URLEncoder.encode(text, StandardCharsets.UTF_8);
    }

    @Test
    void thePageDoesNotTellWhetherThereIsAnAccount() {
        company("https://login.corp.example");
        verified("corp.example");
        server.signUp("known@corp.example", "Known");

        for (String password : List.of("", "wrong")) {
            Answer known = enter(new PortalVisit(server), "known@corp.example", password);
            Answer unknown = enter(new PortalVisit(server), "other@corp.example", password);
            assertThat(known.status()).isEqualTo(unknown.status());
            assertThat(known.text()).isEqualTo(unknown.text()).contains("Corp <Ltd>");
        }
        Answer noCompany = enter(new PortalVisit(server), LOGIN, "");
        Answer noAccount = enter(new PortalVisit(server), "other@example.com", "");
        assertThat(noCompany.status()).isEqualTo(422);
        assertThat(noCompany.text())
                .isEqualTo(noAccount.text())
                .contains("No company with its own sign-in is known")
                .doesNotContain("Corp");
        assertThat(enter(new PortalVisit(server), "", "").text()).contains("Enter your email address.");
        assertThat(enter(new PortalVisit(server), "known@corp.example", PortalTestServer.PASSWORD)
                        .status())
                .as("the password still counts")
                .isEqualTo(303);
    }

    @Test
    void aTeamChoosesTheRoleOfNewPeople() {
        IdentityProvider company = company("https://login.corp.example");
        PortalVisit visit = PortalVisit.signedIn(server, LOGIN);
        String path = "/my/sign-in/" + company.id();
        Answer page = visit.get(path);
        assertThat(page.page().select("#role option").eachAttr("value"))
                .containsExactly("", "ADMINISTRATOR", "BILLING", "MEMBER", "READER");
        assertThat(page.page().select("#role option[selected]").eachAttr("value"))
                .containsExactly("READER");

        page.submit(path, "role", "MEMBER");
        assertThat(server.saas.identityProviders().get(company.id()).newAccounts())
                .isEqualTo(TeamRole.MEMBER);
        visit.get(path).submit(path, "name", "Renamed");
        assertThat(server.saas.identityProviders().get(company.id()).newAccounts())
                .as("kept")
                .isEqualTo(TeamRole.MEMBER);
        visit.get(path).submit(path, "role", "");
        assertThat(server.saas.identityProviders().get(company.id()).newAccounts())
                .isNull();
    }
}
