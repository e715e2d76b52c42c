// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Parameter;
import dev.allotment.Saas;
import dev.allotment.TeamRole;
import dev.allotment.User;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.team.Invitation;
import dev.allotment.team.InvitationState;
import dev.allotment.team.NewInvitation;
import dev.allotment.team.SentInvitation;
import dev.allotment.team.Team;
import dev.allotment.team.Teammate;
import dev.allotment.team.Teams;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** The link of an invitation, as the person who got it uses it, and as an attacker does. */
class TeamInvitationTest {
    private static final String INVITATION = "/web/invitation";
    private static final String ANSWER = INVITATION + "/answer";

    private PortalTestServer server;
    private Saas saas;
    private User ann;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openWithMail();
        saas = server.saas;
        ann = server.signUp("ann@example.com", "Ann");
    }

    @AfterEach
    void close() {
        server.close();
    }

    private Teams team() {
        return saas.actingAs(ann.id()).teams();
    }

    private SentInvitation invited(String email) {
        return team().invite(NewInvitation.of(email, TeamRole.MEMBER));
    }

    private static String link(SentInvitation sent) {
        return INVITATION + "?token=" + sent.emailedSecret();
    }

    private Answer opened(PortalVisit visit, String email) {
        return visit.get(link(invited(email))).follow();
    }

    private List<String> logins() {
        return team().members().stream().map(Teammate::login).toList();
    }

    private InvitationState state() {
        return team().invitations().get(0).state();
    }

    @Test
    void theSecretLeavesTheAddressAtOnceAndOpeningTheLinkChangesNothing() {
        SentInvitation sent = invited("bob@example.com");
        PortalVisit scanner = new PortalVisit(server);
        for (int i = 0; i < 3; i++) {
            Answer first = scanner.get(link(sent));
            assertThat(first.status()).isEqualTo(303);
            assertThat(first.location()).isEqualTo(ANSWER);
            assertThat(first.header("referrer-policy")).isEqualTo("no-referrer");
            assertThat(first.header("set-cookie")).contains("portal_invitation=", "HttpOnly", "SameSite=Lax");
            Answer page = first.follow();
            assertThat(page.status()).isEqualTo(200);
            assertThat(page.body()).doesNotContain(Objects.requireNonNull(sent.secret()));
            scanner.head(link(sent));
        }
        for (String path : List.of("/accept", "/join", "/decline", "/other")) {
            scanner.get(INVITATION + path);
        }

        assertThat(state()).isEqualTo(InvitationState.PENDING);
        assertThat(logins()).containsExactly("ann@example.com");
    }

    @Test
    void aPersonWithoutAnAccountCreatesOneEvenIfSignUpIsOff() {
        saas.parameters().set(Parameter.INVITATION_SCOPE, "b2b");
        PortalVisit bob = new PortalVisit(server);
        Answer page = opened(bob, "bob@example.com");
        assertThat(page.text())
                .contains("Join the team of Ann", "Ann invites you", "as a member", "Create an account for bob@");

        Answer weak = page.submit(INVITATION + "/join", "name", "", "password", "short");
        assertThat(weak.status()).isEqualTo(422);
        assertThat(weak.text()).contains("Enter your name.", "Use at least 8 characters.");
        Answer guessed = page.submit(INVITATION + "/join", "name", "Bob", "password", "password");
        assertThat(guessed.status()).isEqualTo(422);
        assertThat(guessed.page().select("#name").val()).isEqualTo("Bob");
        Answer joined = page.submit(INVITATION + "/join", "name", "Bob", "password", "my own words");

        assertThat(joined.follow().text()).contains("You are in the team now.", "Bob You bob@example.com", "Member");
        assertThat(logins()).containsExactly("ann@example.com", "bob@example.com");
        assertThat(new PortalVisit(server)
                        .signIn("bob@example.com", "my own words")
                        .location())
                .isEqualTo("/my");
        assertThat(bob.get(ANSWER).status()).isEqualTo(410);
        assertThat(page.submit(INVITATION + "/join", "name", "Bob", "password", "my own words")
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aSecretThatWasNotEmailedCreatesNoAccountAndShowsNone() {
        server.signUp("carl@example.com", "Carl");
        for (String email : List.of("bob@example.com", "carl@example.com")) {
            PortalVisit visit = new PortalVisit(server);
            Answer page =
                    visit.get(INVITATION + "?token=" + invited(email).secret()).follow();

            assertThat(page.text())
                    .contains("Sign in as " + email + " to join. If you have no account yet, create one first");
            assertThat(page.page().select("form[action$=/join]")).isEmpty();
            Map<String, String> fields = new LinkedHashMap<>();
            for (Element field : page.page().select("form[action$=/decline] input")) {
                fields.put(field.attr("name"), field.val());
            }
            fields.putAll(Map.of("name", "Eve", "password", "my own words"));
            assertThat(visit.post(INVITATION + "/join", fields, "Origin", visit.origin())
                            .status())
                    .isEqualTo(403);
        }
        assertThat(logins()).containsExactly("ann@example.com");
    }

    @Test
    void aSignedInAccountAcceptsWithOneClickAndActsForTheTeam() {
        server.signUp("bob@example.com", "Bob");
        PortalVisit bob = PortalVisit.signedIn(server, "bob@example.com");

        Answer joined = opened(bob, "Bob@example.com").submit(INVITATION + "/accept");

        Answer page = joined.follow();
        assertThat(page.text()).contains("You are in the team now.", "Who works with the databases of Ann.");
        assertThat(page.page().select("details.team summary").text()).contains("Ann");
        assertThat(state()).isEqualTo(InvitationState.ACCEPTED);
    }

    @Test
    void aSignedOutPersonSignsInAndComesBack() {
        server.signUp("bob@example.com", "Bob");
        PortalVisit bob = new PortalVisit(server);
        Answer page = opened(bob, "bob@example.com");
        assertThat(page.page().select("input[name=password]")).isEmpty();
        String signIn = page.page().select("main a.button").attr("href");

        Answer in =
                bob.get(signIn).submit("/web/login", "login", "bob@example.com", "password", PortalTestServer.PASSWORD);

        assertThat(in.location()).isEqualTo(ANSWER);
        assertThat(in.follow().submit(INVITATION + "/accept").status()).isEqualTo(303);
        assertThat(logins()).contains("bob@example.com");
    }

    @Test
    void anAccountWithAnotherAddressIsAskedTwice() {
        server.signUp("carl@example.com", "Carl");
        PortalVisit carl = PortalVisit.signedIn(server, "carl@example.com");
        Answer page = opened(carl, "bob@example.com");
        assertThat(page.text()).contains("It was sent to bob@example.com, but you have signed in as carl@example.com.");

        Answer asked = page.submit(INVITATION + "/accept");
        assertThat(asked.text()).contains("Do you want carl@example.com to join?");
        assertThat(logins()).doesNotContain("carl@example.com");
        asked.submit(INVITATION + "/accept");

        assertThat(logins()).contains("carl@example.com");
    }

    @Test
    void anAccountWithAnotherAddressCanStepAside() {
        server.signUp("carl@example.com", "Carl");
        PortalVisit carl = PortalVisit.signedIn(server, "carl@example.com");

        Answer out =
                opened(carl, "bob@example.com").submit(INVITATION + "/other").follow();

        assertThat(out.text()).contains("Create an account for bob@example.com.");
        assertThat(carl.get("/my").location()).startsWith("/web/login");
    }

    @Test
    void aDeclinedInvitationIsGone() {
        PortalVisit bob = new PortalVisit(server);
        Answer page = opened(bob, "bob@example.com");

        Answer declined = page.submit(INVITATION + "/decline");

        assertThat(declined.follow().text()).contains("You have not joined the team.");
        assertThat(state()).isEqualTo(InvitationState.DECLINED);
        assertThat(bob.get(ANSWER).status()).isEqualTo(410);
    }

    @Test
    void aSecretCountsOnceAndNotAfterItsEnd() {
        SentInvitation used = invited("used@example.com");
        PortalVisit first = new PortalVisit(server);
        Answer open = new PortalVisit(server).get(link(used)).follow();
        first.get(link(used)).follow().submit(INVITATION + "/join", "name", "U", "password", "my own words");
        assertThat(open.submit(INVITATION + "/join", "name", "V", "password", "my own words")
                        .status())
                .isIn(409, 410);

        SentInvitation revoked = invited("revoked@example.com");
        Answer before = new PortalVisit(server).get(link(revoked)).follow();
        Invitation invitation = Objects.requireNonNull(revoked.invitation());
        team().revoke(invitation.id());
        assertThat(before.submit(INVITATION + "/join", "name", "R", "password", "my own words")
                        .status())
                .isIn(409, 410);

        SentInvitation late = invited("late@example.com");
        server.clock.advance(Duration.ofDays(8));
        for (SentInvitation each : List.of(used, revoked, late)) {
            Answer page = new PortalVisit(server).get(link(each)).follow();
            assertThat(page.status()).isEqualTo(410);
            assertThat(page.text()).contains("This invitation has ended").doesNotContain("Ann");
        }
        assertThat(new PortalVisit(server)
                        .get(INVITATION + "?token=" + "x".repeat(43))
                        .follow()
                        .status())
                .isEqualTo(410);
        assertThat(new PortalVisit(server).get(ANSWER).status()).isEqualTo(410);
        assertThat(logins()).containsExactly("ann@example.com", "used@example.com");
    }

    @Test
    void aFormIsForTheInvitationThatItsPageHasShown() {
        User eve = server.signUp("eve@example.com", "Eve");
        SentInvitation ours = invited("bob@example.com");
        SentInvitation hers =
                saas.actingAs(eve.id()).teams().invite(NewInvitation.of("bob@example.com", TeamRole.READER));
        server.signUp("bob@example.com", "Bob");
        PortalVisit bob = PortalVisit.signedIn(server, "bob@example.com");
        Answer shown = bob.get(link(ours)).follow();
        bob.get(link(hers));

        Answer answer = shown.submit(INVITATION + "/accept");

        assertThat(answer.status()).isEqualTo(409);
        assertThat(answer.text()).contains("You have opened another invitation meanwhile.", "team of Eve");
        assertThat(logins()).doesNotContain("bob@example.com");
    }

    @Test
    void anAccountThatWasMadeMeanwhileSignsIn() {
        PortalVisit bob = new PortalVisit(server);
        Answer page = opened(bob, "bob@example.com");
        server.signUp("bob@example.com", "Bob");

        Answer late = page.submit(INVITATION + "/join", "name", "Bob", "password", "my own words");

        assertThat(late.status()).isEqualTo(422);
        assertThat(late.text()).contains("There is an account with this email address now.", "Sign in as bob@");
        assertThat(state()).isEqualTo(InvitationState.PENDING);
    }

    @Test
    void noFormWorksWithoutItsToken() {
        PortalVisit bob = new PortalVisit(server);
        Answer page = opened(bob, "bob@example.com");
        String invitation = page.page().select("input[name=invitation]").attr("value");
        for (String path : List.of("/join", "/decline", "/other")) {
            assertThat(bob.post(
                                    INVITATION + path,
                                    Map.of("invitation", invitation, "name", "B", "password", "my own words"),
                                    "Origin",
                                    bob.origin())
                            .status())
                    .as(path)
                    .isEqualTo(403);
        }
        PortalVisit eve = new PortalVisit(server);
        server.signUp("eve@example.com", "Eve");
        eve.signIn("eve@example.com", PortalTestServer.PASSWORD);
        eve.get(link(invited("eve@example.com")));
        assertThat(eve.post(INVITATION + "/accept", Map.of("invitation", "2"), "Origin", eve.origin())
                        .status())
                .isEqualTo(403);
        assertThat(eve.post(INVITATION + "/accept", Map.of("invitation", "2"), "Origin", "http://evil.example")
                        .status())
                .isEqualTo(403);
        assertThat(logins()).containsExactly("ann@example.com");
    }

    @Test
    void aNameOfACustomerIsTextOnThePage() {
        User evil = server.signUp("evil@example.com", "<evil-tag>");
        SentInvitation sent =
                saas.actingAs(evil.id()).teams().invite(NewInvitation.of("bob@example.com", TeamRole.OWNER));

        Answer page = new PortalVisit(server).get(link(sent)).follow();

        assertThat(page.page().select("evil-tag")).isEmpty();
        assertThat(page.text()).contains("<evil-tag> invites you to the team of <evil-tag> as an owner.");
    }

    @Test
    void whoIsInTheTeamAlreadyKeepsItsRole() {
        PortalVisit visit = PortalVisit.signedIn(server, "ann@example.com");
        Answer page = opened(visit, "other@example.com");

        page.submit(INVITATION + "/accept").submit(INVITATION + "/accept");

        assertThat(saas.actingAs(ann.id()).teams().mine())
                .singleElement()
                .extracting((Team each) -> each.member().role())
                .isEqualTo(TeamRole.OWNER);
    }
}
