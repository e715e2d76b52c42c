// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CustomerId;
import dev.allotment.NewUser;
import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.portal.PortalTestServer.SentEmail;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.team.Invitation;
import dev.allotment.team.InvitationState;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.TeamMember;
import dev.allotment.team.Teammate;
import dev.allotment.team.Teams;
import dev.allotment.team.TenantLimit;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The team of a customer, as its members see and change it. */
class TeamPagesTest {
    private static final String TEAM = "/my/team";

    private PortalTestServer server;
    private Saas saas;
    private User ann;
    private User eve;
    private PortalVisit owner;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openWithMail();
        saas = server.saas;
        ann = server.signUp("ann@example.com", "Ann <b>");
        eve = server.signUp("eve@example.com", "Eve");
        owner = PortalVisit.signedIn(server, "ann@example.com");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private User member(String name, TeamRole role) {
        return saas.accounts()
                .create(NewUser.builder(name + "@example.com", name)
                        .password(PortalTestServer.PASSWORD)
                        .customerId(ann.customerId())
                        .teamRole(role)
                        .build());
    }

    private Tenant tenant(String label) {
        return saas.tenants()
                .create(CreateTenant.onPlan(server.plan(label))
                        .owner(ann)
                        .customer(ann.customerId())
                        .name(label + ".localhost")
                        .build())
                .tenant();
    }

    private Teams team() {
        return saas.actingFor(ann.customerId()).teams();
    }

    private TeamMember membership(User account) {
        return team().members().stream()
                .map(Teammate::member)
                .filter(each -> each.userId().equals(account.id()))
                .findFirst()
                .orElseThrow();
    }

    private SentEmail email() throws InterruptedException {
        return Objects.requireNonNull(server.emails.poll(30, TimeUnit.SECONDS), "No email was sent");
    }

    /** The token of the forms of a page. */
    private static String token(Answer page) {
        return page.page().select("input[name=form]").attr("value");
    }

    private static Answer post(PortalVisit visit, String token, String path, String... fields) {
        Map<String, String> sent = new LinkedHashMap<>(Map.of("form", token));
        for (int i = 0; i < fields.length; i += 2) {
            sent.put(fields[i], fields[i + 1]);
        }
        return visit.post(path, sent, "Origin", visit.origin());
    }

    @Test
    void showsMembersWithTheirRolesAndWhatRolesMayDo() {
        Tenant shop = tenant("shop");
        User bob = member("bob", TeamRole.READER);
        team().change(bob.id(), TeamRole.READER, TenantLimit.of(List.of(shop.id())));

        Answer page = owner.get(TEAM);

        assertThat(page.page().select("tbody tr").eachText())
                .anySatisfy(row -> assertThat(row).contains("Ann <b>", "You", "ann@example.com", "Owner", "All"))
                .anySatisfy(row -> assertThat(row).contains("bob@example.com", "Reader", "shop.localhost"));
        assertThat(page.text()).contains("Delete databases Yes Yes No No No", "1 Mar 2026");
    }

    @Test
    void anInvitationIsSentAndSentAgainAndRevoked() throws Exception {
        Tenant shop = tenant("shop");
        Answer form = owner.get(TEAM + "/invite");
        Answer wrong = form.submit(TEAM + "/invite", "email", "nobody", "role", "READER");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("[role=alert]").text()).contains("one email address");

        Answer sent = form.submit(
                TEAM + "/invite",
                "email",
                "Bob@example.com",
                "role",
                "READER",
                "scope",
                "some",
                "tenant",
                shop.id().toString(),
                "days",
                "3");

        Answer page = sent.follow();
        assertThat(page.text())
                .contains("The invitation is on its way.", "bob@example.com Reader shop.localhost 4 Mar 2026");
        SentEmail first = email();
        assertThat(first.kind()).isEqualTo("team of Ann <b> as READER by Ann <b>");
        assertThat(first.to().address()).isEqualTo("bob@example.com");
        assertThat(first.link().getRawPath()).isEqualTo("/web/invitation");
        assertThat(page.body()).doesNotContain(first.link().getRawQuery());
        Invitation invitation = team().invitations().get(0);
        assertThat(invitation.tenants()).isEqualTo(TenantLimit.of(List.of(shop.id())));

