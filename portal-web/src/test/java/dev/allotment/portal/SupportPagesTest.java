// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.NewUser;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.support.NewSupportAccess;
import dev.allotment.support.SupportAccess;
import dev.allotment.support.SupportAccessState;
import dev.allotment.support.SupportAccesses;
import dev.allotment.support.SupportAnswer;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Support access, as customers and operators see it. */
class SupportPagesTest {
    private static final String MINE = "/my/support";
    private static final String ADMIN = "/admin/support";
    private static final String WHY = "Your question about <totals>";

    private PortalTestServer server;
    private User ann;
    private Tenant shop;
    private PortalVisit customer;
    private PortalVisit operator;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openWithMail();
        ann = server.signUp("ann@example.com", "Ann");
        shop = server.saas
                .tenants()
                .create(CreateTenant.onPlan(server.plan("Demo"))
                        .owner(ann)
                        .customer(ann.customerId())
                        .name("shop.localhost")
                        .build())
                .tenant();
        customer = PortalVisit.signedIn(server, "ann@example.com");
        operator = operator(Role.SUPPORT, "olga@provider.example");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private PortalVisit operator(Role role, String login) {
        server.saas
                .accounts()
                .create(NewUser.builder(login, "Olga")
                        .password(PortalTestServer.PASSWORD)
                        .role(role)
                        .build());
        return PortalVisit.signedIn(server, login);
    }

    private Answer request(String right, String member) {
        return operator.get(ADMIN)
                .submit(ADMIN, "database", "shop.localhost", "right", right, "member", member, "reason", WHY);
    }

    private SupportAccess access() {
        return server.saas.supportAccesses().list(Query.all()).get(0);
    }

    private String mine(String verb) {
        return MINE + "/" + access().id() + "/" + verb;
    }

    private String theirs(String verb) {
        return ADMIN + "/" + access().id() + "/" + verb;
    }

    @Test
    void theOperatorRequestsTheCustomerGrantsAndRevokesAndBothSeeIt() {
        assertThat(request("look", "").follow().text()).contains("The request is sent.", "Waits for the customer");
        assertThat(customer.get(MINE).text())
                .contains("Olga: shop.localhost", WHY, "Look as the owner, without changing anything");

        Answer granted = customer.get(MINE).submit(mine("grant"), "hours", "72");
        assertThat(granted.follow().text()).contains("The access is granted.", "Never entered");
        assertThat(access().state()).isEqualTo(SupportAccessState.GRANTED);
        Answer enter = operator.get(ADMIN).submit(theirs("enter"));
        String address = enter.page().select("main a.button").first().attr("href");
        assertThat(address).contains("shop.localhost").contains("/saas_client/support?access_token=");
        assertThat(enter.header("referrer-policy")).isIn("no-referrer", "same-origin");
        assertThat(enter.header("cache-control")).contains("no-store");
        assertThat(server.saas.supportAccesses().redeem("shop.localhost", address.replaceAll(".*access_token=", "")))
                .isPresent();
        assertThat(customer.get(MINE).text()).contains("as ann@example.com:", "to now");

        assertThat(customer.get(MINE).submit(mine("revoke")).follow().text())
                .contains("Its sessions have ended.", "Revoked");
        assertThat(operator.get(ADMIN).text()).contains("Revoked");
        assertThat(operator.get(ADMIN).page().select("form[action$=enter]")).isEmpty();
        String token = token(operator, ADMIN);
        assertThat(post(operator, theirs("enter"), token).status()).isEqualTo(409);
    }

    @Test
    void whatIsGrantedStaysOnThePagesHoweverMuchIsRequestedLater() {
        request("look", "");
        customer.get(MINE).submit(mine("grant"), "hours", "168");
        String granted = access().id().toString();
        SupportAccesses olga = server.saas.actingAs(access().operatorId()).supportAccesses();
        for (int i = 0; i < 60; i++) {
            olga.withdraw(olga.request(NewSupportAccess.asAdministrator(shop.id(), "Ticket " + i))
                    .id());
        }

        assertThat(customer.get(MINE).page().select("form[action$=/" + granted + "/revoke]"))
                .hasSize(1);
        assertThat(operator.get(ADMIN).page().select("form[action$=/" + granted + "/enter]"))
                .hasSize(1);
        assertThat(operator.get(ADMIN).text()).contains("Ticket 59").doesNotContain("Ticket 9 ");
    }

    private static String token(PortalVisit visit, String path) {
        Element field = visit.get(path).page().select("input[name=form]").first();
        return field.attr("value");
    }

    private static Answer post(PortalVisit visit, String path, String token) {
        return visit.post(
                path,
                Map.of("form", token, "hours", "24", "answer", "grant", "database", "shop.localhost", "reason", "x"),
                "Origin",
                visit.origin());
    }

