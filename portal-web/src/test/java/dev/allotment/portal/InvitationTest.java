// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.User;
import dev.allotment.portal.PortalTestServer.SentEmail;
import dev.allotment.portal.PortalVisit.Answer;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of the emails with which users of new accounts choose their password. */
class InvitationTest {
    private static final String NEW = "/admin/users/new";

    private static PortalTestServer server;
    private static PortalVisit admin;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.openWithMail();
        admin = PortalVisit.signedIn(server, "admin");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static SentEmail email() throws InterruptedException {
        SentEmail sent = server.emails.poll(30, TimeUnit.SECONDS);
        assertThat(sent).isNotNull();
        return sent;
    }

    private static User user(String login) {
        return server.saas
                .accounts()
                .list(Query.where(Filter.equal(User.LOGIN, login)))
                .get(0);
    }

    @Test
    void anInvitedUserChoosesAPassword() throws Exception {
        Answer made = admin.get(NEW).submit(NEW, "name", "Ina", "login", "Ina@example.com");
        assertThat(made.follow().text()).contains("User created. An email with a link to choose a password");
        SentEmail sent = email();
        assertThat(sent.kind()).isEqualTo("invited to Sprout & Co by Administrator");
        assertThat(sent.to().address()).isEqualTo("ina@example.com");

        PortalVisit ina = new PortalVisit(server);
        assertThat(ina.signIn("ina@example.com", "").status()).isEqualTo(422);
        String link = path(sent);
        String choose = "/web/reset_password/choose";
        Answer chosen = ina.get(link).follow().submit(choose, "password", "my own words");
        assertThat(chosen.location()).isEqualTo("/my?done=password");
        assertThat(chosen.follow().text()).contains("Your new password is set, and you are signed in.", "Ina");
        assertThat(new PortalVisit(server).get(link).follow().status())
                .as("the link again")
                .isEqualTo(410);

        String path = "/admin/users/" + user("ina@example.com").id();
        assertThat(admin.get(path).submit(path + "/link").follow().text()).contains("An email with a link to set");
        assertThat(email().kind()).as("to a user who has signed in").isEqualTo("reset");
    }

    @Test
    void anInvitationLastsAWeekAndCanBeSentAgainAndRevoked() throws Exception {
        admin.get(NEW).submit(NEW, "name", "Ida", "login", "ida@example.com");
        String first = path(email());
        String path = "/admin/users/" + user("ida@example.com").id();
        server.clock.advance(Duration.ofDays(7).minusSeconds(1));
        assertThat(new PortalVisit(server).get(first).follow().status()).isEqualTo(200);
        assertThat(admin.get(path).text()).contains("Invited until 8 Mar 2026, 12:00 UTC");
        server.clock.advance(Duration.ofSeconds(1));
        assertThat(new PortalVisit(server).get(first).follow().status()).isEqualTo(410);
        assertThat(admin.get(path).text()).doesNotContain("Invited until", "Revoke the invitation");

        admin.get(path).submit(path + "/link");
        String second = path(email());
        Answer invited = admin.get(path);
        assertThat(invited.text()).contains("Invited until 15 Mar 2026", "Send the invitation again");
        assertThat(invited.submit(path + "/invitation/revoke").follow().text())
                .contains("The invitation is revoked")
                .doesNotContain("Invited until");
        assertThat(new PortalVisit(server).get(second).follow().status()).isEqualTo(410);
    }

    private static String path(SentEmail sent) {
        return sent.link().getRawPath() + "?" + sent.link().getRawQuery();
    }

    @Test
    void aLoginThatIsNoAddressNeedsAPassword() {
        Answer refused = admin.get(NEW).submit(NEW, "name", "Local", "login", "local");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("[role=alert] a").attr("href")).isEqualTo("#password");
        assertThat(server.saas.accounts().count(Filter.equal(User.LOGIN, "local")))
                .isZero();

        Answer made = refused.submit(NEW, "password", "given words");
        assertThat(made.follow().text()).contains("No email was sent: give the password to the user.");
        String path = "/admin/users/" + user("local").id();
        assertThat(admin.get(path).forms().stream().map(form -> form.attr("action")))
                .doesNotContain(path + "/link");
        assertThat(server.emails).isEmpty();
    }
}