        String path = TEAM + "/invitations/" + invitation.id();
        assertThat(page.submit(path + "/resend").follow().text()).contains("on its way again");
        SentEmail second = email();
        assertThat(second.link()).isNotEqualTo(first.link());
        assertThat(new PortalVisit(server).get(path(first)).follow().status()).isEqualTo(410);

        assertThat(owner.get(TEAM).submit(path + "/revoke").follow().text()).contains("The invitation is revoked.");
        assertThat(team().invitations().get(0).state()).isEqualTo(InvitationState.REVOKED);
        assertThat(owner.get(TEAM).text()).contains("No invitation is pending.");
    }

    private static String path(SentEmail sent) {
        return sent.link().getRawPath() + "?" + sent.link().getRawQuery();
    }

    @Test
    void aMemberIsNotInvitedAgain() {
        member("bob", TeamRole.READER);

        Answer sent = owner.get(TEAM + "/invite").submit(TEAM + "/invite", "email", "bob@example.com");

        assertThat(sent.follow().text()).contains("This person is in the team already.");
        assertThat(server.emails).isEmpty();
    }

    @Test
    void limitsOfInvitationsAreExplained() {
        saas.parameters().set(Parameter.TEAM_LIMIT, "1");

        Answer sent = owner.get(TEAM + "/invite").submit(TEAM + "/invite", "email", "bob@example.com");

        assertThat(sent.status()).isEqualTo(422);
        assertThat(sent.page().select("[role=alert]").text()).contains("which is the limit");
        assertThat(sent.page().select("#email").val()).isEqualTo("bob@example.com");
    }

    @Test
    void withoutEmailsThereAreNoInvitations() throws Exception {
        try (PortalTestServer silent = PortalTestServer.open()) {
            silent.signUp("ann@example.com", "Ann");
            PortalVisit visit = PortalVisit.signedIn(silent, "ann@example.com");

            assertThat(visit.get(TEAM).text()).contains("This portal sends no emails");
            assertThat(visit.get(TEAM + "/invite").status()).isEqualTo(404);
        }
    }

    @Test
    void changingARoleNeedsAProof() {
        User bob = member("bob", TeamRole.READER);
        String path = TEAM + "/" + bob.id();
        server.clock.advance(Duration.ofMinutes(16));

        Answer asked = owner.get(path).submit(path, "role", "BILLING");

        assertThat(asked.text()).contains("Confirm that it's you");
        assertThat(membership(bob).role()).isEqualTo(TeamRole.READER);
        Answer done = asked.submit(path, "confirm-proof", PortalTestServer.PASSWORD);
        assertThat(done.follow().text()).contains("The role is changed. It applies at once.");
        assertThat(membership(bob).role()).isEqualTo(TeamRole.BILLING);
    }

    @Test
    void aMemberIsRemovedAfterAQuestionAndItsOpenPagesAreRefused() {
        User bob = member("bob", TeamRole.ADMINISTRATOR);
        PortalVisit removed = PortalVisit.signedIn(server, "bob@example.com");
        Answer open = removed.get(TEAM);
        String path = TEAM + "/" + bob.id() + "/remove";

        Answer question = owner.get(path);
        assertThat(question.text()).contains("Remove bob from the team?", "loses all rights for this customer at once");
        assertThat(question.submit(path).follow().text()).contains("The member is removed.");

        assertThat(removed.get("/my").location()).startsWith("/web/login");
        assertThat(post(removed, token(open), TEAM + "/" + ann.id() + "/remove").location())
                .startsWith("/web/login?done=expired");
        assertThat(team().members()).hasSize(1);
        Answer again = new PortalVisit(server).signIn("bob@example.com", PortalTestServer.PASSWORD);
        assertThat(again.follow().text()).contains("You are in no team");
    }

    @Test
    void anAccountWithoutATeamIsToldSoOnEachPage() {
        User bob = member("bob", TeamRole.MEMBER);
        team().remove(bob.id());
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");

        assertThat(visit.get("/my").text()).contains("You are in no team").doesNotContain("New database");
        assertThat(visit.get(TEAM).text()).contains("You are in no team");
        assertThat(visit.get("/my/account").status()).isEqualTo(200);
        for (String path : List.of("/my/start", "/my/account/webhooks", "/my/account/erasure")) {
            Answer page = visit.get(path);
            assertThat(page.status()).as(path).isEqualTo(403);
            assertThat(page.text()).as(path).contains("You are in no team.");
        }
    }

    @Test
    void aMemberLeavesAndSignsInAgain() {
        User bob = member("bob", TeamRole.MEMBER);
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");

        Answer done = visit.get(TEAM + "/leave").submit(TEAM + "/leave");

        assertThat(done.location()).isEqualTo("/web/login?done=left");
        assertThat(done.follow().text()).contains("You have left the team.");
        assertThat(team().members()).extracting(each -> each.member().userId()).doesNotContain(bob.id());
        assertThat(visit.get("/my").location()).startsWith("/web/login");
    }

    @Test
    void theLastOwnerStays() {
        member("bob", TeamRole.ADMINISTRATOR);
        Answer page = owner.get(TEAM);
        assertThat(page.page().select("a[href$=/leave]")).isEmpty();
        assertThat(page.page().select("a[href$=/" + ann.id() + "/remove]")).isEmpty();

        Answer forced = post(owner, token(page), TEAM + "/leave");
        assertThat(forced.status()).isEqualTo(409);
        assertThat(forced.text()).contains("without an active owner");
        String role = TEAM + "/" + ann.id();
        assertThat(post(owner, token(page), role, "role", "READER", "scope", "all")
                        .status())
                .isEqualTo(422);
        assertThat(membership(ann).role()).isEqualTo(TeamRole.OWNER);
    }

    @Test
    void ownershipIsHandedOverAfterAPageThatSaysWhatHappens() {
        User bob = member("bob", TeamRole.MEMBER);
        String path = TEAM + "/" + bob.id() + "/owner";

        Answer question = owner.get(path);
        assertThat(question.text()).contains("Hand the team over to bob?", "You become an administrator.");
        assertThat(question.submit(path).follow().text()).contains("The team has a new owner.");

        assertThat(membership(bob).role()).isEqualTo(TeamRole.OWNER);
        assertThat(membership(ann).role()).isEqualTo(TeamRole.ADMINISTRATOR);
        assertThat(owner.get(TEAM).page().select("a[href$=/owner]")).isEmpty();
        assertThat(owner.get(path).status()).isEqualTo(403);
    }

    @Test
    void anAdministratorIsOfferedNothingAboutOwnersAndGetsNothingByForce() {
        User bob = member("bob", TeamRole.ADMINISTRATOR);
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");
        Answer page = visit.get(TEAM);
        assertThat(page.page().select("a[href^=/my/team/" + ann.id() + "]")).isEmpty();
        assertThat(visit.get(TEAM + "/invite").page().select("input[name=role]").eachAttr("value"))
                .doesNotContain("OWNER")
                .contains("ADMINISTRATOR");
        assertThat(visit.get(TEAM + "/" + ann.id()).status()).isEqualTo(404);

        String token = token(page);
        String self = TEAM + "/" + bob.id();
        assertThat(post(visit, token, self, "role", "OWNER", "scope", "all").status())
                .isEqualTo(403);
        assertThat(post(visit, token, self + "/owner").status()).isEqualTo(403);
        assertThat(post(visit, token, TEAM + "/" + ann.id() + "/remove").status())
                .isEqualTo(403);
        assertThat(post(visit, token, TEAM + "/invite", "email", "x@example.com", "role", "OWNER", "days", "7")
                        .status())
                .isEqualTo(403);
        assertThat(membership(bob).role()).isEqualTo(TeamRole.ADMINISTRATOR);
        assertThat(membership(ann).role()).isEqualTo(TeamRole.OWNER);
        assertThat(team().invitations()).isEmpty();
    }

    @Test
    void aReaderSeesTheTeamAndChangesNothingByForce() {
        User bob = member("bob", TeamRole.READER);
        User carl = member("carl", TeamRole.MEMBER);
        Invitation invitation = Objects.requireNonNull(team().invite(NewInvitation.of("x@example.com", TeamRole.READER))
                .invitation());
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");
        Answer page = visit.get(TEAM);
        assertThat(page.text()).contains("carl@example.com").doesNotContain("x@example.com", "Invite a person");
        assertThat(page.page().select("main form, main td a")).isEmpty();

        String token = token(page);
        String other = TEAM + "/" + carl.id();
        Map<String, String[]> forms = Map.of(
                TEAM + "/invite",
                new String[] {"email", "y@example.com", "role", "READER", "days", "7"},
                other,
                new String[] {"role", "READER", "scope", "all"},
                other + "/remove",
                new String[] {},
                other + "/owner",
                new String[] {},
                TEAM + "/invitations/" + invitation.id() + "/resend",
                new String[] {},
                TEAM + "/invitations/" + invitation.id() + "/revoke",
                new String[] {});
        forms.forEach((path, fields) -> {
            Answer answer = post(visit, token, path, fields);
            assertThat(answer.status()).as(path).isEqualTo(403);
            assertThat(answer.text()).as(path).contains("as a reader");
        });
        for (String path : List.of(TEAM + "/invite", other, other + "/remove", other + "/owner")) {
            assertThat(visit.get(path).status()).as(path).isEqualTo(403);
        }
        assertThat(membership(carl).role()).isEqualTo(TeamRole.MEMBER);
        assertThat(membership(bob).role()).isEqualTo(TeamRole.READER);
        assertThat(team().invitations())
                .singleElement()
                .extracting(Invitation::state)
                .isEqualTo(InvitationState.PENDING);
    }

    @Test
    void whatBelongsToAnotherCustomerDoesNotExist() {
        User bob = member("bob", TeamRole.MEMBER);
        Invitation invitation = Objects.requireNonNull(team().invite(NewInvitation.of("x@example.com", TeamRole.READER))
                .invitation());
        PortalVisit stranger = PortalVisit.signedIn(server, "eve@example.com");
        String token = token(stranger.get(TEAM));

        for (String path : List.of(
                TEAM + "/" + bob.id() + "/remove",
                TEAM + "/" + bob.id() + "/owner",
                TEAM + "/invitations/" + invitation.id() + "/resend",
                TEAM + "/invitations/" + invitation.id() + "/revoke")) {
            assertThat(post(stranger, token, path).status()).as(path).isEqualTo(404);
        }
        assertThat(post(stranger, token, TEAM + "/" + bob.id(), "role", "READER", "scope", "all")
                        .status())
                .isEqualTo(404);
        assertThat(post(
                                stranger,
                                token,
                                TEAM + "/switch",
                                "customer",
                                ann.customerId().toString())
                        .status())
                .isEqualTo(404);
        assertThat(stranger.get(TEAM).text()).doesNotContain("bob");
        assertThat(team().members()).hasSize(2);
    }

    private void joins(User account, TeamRole role) {
        String secret = Objects.requireNonNull(
                team().invite(NewInvitation.of(account.login(), role)).secret());
        saas.actingAs(account.id()).teams().accept(secret, false);
    }

    @Test
    void anAccountInSeveralTeamsSwitchesBetweenThem() {
        Tenant shop = tenant("shop");
        PortalVisit visit = PortalVisit.signedIn(server, "eve@example.com");
        assertThat(visit.get("/my").page().select("details.team")).isEmpty();
        joins(eve, TeamRole.READER);
        Answer home = visit.get("/my");
        assertThat(home.page().select("details.team summary").text()).contains("Eve");
        assertThat(home.page().select("details.team button").text()).contains("Ann <b> (reader");
        assertThat(home.text()).doesNotContain("shop.localhost");
        assertThat(visit.get("/my/" + shop.id()).status()).isEqualTo(404);

        Answer there = home.submit(
                        TEAM + "/switch", "customer", ann.customerId().toString())
                .follow();

        assertThat(there.text()).contains("shop.localhost").doesNotContain("New database");
        assertThat(there.page().select("details.team summary").text()).contains("Ann <b>");
        assertThat(visit.get("/my/" + shop.id()).status()).isEqualTo(200);
        CustomerId own = eve.customerId();
        Answer back = there.submit(TEAM + "/switch", "customer", own.toString()).follow();
        assertThat(back.text()).doesNotContain("shop.localhost").contains("New database");
    }

    @Test
    void aFormOfAnotherTeamIsNotSentForThisOne() {
        joins(eve, TeamRole.ADMINISTRATOR);
        PortalVisit visit = PortalVisit.signedIn(server, "eve@example.com");
        Answer window = visit.get(TEAM + "/invite");
        visit.get("/my").submit(TEAM + "/switch", "customer", ann.customerId().toString());

        Answer late = window.submit(TEAM + "/invite", "email", "x@example.com", "role", "READER");

        assertThat(late.status()).isEqualTo(403);
        assertThat(late.text()).contains("switched to another team");
        assertThat(team().invitations()).extracting(Invitation::email).doesNotContain("x@example.com");
    }

    @Test
    void aRemovalEndsTheSessionThatActsForTheCustomer() {
        joins(eve, TeamRole.READER);
        PortalVisit visit = PortalVisit.signedIn(server, "eve@example.com");
        PortalVisit home = PortalVisit.signedIn(server, "eve@example.com");
        visit.get("/my").submit(TEAM + "/switch", "customer", ann.customerId().toString());

        team().remove(eve.id());

        assertThat(visit.get("/my").location()).startsWith("/web/login");
        assertThat(home.get("/my").status()).isEqualTo(200);
        assertThat(post(
                                home,
                                token(home.get("/my")),
                                TEAM + "/switch",
                                "customer",
                                ann.customerId().toString())
                        .status())
                .isEqualTo(404);
    }

    @Test
    void eachFormNeedsItsToken() {
        User bob = member("bob", TeamRole.MEMBER);
        for (String form : server.forms()) {
            if (form.startsWith(TEAM)) {
                String path = form.replace("{account}", bob.id().toString()).replace("{invitation}", "1");
                assertThat(owner.post(path, Map.of(), "Origin", owner.origin()).status())
                        .as(path)
                        .isEqualTo(403);
            }
        }
        assertThat(team().members()).hasSize(2);
    }

    @Test
    void aLimitedAdministratorGivesItsDatabasesOnly() {
        Tenant shop = tenant("shop");
        Tenant hidden = tenant("hidden");
        User bob = member("bob", TeamRole.ADMINISTRATOR);
        team().change(bob.id(), TeamRole.ADMINISTRATOR, TenantLimit.of(List.of(shop.id())));
        User carl = member("carl", TeamRole.READER);
        PortalVisit visit = PortalVisit.signedIn(server, "bob@example.com");
        Answer form = visit.get(TEAM + "/invite");
        assertThat(form.page().select("input[value=all]")).isEmpty();
        assertThat(form.page().select("input[name=tenant]").eachAttr("value"))
                .containsExactly(shop.id().toString());
        assertThat(visit.get(TEAM).page().select("a[href^=/my/team/" + carl.id() + "]"))
                .isEmpty();

        for (TenantId each : List.of(hidden.id(), new TenantId(999))) {
            Answer forced = form.submit(TEAM + "/invite", "email", "x@example.com", "tenant", each.toString());
            assertThat(forced.status()).isIn(403, 422);
        }
        assertThat(form.submit(TEAM + "/invite", "email", "x@example.com", "scope", "all")
                        .status())
                .isEqualTo(403);
        assertThat(team().invitations()).isEmpty();
        UserId self = bob.id();
        assertThat(post(visit, token(form), TEAM + "/" + self, "role", "ADMINISTRATOR", "scope", "all")
                        .status())
                .isEqualTo(403);
        assertThat(visit.get("/my/account").text()).doesNotContain("Webhooks");
    }
}