    @Test
    void aRequestThatIsWrongKeepsItsValues() {
        Answer answer = operator.get(ADMIN)
                .submit(ADMIN, "database", "none.localhost", "right", "member", "member", "bob", "reason", "");
        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.text()).contains("There is no database with this name.", "Enter a reason.");
        assertThat(answer.page().select("#member").attr("value")).isEqualTo("bob");
        assertThat(request("member", "").text()).contains("needs the login of the member");
        assertThat(request("administrator", "").status()).isEqualTo(303);
        assertThat(request("administrator", "").text()).contains("You have requested this before");
    }

    @Test
    void whatAnotherMemberHasAnsweredIsShown() {
        request("look", "");
        Answer page = customer.get(MINE);
        page.submit(mine("refuse"));

        Answer late = page.submit(mine("grant"), "hours", "24");

        assertThat(late.status()).isEqualTo(409);
        assertThat(late.text()).contains("it is refused");
        assertThat(access().state()).isEqualTo(SupportAccessState.REFUSED);
    }

    @Test
    void aStandingAnswerIsSet() {
        Answer set = customer.get(MINE).submit(MINE + "/setting", "answer", "grant", "hours", "6");
        assertThat(set.follow().text()).contains("Your standing answer is saved.");
        assertThat(server.saas
                        .actingFor(ann.customerId())
                        .supportAccesses()
                        .setting()
                        .answer())
                .isEqualTo(SupportAnswer.GRANT);
        assertThat(request("look", "").follow().text()).contains("The standing answer of the customer has granted");
        assertThat(customer.get(MINE).text()).contains("Your standing answer has granted it.");
    }

    @ParameterizedTest
    @EnumSource(
            value = TeamRole.class,
            names = {"BILLING", "MEMBER", "READER"})
    void otherMembersOfTheTeamSeeItAndAnswerNothing(TeamRole role) {
        request("look", "");
        server.saas
                .accounts()
                .create(NewUser.builder("bob@example.com", "Bob")
                        .password(PortalTestServer.PASSWORD)
                        .customerId(ann.customerId())
                        .teamRole(role)
                        .build());
        PortalVisit bob = PortalVisit.signedIn(server, "bob@example.com");

        Answer page = bob.get(MINE);

        assertThat(page.text()).contains(WHY, "Your team is asked each time.");
        assertThat(page.page().select("main form")).isEmpty();
        String token = token(bob, MINE);
        for (String each : List.of(mine("grant"), mine("refuse"), MINE + "/setting")) {
            assertThat(post(bob, each, token).status()).as(each).isEqualTo(403);
        }
        assertThat(access().state()).isEqualTo(SupportAccessState.PENDING);
    }

    @Test
    void anotherCustomerNeitherSeesNorAnswersIt() {
        request("look", "");
        server.signUp("eve@example.com", "Eve");
        PortalVisit eve = PortalVisit.signedIn(server, "eve@example.com");

        assertThat(eve.get(MINE).text()).doesNotContain("shop.localhost", "Olga");
        String token = token(eve, MINE);
        for (String each : List.of(mine("grant"), mine("refuse"), mine("revoke"))) {
            assertThat(post(eve, each, token).status()).as(each).isEqualTo(404);
        }
        assertThat(access().state()).isEqualTo(SupportAccessState.PENDING);
    }

    @ParameterizedTest
    @EnumSource(
            value = Role.class,
            names = {"BILLING", "READER"})
    void otherOperatorsSeeItAndRequestNothing(Role role) {
        request("look", "");
        customer.get(MINE).submit(mine("grant"), "hours", "24");
        PortalVisit other = operator(role, "other@provider.example");

        Answer page = other.get(ADMIN);

        assertThat(page.text()).contains("shop.localhost", "Granted");
        assertThat(page.page().select("main form")).isEmpty();
        String token = token(other, ADMIN);
        for (String each : List.of(ADMIN, theirs("enter"), theirs("withdraw"), mine("grant"), mine("revoke"))) {
            assertThat(post(other, each, token).status()).as(each).isEqualTo(403);
        }
        assertThat(access().state()).isEqualTo(SupportAccessState.GRANTED);
    }

    @Test
    void anOperatorEntersWithItsOwnAccessAndAnswersNothing() {
        SupportAccess access = server.saas
                .actingAs(server.saas
                        .accounts()
                        .findByLogin("olga@provider.example")
                        .orElseThrow()
                        .id())
                .supportAccesses()
                .request(NewSupportAccess.look(shop.id(), WHY));
        PortalVisit admin = PortalVisit.signedIn(server, "admin");
        String token = token(admin, ADMIN);

        for (String each : List.of(mine("grant"), mine("refuse"), mine("revoke"))) {
            assertThat(post(admin, each, token).status()).as(each).isEqualTo(403);
        }
        customer.get(MINE).submit(mine("grant"), "hours", "24");
        assertThat(admin.get(ADMIN).page().select("form[action$=enter]")).isEmpty();
        assertThat(post(admin, theirs("enter"), token).status()).isEqualTo(403);
        assertThat(admin.get(ADMIN).submit(theirs("withdraw")).status()).isEqualTo(303);
        assertThat(server.saas.supportAccesses().get(access.id()).state()).isEqualTo(SupportAccessState.WITHDRAWN);
    }
}
