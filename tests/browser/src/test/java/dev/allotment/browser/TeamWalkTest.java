// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import com.icegreen.greenmail.util.GreenMail;
import com.icegreen.greenmail.util.GreenMailUtil;
import com.icegreen.greenmail.util.ServerSetup;
import dev.allotment.test.AuthenticatorApp;
import jakarta.mail.internet.MimeMessage;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
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

/** What people do with a team, a second factor and sessions. */
class TeamWalkTest {
    private static final String PASSWORD = "correct horse";
    private static final String SUBMIT = "main form button[type=submit]";
    private static final Pattern LINK = Pattern.compile("https?://\\S+/web/invitation\\?token=[A-Za-z0-9_.-]+");

    @TempDir
    private Path folder;

    private final GreenMail mail = new GreenMail(new ServerSetup(0, "127.0.0.1", "smtp"));
    private DemoServer server;

    @BeforeEach
    void start() throws Exception {
        mail.start();
        server = DemoServer.start(
                folder,
                "--secret-key",
                "a key of the tests",
                "--smtp-url=smtp://127.0.0.1:" + mail.getSmtp().getPort(),
                "--smtp-from=Example <noreply@example.com>");
    }

    @AfterEach
    void stop() {
        server.close();
        mail.stop();
    }

    private static BrowserDriver open(int width) {
        return width == BrowserDriver.SMALLEST ? BrowserDriver.smallest() : BrowserDriver.open();
    }

    /** Waits for the invitation of an address, and returns its link. */
    private String link(String address) throws Exception {
        Instant end = Instant.now().plus(Duration.ofSeconds(30));
        for (int letters = 1; Instant.now().isBefore(end); letters++) {
            assertThat(mail.waitForIncomingEmail(Duration.ofSeconds(30).toMillis(), letters))
                    .isTrue();
            MimeMessage each = mail.getReceivedMessages()[letters - 1];
            Matcher link = LINK.matcher(
                    GreenMailUtil.getBody(each).replace("=\r\n", "").replace("=3D", "="));
            if (each.getAllRecipients()[0].toString().equals(address) && link.find()) {
                return link.group();
            }
        }
        throw new AssertionError("No invitation was sent to " + address);
    }

    private static void invite(BrowserDriver browser, DemoServer server, String address, String role) {
        browser.go(server.at("/my/team/invite")).type("#email", address).press("#role-" + role);
        browser.click("Send invitation").awaitText("[role=status]", "The invitation is on its way.");
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.SMALLEST})
    void aTeamGrowsAndChanges(int width) throws Exception {
        try (BrowserDriver ann = open(width);
                BrowserDriver bob = open(width);
                BrowserDriver eve = open(width)) {
            ann.signUp(server, "Ann Archer", "ann.archer@example.com", PASSWORD);
            server.createDatabase("orchard.localhost", "ann.archer@example.com", PASSWORD);
            ann.go(server.at("/my/team"))
                    .awaitText("main", "What each role may do")
                    .look();
            ann.click("Invite a person").look();
            ann.click("Send invitation")
                    .awaitText("[role=alert]", "Enter an email address")
                    .look();
            invite(ann, server, "bob@example.com", "ADMINISTRATOR");
            ann.look();

            bob.go(link("bob@example.com")).awaitText("h1", "Join the team of Ann Archer");
            assertThat(bob.address()).doesNotContain("token");
            bob.look().press("main form button.wide").awaitText("[role=alert]", "Enter your name.");
            bob.look().type("#name", "Bob Brook").type("#password", PASSWORD).press(SUBMIT);
            bob.awaitText("[role=status]", "You are in the team now.").look();

            eve.signUp(server, "Eve Egger", "eve@example.com", PASSWORD);
            invite(ann, server, "eve@example.com", "READER");
            String forEve = link("eve@example.com");
            bob.go(forEve)
                    .awaitText("main", "you have signed in as bob@example.com")
                    .look();
            bob.click("Join as bob@example.com")
                    .awaitText("[role=alert]", "Do you want bob@example.com")
                    .look();
            eve.go(forEve).click("Join the team").awaitText("[role=status]", "You are in the team now.");
            eve.look();
            bob.click("Yes, join as")
                    .awaitText("h1", "This invitation has ended")
                    .look();

            for (String page : List.of("/my", "/my/account", "/my/team", "/my/team/leave", "/my/start")) {
                eve.go(server.at(page)).look();
            }
            eve.go(server.at("/my")).click("Show").awaitText("main", "Your role permits no other changes.");
            eve.look();
            // With the keyboard only.
            eve.go(server.at("/my")).tabTo("details.team summary").keys(Keys.ENTER);
            eve.tabTo("details.team button").keys(Keys.ENTER).awaitText("main", "No databases yet");
            assertThat(eve.element("details.team summary").getText()).contains("Eve Egger");
            eve.look();

            for (String link : List.of("Role…", "Hand over…", "Remove…")) {
                ann.go(server.at("/my/team")).click(link).awaitText("main form", "Cancel");
                ann.look();
            }
            ann.click("Remove member").awaitText("[role=status]", "The member is removed.");
            bob.go(server.at("/my/team")).awaitAddress("/web/login");
            bob.signIn(server, "bob@example.com", PASSWORD).awaitText("main", "You are in no team");
            bob.look();
        }
    }

    @Test
    void withoutJavascriptAPersonIsInvitedAndDeclines() throws Exception {
        try (BrowserDriver ann = BrowserDriver.withoutJavaScript();
                BrowserDriver bob = BrowserDriver.withoutJavaScript()) {
            ann.signUp(server, "Ann Archer", "ann.archer@example.com", PASSWORD);
            invite(ann, server, "bob@example.com", "BILLING");
            bob.go(link("bob@example.com")).click("Decline");
            bob.awaitText("main", "You have not joined the team.");
            ann.go(server.at("/my/team")).awaitText("main", "No invitation is pending.");
        }
    }

    @ParameterizedTest
    @ValueSource(ints = {BrowserDriver.WIDE, BrowserDriver.SMALLEST})
    void aSecondFactorIsSetUpAndSessionsAreEnded(int width) {
        try (BrowserDriver ann = open(width);
                BrowserDriver other = open(width)) {
            ann.signUp(server, "Ann Archer", "ann.archer@example.com", PASSWORD);
            other.signIn(server, "ann.archer@example.com", PASSWORD).awaitText("main", "No databases yet");
            ann.go(server.at("/my/account/factor")).look().click("Set it up");
            ann.awaitText("h1", "Set up a second factor").look();
            String setup = ann.element("a[href^=otpauth]").getDomAttribute("href");
            AuthenticatorApp app = new AuthenticatorApp(String.valueOf(setup), Instant::now);
            ann.type("#code", "000000")
                    .click("Confirm")
                    .awaitText("[role=alert]", "")
                    .look();
            ann.type("#code", app.code()).click("Confirm");
            ann.awaitText("main", "Your recovery codes").look();

            ann.go(server.at("/my/account/sessions"))
                    .awaitText("main", "This session")
                    .look();
            ann.click("Sign out all others").awaitText("[role=status]", "All other sessions are signed out.");
            other.go(server.at("/my")).awaitAddress("/web/login");
            other.signIn(server, "ann.archer@example.com", PASSWORD).awaitText("h1", "Enter your code");
            other.look();
        }
    }
}
