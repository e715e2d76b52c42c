// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.User;
import dev.allotment.portal.PortalTestServer.SentEmail;
import dev.allotment.portal.PortalVisit.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SignUpPagesTest {
    private static final Pattern LINK =
            Pattern.compile("http://localhost:[0-9]+(/web/(?:reset_password|signup)\\?token=[^\\s]+)");

    private PortalTestServer server;

    @AfterEach
    void close() {
        server.close();
    }

    private SentEmail email() throws InterruptedException {
        return Objects.requireNonNull(server.emails.poll(5, TimeUnit.SECONDS), "No email was sent");
    }

    private static String link(SentEmail email) {
        Matcher matcher = LINK.matcher(email.link().toString());
        assertThat(matcher.matches()).as(email.toString()).isTrue();
        return matcher.group(1);
    }

    @Test
    void createsAnAccountAndSignsIn() throws Exception {
        server = PortalTestServer.open();
        PortalVisit visit = new PortalVisit(server);

        Answer in = visit.get("/web/signup")
                .submit("/web/signup", "name", "Nora New", "login", "Nora@Example.com", "password", "long enough");

        assertThat(in.follow().text()).contains("Welcome!").contains("Nora New");
        assertThat(server.saas.accounts().count(Filter.equal(User.LOGIN, "nora@example.com")))
                .isEqualTo(1);
    }

    @Test
    void showsProblemsNextToTheirFieldsAndKeepsAllValuesButThePassword() throws Exception {
        server = PortalTestServer.open();

        Answer page = new PortalVisit(server)
                .get("/web/signup")
                .submit("/web/signup", "name", "<evil-tag>", "login", "no address", "password", "short");

        assertThat(page.status()).isEqualTo(422);
        assertThat(page.page().select("[role=alert] a").eachAttr("href")).containsExactly("#login", "#password");
        assertThat(page.page().select("#login").attr("aria-describedby")).contains("login-problem");
        assertThat(page.page().select("#name").val()).isEqualTo("<evil-tag>");
        assertThat(page.page().select("evil-tag")).isEmpty();
        assertThat(page.body()).doesNotContain("short\"");
    }

    @Test
    void reportsATakenLoginInTheFixedSentence() throws Exception {
        server = PortalTestServer.open();
        server.signUp("carla@example.com", "Carla");

        Answer page = new PortalVisit(server)
                .get("/web/signup")
                .submit("/web/signup", "name", "C", "login", "carla@example.com", "password", "long enough");

        assertThat(page.text()).contains("There is already an account with this email address.");
    }

    @Test
    void refusesAPasswordThatIsGuessedFirst() throws Exception {
        server = PortalTestServer.open();
        for (String weak : List.of("password", "12345678", "carla@example.com")) {
            Answer page = new PortalVisit(server)
                    .get("/web/signup")
                    .submit("/web/signup", "name", "C", "login", "carla@example.com", "password", weak);
            assertThat(page.status()).isEqualTo(422);
            assertThat(page.page().select("[role=alert] a[href=#password]").text())
                    .contains("so it is guessed first");
        }
    }

    @Test
    void limitsTheNumberOfAccountsForAClientAddress() throws Exception {
        server = PortalTestServer.open();
        PortalVisit visit = new PortalVisit(server);
        for (int i = 0; i < 20; i++) {
            Answer form = new PortalVisit(server).get("/web/signup");
            assertThat(form.submit(
                                    "/web/signup",
                                    "name",
                                    "N",
                                    "login",
                                    "n" + i + "@example.com",
                                    "password",
                                    "long enough")
                            .status())
                    .isEqualTo(303);
        }

        Answer page = visit.get("/web/signup")
                .submit("/web/signup", "name", "N", "login", "one-more@example.com", "password", "long enough");

        assertThat(page.status()).isEqualTo(429);
        assertThat(page.text()).contains("Too many accounts were requested from your address");
        assertThat(server.saas.accounts().count(Filter.equal(User.LOGIN, "one-more@example.com")))
                .isZero();
    }

    @Test
    void refusesSignUpWhileItIsClosed() throws Exception {
        server = PortalTestServer.open();
        PortalVisit visit = new PortalVisit(server);
        Answer form = visit.get("/web/signup");
        server.saas.parameters().set(Parameter.ALLOW_UNINVITED, "False");

        assertThat(form.submit("/web/signup", "name", "N", "login", "n@example.com", "password", "long enough")
                        .status())
                .isEqualTo(403);
        assertThat(visit.get("/web/signup").status()).isEqualTo(403);
        assertThat(visit.get("/web/signup").forms()).isEmpty();
        assertThat(visit.get("/web/login").body()).doesNotContain("/web/signup");
        assertThat(server.saas.accounts().count(Filter.equal(User.LOGIN, "n@example.com")))
                .isZero();
    }

    @Test
    void answersNewAndTakenLoginsAlikeAndSendsDifferentEmails() throws Exception {
        server = PortalTestServer.openWithMail();
        server.saas.parameters().set("saas_portal.signup_confirmation", "true");
        server.signUp("carla@example.com", "Carla");
        PortalVisit visit = new PortalVisit(server);
        Answer form = visit.get("/web/signup");
        assertThat(form.page().select("input[type=password]")).isEmpty();

        Answer fresh = form.submit("/web/signup", "name", "Someone", "login", "fresh@example.com");
        SentEmail welcome = email();
        Answer taken = form.submit("/web/signup", "name", "Someone", "login", "carla@example.com");
        SentEmail reminder = email();

        assertThat(fresh.status()).isEqualTo(200).isEqualTo(taken.status());
        assertThat(fresh.body().replace("fresh@example.com", "LOGIN"))
                .isEqualTo(taken.body().replace("carla@example.com", "LOGIN"));
        assertThat(fresh.headers().keySet()).isEqualTo(taken.headers().keySet());
        assertThat(welcome.kind()).isEqualTo("choose");
        assertThat(welcome.to().address()).isEqualTo("fresh@example.com");
        assertThat(welcome.to().name())
                .as("the name, which a stranger has chosen, is left out")
                .isEmpty();
        assertThat(reminder.kind()).isEqualTo("already");
        assertThat(reminder.to().address()).isEqualTo("carla@example.com");
        assertThat(server.saas.accounts().authenticate("fresh@example.com", "", null))
                .isEmpty();

        assertThat(server.saas.accounts().count(Filter.equal(User.LOGIN, "fresh@example.com")))
                .as("before the link is followed")
                .isZero();

        Answer choice = visit.get(link(welcome));
        assertThat(choice.header("referrer-policy")).isEqualTo("no-referrer");
        assertThat(choice.location()).isEqualTo("/web/signup/choose");
        Answer page = choice.follow();
        assertThat(page.body())
                .doesNotContain(link(welcome).substring(link(welcome).indexOf('=') + 1));
        assertThat(page.submit("/web/signup/choose", "password", "short").status())
                .isEqualTo(422);
        Answer set = page.submit("/web/signup/choose", "password", "my own words");
        assertThat(set.follow().text()).contains("Welcome!").contains("Someone");
        assertThat(new PortalVisit(server)
                        .signIn("fresh@example.com", "my own words")
                        .status())
                .isEqualTo(303);
        PortalVisit later = new PortalVisit(server);
        Answer again = later.get(link(welcome)).follow();
        assertThat(again.status()).as("before a password is typed").isEqualTo(410);
        assertThat(again.text())
                .contains("This link has already been used")
                .doesNotContain("Your address is confirmed");
        assertThat(later.get(link(welcome) + "x").follow().status())
                .as("another secret")
                .isEqualTo(410);
        assertThat(page.submit("/web/signup/choose", "password", "other words").status())
                .as("a form from before")
                .isIn(403, 410);
        assertThat(new PortalVisit(server).get("/web/signup/choose").status()).isEqualTo(410);
    }

    @Test
    void refusesSignUpWithConfirmationWithoutMail() throws Exception {
        server = PortalTestServer.open();
        PortalVisit visit = new PortalVisit(server);
        Answer form = visit.get("/web/signup");
        server.saas.parameters().set("saas_portal.signup_confirmation", "true");

        Answer page = form.submit("/web/signup", "name", "N", "login", "n@example.com", "password", "long enough");

        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains("send email right now");
        assertThat(visit.get("/web/signup").forms()).isEmpty();
        assertThat(server.saas.accounts().count(Filter.equal(User.LOGIN, "n@example.com")))
                .isZero();
    }

    @Test
    void theLinkOfALongNameFitsIntoACookie() throws Exception {
        server = PortalTestServer.openWithMail();
        server.saas.parameters().set("saas_portal.signup_confirmation", "true");
        String login = "l".repeat(64) + "@" + "d".repeat(185) + ".com";
        PortalVisit visit = new PortalVisit(server);
        visit.get("/web/signup").submit("/web/signup", "name", "\u65e5".repeat(256), "login", login);

        Answer in = visit.get(link(email())).follow().submit("/web/signup/choose", "password", "my own words");

        assertThat(in.status()).isEqualTo(303);
        assertThat(server.saas.accounts().count(Filter.equal(User.LOGIN, login)))
                .isEqualTo(1);
    }

    @Test
    void resetsAForgottenPasswordOnceAndDoesNotRevealAccounts() throws Exception {
        server = PortalTestServer.openWithMail();
        server.signUp("carla@example.com", "Carla");
        PortalVisit thief = PortalVisit.signedIn(server, "carla@example.com");
        PortalVisit visit = new PortalVisit(server);
        Answer form = visit.get("/web/reset_password");

        Answer unknown = form.submit("/web/reset_password", "login", "nobody@example.com");
        Answer known = form.submit("/web/reset_password", "login", "carla@example.com");
        assertThat(unknown.body()).isEqualTo(known.body());
        assertThat(unknown.status()).isEqualTo(known.status()).isEqualTo(200);
        assertThat(unknown.headers().keySet()).isEqualTo(known.headers().keySet());

        String link = link(email());
        Answer page = visit.get(link).follow();
        assertThat(page.body()).doesNotContain(link.substring(link.indexOf('=') + 1));
        assertThat(page.submit("/web/reset_password/choose", "password", "short")
                        .status())
                .isEqualTo(422);
        assertThat(page.submit("/web/reset_password/choose", "password", "new and long")
                        .location())
                .isEqualTo("/my?done=password");
        assertThat(visit.get("/my?done=password").text())
                .contains("Carla", "Your new password is set, and you are signed in.");
        assertThat(thief.get("/my").status()).as("a session from before").isEqualTo(303);

        Answer again = visit.get(link).follow();
        assertThat(again.status()).as("before a new password is typed").isEqualTo(410);
        assertThat(page.submit("/web/reset_password/choose", "password", "second time")
                        .status())
                .isIn(403, 410);
        assertThat(again.text()).contains("already been used").contains("Request a new link");
        assertThat(server.emails).isEmpty();
    }

    @Test
    void refusesALinkThatIsOlderThanAnHour() throws Exception {
        server = PortalTestServer.openWithMail();
        server.signUp("carla@example.com", "Carla");
        PortalVisit visit = new PortalVisit(server);
        visit.get("/web/reset_password").submit("/web/reset_password", "login", "carla@example.com");
        Answer page = visit.get(link(email())).follow();

        server.clock.advance(Duration.ofMinutes(61));

        assertThat(page.submit("/web/reset_password/choose", "password", "new and long")
                        .status())
                .isEqualTo(410);
    }

    @Test
    void keepsStrangersFromFillingAMailbox() throws Exception {
        server = PortalTestServer.openWithMail();
        server.signUp("carla@example.com", "Carla");
        Answer form = new PortalVisit(server).get("/web/reset_password");

        for (int i = 0; i < 8; i++) {
            assertThat(form.submit("/web/reset_password", "login", "carla@example.com")
                            .status())
                    .isEqualTo(200);
        }
        for (int i = 0; i < 5; i++) {
            email();
        }
        assertThat(server.emails.poll(300, TimeUnit.MILLISECONDS)).isNull();

        String[] elsewhere = {"X-Forwarded-For", "203.0.113.7"};
        PortalVisit owner = new PortalVisit(server);
        String token = owner.get("/web/reset_password", elsewhere)
                .forms()
                .get(0)
                .select("[name=form]")
                .val();
        owner.post("/web/reset_password", Map.of("form", token, "login", "carla@example.com"), elsewhere);
        assertThat(email().to().address())
                .as("requests from other addresses still get one")
                .isEqualTo("carla@example.com");
    }

    @Test
    void refersToTheAdministratorForPasswordsWithoutMail() throws Exception {
        server = PortalTestServer.open();
        Answer page = new PortalVisit(server).get("/web/reset_password");

        assertThat(page.text()).contains("Your administrator sets passwords here.");
        assertThat(page.forms()).isEmpty();
    }

    /** The response time cannot reveal whether an account exists, because nothing was looked up before. */
    @Test
    void doesNothingThatDependsOnAnAccountBeforeTheResponse() throws Exception {
        server = PortalTestServer.openWithPausedMail();
        server.signUp("carla@example.com", "Carla");
        server.saas.parameters().set("saas_portal.signup_confirmation", "true");
        PortalVisit visit = new PortalVisit(server);
        Answer reset = visit.get("/web/reset_password");
        Answer signUp = visit.get("/web/signup");

        for (String login : List.of("carla@example.com", "nobody@example.com")) {
            assertThat(reset.submit("/web/reset_password", "login", login).status())
                    .isEqualTo(200);
            assertThat(signUp.submit("/web/signup", "name", "N", "login", login).status())
                    .isEqualTo(200);
        }
        assertThat(server.emails).isEmpty();
        assertThat(server.resets()).isZero();

        server.resume();
        assertThat(server.emails).extracting(SentEmail::kind).containsExactly("reset", "already", "choose");
        assertThat(server.resets()).isEqualTo(2);
    }
}
