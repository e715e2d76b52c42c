// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.openqa.selenium.Keys;

/**
 * Pages of running operations and of failures. They are accessible, too.
 */
class StatesTest {
    private static final String PASSWORD = "correct horse";
    private static final String SUBMIT = "main form button[type=submit]";
    private static final Pattern LINK = Pattern.compile("http://portal\\.localhost:[0-9]+/web/\\S+");

    @TempDir
    private Path folder;

    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
    private DemoServer server;

    @BeforeEach
    void start() throws Exception {
        mail.start();
        server = DemoServer.staged(
                folder,
                "--smtp-url=smtp://127.0.0.1:" + mail.getSmtp().getPort(),
                "--smtp-from=Example <noreply@example.com>");
    }

    @AfterEach
    void stop() {
        server.close();
        mail.stop();
    }

    private static BrowserDriver open(int width) {
        return width == BrowserDriver.NARROW ? BrowserDriver.narrow() : BrowserDriver.open();
    }

    private BrowserDriver administrator() {
        return BrowserDriver.open().signIn(server, "admin", "admin").awaitAddress("/admin");
    }

    /** Waits for this number of emails, and returns the link in the last one. */
    private String link(int letters) throws Exception {
        assertThat(mail.waitForIncomingEmail(Duration.ofSeconds(20).toMillis(), letters))
                .isTrue();
        MimeMessage last = mail.getReceivedMessages()[letters - 1];
        Matcher link = LINK.matcher(last.getContent() instanceof String text ? text : GreenMailUtil.getBody(last));
        assertThat(link.find()).as(String.valueOf(last.getContent())).isTrue();
        return link.group();
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.NARROW})
    void signingInAndUpAndForgottenPasswords(int width) throws Exception {
        try (BrowserDriver browser = open(width);
                BrowserDriver admin = administrator()) {
            browser.signIn(server, "nobody@example.com", "wrong words");
            browser.awaitText("[role=alert]", "").look();
            browser.go(server.at("/web/signup")).press(SUBMIT).awaitText("[role=alert]", "Enter your name.");
            browser.look();

            admin.go(server.at("/admin/settings")).press("#confirmation").press(SUBMIT);
            admin.awaitText("[role=status]", "saved.");
            browser.go(server.at("/web/signup")).type("#name", "Lena Letter").type("#login", "lena@example.com");
            browser.press(SUBMIT).awaitText("main", "We've sent an email").look();
            String chosen = link(1);
            browser.go(chosen).awaitText("main", "assword").look();
            browser.type("#password", "short")
                    .press(SUBMIT)
                    .awaitText("[role=alert]", "")
                    .look();
            browser.type("#password", PASSWORD).press(SUBMIT).awaitText("h1", "");

            browser.go(server.at("/web/login"));
            if (!browser.elements("header form").isEmpty()) {
                browser.signOut().awaitText("[role=status]", "signed out");
            }
            browser.go(server.at("/web/reset_password")).look();
            browser.type("#login", "lena@example.com").press(SUBMIT);
            browser.awaitText("main", "sent a link").look();
            String reset = link(2);
            browser.go(reset).awaitText("main", "assword").look();
            browser.type("#password", "another horse").press(SUBMIT).awaitText("h1", "");
            browser.go(reset).awaitText("main", "").look();
            browser.go(chosen).look();

            admin.go(server.at("/admin/settings")).press("#external-signup").press(SUBMIT);
            admin.awaitText("[role=status]", "saved.");
            try (BrowserDriver stranger = open(width)) {
                stranger.go(server.at("/web/signup")).awaitText("main", "the administrator creates new accounts");
                stranger.look();
            }
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.NARROW})
    void databasesThatAreCreatedOrFailOrAreRefused(int width) throws Exception {
        boolean pictures = width == BrowserDriver.WIDE;
        try (BrowserDriver browser = open(width);
                BrowserDriver admin = administrator()) {
            browser.signUp(server, "Sally Slow", "sally@example.com", PASSWORD);
            browser.go(server.at("/my/start")).type("#label", "ab").click("Create database");
            browser.awaitText("[role=alert]", "A name has").look();

            server.tell("hold");
            browser.go(server.at("/my/start")).type("#label", "slow").click("Create database");
            browser.awaitAddress("/my/start/");
            browser.await(
                    "the step in a live region",
                    () -> "Reserve the name (done)"
                            .equals(browser.run(
                                    "return document.querySelector('.progress [role=status]').textContent")));
            assertThat(browser.run("return document.querySelector('.steps li').textContent"))
                    .isEqualTo("Reserve the name (done)");
            browser.look().picture(pictures ? "progress" : "");
            String progress = browser.address().replaceFirst("\\?.*", "");
            admin.go(server.at("/admin/operations"))
                    .awaitText("table", "Create database")
                    .look();
            admin.picture(pictures ? "operations-running" : "");
            browser.go(server.at("/my")).awaitText("article", "Being created").look();
            browser.go(server.client("slow", "/"))
                    .awaitText("h1", "Almost there")
                    .look();
            browser.go(server.at("/my"));
            browser.run("window.here = true");
            server.tell("release");
            browser.awaitText("article", "Running");
            assertThat(browser.run("return window.here"))
                    .as("the page was not loaded again")
                    .isEqualTo(true);
            browser.go(progress).awaitText("main", "Open database").look().click("Open database");
            browser.awaitText("h1", "You are inside slow.localhost");

            server.tell("fail");
            browser.go(server.at("/my/start")).type("#label", "broken").click("Create database");
            browser.awaitText("[role=alert]", "could not be created").look();
            admin.go(server.at("/admin/operations"))
                    .awaitText("table", "Failed")
                    .look();
            admin.go(server.at("/admin/audit")).look();

            browser.go(server.at("/my"))
                    .click("Rename")
                    .type("#label", "No Name")
                    .press(SUBMIT);
            browser.awaitText("[role=alert]", "A name has").look();
            browser.go(server.at("/my"))
                    .click("Delete")
                    .type("#name", "something else")
                    .press(SUBMIT);
            browser.awaitText("[role=alert]", "exactly as shown").look();
            browser.go(server.at("/my/account")).type("#current", "wrong").type("#password", "new words");
            browser.click("Change password").awaitText("[role=alert]", "").look();
            browser.run("document.querySelector('main form input[name=form]').value = 'stale'");
            browser.click("Save").awaitText("h1", "").look();
            assertThat(browser.title()).doesNotContain("Your account");
            browser.go(server.at("/admin")).awaitText("h1", "").look();
            assertThat(browser.title()).doesNotContain("Overview");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.NARROW})
    void anExpiredDatabase(int width) throws Exception {
        try (BrowserDriver browser = open(width);
                BrowserDriver admin = administrator()) {
            admin.go(server.at("/admin/plans/1")).press("#block-expiration").click("Save");
            admin.awaitText("[role=status]", "saved.");
            browser.signUp(server, "Edna End", "edna@example.com", PASSWORD);
            server.createDatabase("edna.localhost", "edna@example.com", PASSWORD);
            admin.go(server.at("/admin/databases")).click("edna.localhost");
            String day = LocalDate.now(ZoneOffset.UTC).toString();
            admin.run("document.getElementById('until').value = '" + day + "'");
            admin.type("#reason", "Paid until today").click("Change").awaitText("[role=status]", "End date changed.");
            server.tell("advance P2D");

            browser.await(
                    "its end",
                    () -> browser.go(server.client("edna", "/")).text().contains("This database has expired"));
            browser.look().picture(width == BrowserDriver.WIDE ? "expired" : "");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.NARROW})
    void emptyListsAndMissingPages(int width) {
        try (BrowserDriver browser = open(width);
                BrowserDriver admin = open(width)) {
            browser.signUp(server, "Nora Nothing", "nora@example.com", PASSWORD).awaitText("main", "No databases yet");
            browser.look()
                    .go(server.client("nothing", "/"))
                    .awaitText("h1", "Nothing here")
                    .look();
            browser.click("Go to the portal").awaitText("main", "No databases yet");
            admin.signIn(server, "admin", "admin").awaitAddress("/admin");
            for (String list :
                    List.of("databases?q=zzz", "users?q=zzz", "operations?state=failed", "audit?type=TENANT_RENAMED")) {
                admin.go(server.at("/admin/" + list)).awaitText(".none", "").look();
            }
            for (String plan : List.of("1", "2")) {
                admin.go(server.at("/admin/plans/" + plan)).press("#published").click("Save");
                admin.awaitText("[role=status]", "saved.");
            }
            browser.go(server.at("/my/start"))
                    .awaitText("main", "No plans available")
                    .look();
            browser.go(server.at("/my"))
                    .awaitText("main", "No plans are available")
                    .look();
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.NARROW})
    void mistakesOfAdministratorsAndTheirWorkOnDatabases(int width) throws Exception {
        try (BrowserDriver browser = open(width);
                BrowserDriver admin = open(width)) {
            browser.signUp(server, "Olga Owner", "olga@example.com", PASSWORD);
            server.createDatabase("olga.localhost", "olga@example.com", PASSWORD);
            admin.signIn(server, "admin", "admin").awaitAddress("/admin");
            for (String form : List.of("plans/new", "users/new", "servers/new")) {
                admin.go(server.at("/admin/" + form))
                        .press(SUBMIT)
                        .awaitText("[role=alert]", "")
                        .look();
            }
            admin.go(server.at("/admin/users?kind=all"))
                    .click("Olga Owner")
                    .type("#password", "")
                    .click("Set password");
            admin.awaitText("[role=alert]", "").look();
            admin.go(server.at("/admin/settings"))
                    .type("#base-domain", "no domain!")
                    .press(SUBMIT);
            admin.awaitText("[role=alert]", "").look();

            admin.go(server.at("/admin/databases")).click("olga.localhost");
            String page = admin.address();
            String opened = "document.querySelectorAll('details').forEach(each => each.open = true)";
            admin.run(opened);
            admin.type("#limit-model-1", "sale.order")
                    .type("#limit-most-1", "many")
                    .click("Apply changes");
            admin.awaitText("[role=alert]", "whole number").look();
            admin.go(page).run(opened);
            admin.type("#new-name", "No Name")
                    .press("form[action$='/rename'] button")
                    .awaitText("[role=alert]", "")
                    .look();
            admin.go(page).run(opened);
            admin.type("#confirm", "something else").click("Delete database");
            admin.awaitText("[role=alert]", "exactly as shown").look();
            admin.go(page)
                    .click("Suspend…")
                    .type("#reason", "An unpaid invoice")
                    .click("Suspend database")
                    .awaitText("[role=status]", "suspended")
                    .look();
            browser.go(server.at("/my")).awaitText("article", "Suspended").look();
            admin.click("Resume").awaitText("[role=status]", "Resumed");
            browser.await(
                    "the open door",
                    () -> browser.go(server.client("olga", "/nothing/here"))
                            .text()
                            .contains("Sign in"));
            browser.go(server.client("olga", "/saas_client/nothing"))
                    .awaitText("h1", "Page not found")
                    .look();
            browser.go(server.client("olga", "/"))
                    .click("Sign in via the portal")
                    .awaitText("h1", "You are inside");
            browser.go(server.client("olga", "/nothing/here"))
                    .awaitText("h1", "Page not found")
                    .look();
            admin.go(page).type("#confirm", "olga.localhost").click("Delete database");
            admin.awaitText("[role=status]", "Deleted.").look();
        }
    }

    @Test
    void runningOperationsRefreshThePageButNotAFocusedField() throws Exception {
        try (BrowserDriver admin = administrator();
                BrowserDriver other = administrator()) {
            server.tell("hold");
            other.go(server.at("/my/start"))
                    .type("#label", "slow")
                    .click("Create database")
                    .awaitAddress("/my/start/");
            admin.go(server.at("/admin/operations")).tabTo("#operations form button");
            admin.run("window.here = true");
            double begun = now(admin);
            server.tell("release");
            other.awaitText("h1", "You are inside");
            admin.await("two looks", () -> now(admin) - begun > 7000);
            assertThat(admin.active().getText()).startsWith("Cancel");

            admin.run("document.activeElement.blur()");
            admin.awaitText("#operations", "Nothing is running.");
            assertThat(admin.run("return window.here")).isEqualTo(true);
            admin.keys(Keys.TAB).checkAccessibility();
        }
    }

    private static double now(BrowserDriver browser) {
        return ((Number) browser.run("return performance.now()")).doubleValue();
    }
}
