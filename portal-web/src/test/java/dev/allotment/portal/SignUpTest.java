// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.User;
import dev.allotment.portal.PortalHost.Letter;
import dev.allotment.portal.Visit.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class SignUpTest {
    private static final Pattern LINK =
            Pattern.compile("http://localhost:[0-9]+(/web/(?:reset_password|signup)\\?token=[^\\s]+)");

    private PortalHost host;

    @AfterEach
    void close() {
        host.close();
    }

    private Letter letter() throws InterruptedException {
        return Objects.requireNonNull(host.letters.poll(5, TimeUnit.SECONDS), "No letter came");
    }

    private static String link(Letter letter) {
        Matcher matcher = LINK.matcher(letter.link().toString());
        assertThat(matcher.matches()).as(letter.toString()).isTrue();
        return matcher.group(1);
    }

    @Test
    void a_stranger_gets_an_account_and_is_in() throws Exception {
        host = PortalHost.open();
        Visit visit = new Visit(host);

        Answer in = visit.get("/web/signup")
                .submit("/web/signup", "name", "Nora New", "login", "Nora@Example.com", "password", "long enough");

        assertThat(in.follow().text()).contains("Welcome!").contains("Nora New");
        assertThat(host.saas.accounts().count(Filter.equal(User.LOGIN, "nora@example.com")))
                .isEqualTo(1);
    }

    @Test
    void what_is_wrong_is_told_beside_each_field_and_nothing_typed_is_lost_but_the_password() throws Exception {
        host = PortalHost.open();

        Answer page = new Visit(host)
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
    void a_login_that_is_taken_is_told_in_the_fixed_sentence() throws Exception {
        host = PortalHost.open();
        host.signUp("carla@example.com", "Carla");

        Answer page = new Visit(host)
                .get("/web/signup")
                .submit("/web/signup", "name", "C", "login", "carla@example.com", "password", "long enough");

        assertThat(page.text()).contains("Another user is already registered using this email address.");
    }

    @Test
    void a_stranger_is_kept_from_asking_for_any_number_of_accounts() throws Exception {
        host = PortalHost.open();
        Visit visit = new Visit(host);
        for (int i = 0; i < 20; i++) {
            Answer form = new Visit(host).get("/web/signup");
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
        assertThat(page.text()).contains("Too many accounts were asked for from your address");
        assertThat(host.saas.accounts().count(Filter.equal(User.LOGIN, "one-more@example.com")))
                .isZero();
    }

    @Test
    void nobody_signs_up_while_it_is_switched_off() throws Exception {
        host = PortalHost.open();
        Visit visit = new Visit(host);
        Answer form = visit.get("/web/signup");
        host.saas.parameters().set(Parameter.ALLOW_UNINVITED, "False");

        assertThat(form.submit("/web/signup", "name", "N", "login", "n@example.com", "password", "long enough")
                        .status())
                .isEqualTo(403);
        assertThat(visit.get("/web/signup").status()).isEqualTo(403);
        assertThat(visit.get("/web/signup").forms()).isEmpty();
        assertThat(visit.get("/web/login").body()).doesNotContain("/web/signup");
        assertThat(host.saas.accounts().count(Filter.equal(User.LOGIN, "n@example.com")))
                .isZero();
    }

    @Test
    void with_confirmation_a_new_login_and_a_taken_one_look_alike_and_get_different_letters() throws Exception {
        host = PortalHost.openWithMail();
        host.saas.parameters().set("saas_portal.signup_confirmation", "true");
        host.signUp("carla@example.com", "Carla");
        Visit visit = new Visit(host);
        Answer form = visit.get("/web/signup");
        assertThat(form.page().select("input[type=password]")).isEmpty();

        Answer fresh = form.submit("/web/signup", "name", "Someone", "login", "fresh@example.com");
        Letter welcome = letter();
        Answer taken = form.submit("/web/signup", "name", "Someone", "login", "carla@example.com");
        Letter reminder = letter();

        assertThat(fresh.status()).isEqualTo(200).isEqualTo(taken.status());
        assertThat(fresh.body().replace("fresh@example.com", "LOGIN"))
                .isEqualTo(taken.body().replace("carla@example.com", "LOGIN"));
        assertThat(fresh.headers().keySet()).isEqualTo(taken.headers().keySet());
        assertThat(welcome.kind()).isEqualTo("choose");
        assertThat(welcome.to().address()).isEqualTo("fresh@example.com");
        assertThat(welcome.to().name())
                .as("chosen by a stranger, so it must not be written to anybody")
                .isEmpty();
        assertThat(reminder.kind()).isEqualTo("already");
        assertThat(reminder.to().address()).isEqualTo("carla@example.com");
        assertThat(host.saas.accounts().authenticate("fresh@example.com", "", null))
                .isEmpty();

        assertThat(host.saas.accounts().count(Filter.equal(User.LOGIN, "fresh@example.com")))
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
        assertThat(new Visit(host).signIn("fresh@example.com", "my own words").status())
                .isEqualTo(303);
        Visit later = new Visit(host);
        Answer again = later.get(link(welcome)).follow().submit("/web/signup/choose", "password", "other words");
        assertThat(again.status()).isEqualTo(410);
        assertThat(again.text()).contains("This link was used already");
        assertThat(new Visit(host).get("/web/signup/choose").status()).isEqualTo(410);
    }

    @Test
    void without_mail_nobody_signs_up_where_addresses_have_to_be_confirmed() throws Exception {
        host = PortalHost.open();
        Visit visit = new Visit(host);
        Answer form = visit.get("/web/signup");
        host.saas.parameters().set("saas_portal.signup_confirmation", "true");

        Answer page = form.submit("/web/signup", "name", "N", "login", "n@example.com", "password", "long enough");

        assertThat(page.status()).isEqualTo(403);
        assertThat(page.text()).contains("no letters can be sent from here");
        assertThat(visit.get("/web/signup").forms()).isEmpty();
        assertThat(host.saas.accounts().count(Filter.equal(User.LOGIN, "n@example.com")))
                .isZero();
    }

    @Test
    void the_link_of_a_long_name_fits_into_what_a_browser_keeps() throws Exception {
        host = PortalHost.openWithMail();
        host.saas.parameters().set("saas_portal.signup_confirmation", "true");
        String login = "l".repeat(64) + "@" + "d".repeat(185) + ".com";
        Visit visit = new Visit(host);
        visit.get("/web/signup").submit("/web/signup", "name", "\u65e5".repeat(256), "login", login);

        Answer in = visit.get(link(letter())).follow().submit("/web/signup/choose", "password", "my own words");

        assertThat(in.status()).isEqualTo(303);
        assertThat(host.saas.accounts().count(Filter.equal(User.LOGIN, login))).isEqualTo(1);
    }

    @Test
    void a_forgotten_password_is_set_anew_once_and_whether_there_is_an_account_is_not_told() throws Exception {
        host = PortalHost.openWithMail();
        host.signUp("carla@example.com", "Carla");
        Visit thief = Visit.signedIn(host, "carla@example.com");
        Visit visit = new Visit(host);
        Answer form = visit.get("/web/reset_password");

        Answer unknown = form.submit("/web/reset_password", "login", "nobody@example.com");
        Answer known = form.submit("/web/reset_password", "login", "carla@example.com");
        assertThat(unknown.body()).isEqualTo(known.body());
        assertThat(unknown.status()).isEqualTo(known.status()).isEqualTo(200);
        assertThat(unknown.headers().keySet()).isEqualTo(known.headers().keySet());

        String link = link(letter());
        Answer page = visit.get(link).follow();
        assertThat(page.body()).doesNotContain(link.substring(link.indexOf('=') + 1));
        assertThat(page.submit("/web/reset_password/choose", "password", "short")
                        .status())
                .isEqualTo(422);
        assertThat(page.submit("/web/reset_password/choose", "password", "new and long")
                        .location())
                .isEqualTo("/web/login?done=password");
        assertThat(thief.get("/my").status()).as("a session from before").isEqualTo(303);

        Answer again = visit.get(link).follow().submit("/web/reset_password/choose", "password", "second time");
        assertThat(again.status()).isEqualTo(410);
        assertThat(again.text()).contains("used already").contains("Ask for a new one");
        assertThat(host.letters).isEmpty();
    }

    @Test
    void a_link_that_is_older_than_an_hour_is_refused() throws Exception {
        host = PortalHost.openWithMail();
        host.signUp("carla@example.com", "Carla");
        Visit visit = new Visit(host);
        visit.get("/web/reset_password").submit("/web/reset_password", "login", "carla@example.com");
        Answer page = visit.get(link(letter())).follow();

        PortalHost.CLOCK.advance(Duration.ofMinutes(61));

        assertThat(page.submit("/web/reset_password/choose", "password", "new and long")
                        .status())
                .isEqualTo(410);
    }

    @Test
    void a_mailbox_is_not_filled_by_a_stranger() throws Exception {
        host = PortalHost.openWithMail();
        host.signUp("carla@example.com", "Carla");
        Answer form = new Visit(host).get("/web/reset_password");

        for (int i = 0; i < 8; i++) {
            assertThat(form.submit("/web/reset_password", "login", "carla@example.com")
                            .status())
                    .isEqualTo(200);
        }
        for (int i = 0; i < 5; i++) {
            letter();
        }
        assertThat(host.letters.poll(300, TimeUnit.MILLISECONDS)).isNull();

        String[] elsewhere = {"X-Forwarded-For", "203.0.113.7"};
        Visit owner = new Visit(host);
        String token = owner.get("/web/reset_password", elsewhere)
                .forms()
                .get(0)
                .select("[name=form]")
                .val();
        owner.post("/web/reset_password", Map.of("form", token, "login", "carla@example.com"), elsewhere);
        assertThat(letter().to().address())
                .as("whoever asks from elsewhere still gets one")
                .isEqualTo("carla@example.com");
    }

    @Test
    void without_mail_the_administrator_sets_passwords() throws Exception {
        host = PortalHost.open();
        Answer page = new Visit(host).get("/web/reset_password");

        assertThat(page.text()).contains("Passwords are set by the administrator here.");
        assertThat(page.forms()).isEmpty();
    }

    /** So how long an answer takes cannot tell whether there is an account: nothing was looked up. */
    @Test
    void nothing_that_depends_on_an_account_is_done_before_the_answer() throws Exception {
        host = PortalHost.openWithPausedMail();
        host.signUp("carla@example.com", "Carla");
        host.saas.parameters().set("saas_portal.signup_confirmation", "true");
        Visit visit = new Visit(host);
        Answer reset = visit.get("/web/reset_password");
        Answer signUp = visit.get("/web/signup");

        for (String login : List.of("carla@example.com", "nobody@example.com")) {
            assertThat(reset.submit("/web/reset_password", "login", login).status())
                    .isEqualTo(200);
            assertThat(signUp.submit("/web/signup", "name", "N", "login", login).status())
                    .isEqualTo(200);
        }
        assertThat(host.letters).isEmpty();
        assertThat(host.resets()).isZero();

        host.resume();
        assertThat(host.letters).extracting(Letter::kind).containsExactly("reset", "already", "choose");
        assertThat(host.resets()).isEqualTo(2);
    }
}
