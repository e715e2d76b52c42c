// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;

/** Owners sign in to their tenant databases, sign out, and sign in again through the portal. */
class ClientWalkTest {
    private static final String PASSWORD = "correct horse";
    private static final String SIGN_OUT = "header form button[type=submit]";
    private static final String SUBMIT = "main form button[type=submit]";

    @TempDir
    static Path folder;

    private static DemoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = DemoServer.staged(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void signUp(BrowserDriver browser, String name) {
        browser.signUp(server, "Owner of " + name, name + "@example.com", PASSWORD);
    }

    /** From signing up to inside the new database, with the add-ons of a shop in it. */
    private static void startDatabase(BrowserDriver browser, String name) {
        signUp(browser, name);
        chooseShop(browser);
        browser.type("#label", name).click("Create database");
        browser.awaitText("h1", "You are inside " + name + ".localhost");
    }

    /** It is offered as soon as its template is built. */
    private static void chooseShop(BrowserDriver browser) {
        browser.await(
                        "the plan Shop",
                        () -> browser.go(server.at("/my/start")).text().contains("Shop"))
                .press(".choice:nth-child(2)");
    }

    @Test
    void signsInWithALinkSignsOutAndSignsInThroughThePortal() {
        try (BrowserDriver browser = BrowserDriver.open()) {
            startDatabase(browser, "walter");
            assertThat(browser.address()).isEqualTo(server.client("walter", "/"));
            assertThat(browser.text())
                    .contains("Installed add-ons", "Sales", "Warehouse", "Point of Sale", "point_of_sale 1.0")
                    .contains("Your groups", "base.group_user", "Parameters", "Limits");
            browser.look().picture("inside");
            browser.dark(true).picture("dark-inside").dark(false);

            browser.press(SIGN_OUT);
            browser.awaitText("h1", "Sign in").look().picture("tenant-sign-in");
            browser.type("#login", "walter@example.com").type("#password", PASSWORD);
            browser.press(SUBMIT);
            browser.awaitText("[role=alert]", "Your portal password does not work here")
                    .look();

            browser.click("Sign in via the portal").awaitText("h1", "You are inside walter.localhost");

            browser.go(server.client("walter", "/web/session/logout"))
                    .awaitText("h1", "Sign out?")
                    .look();
            browser.press(SUBMIT).awaitText("h1", "Sign in");
            browser.go(server.at("/my")).signOut().awaitText("[role=status]", "signed out");
            browser.go(server.client("walter", "/"))
                    .click("Sign in via the portal")
                    .awaitAddress(server.at("/web/login"));
            browser.type("#login", "walter@example.com").type("#password", PASSWORD);
            browser.press(SUBMIT).awaitText("h1", "You are inside walter.localhost");
            browser.click("My databases").awaitText("article", "walter.localhost");
        }
    }

    @Test
    void aLinkWithATokenIsGoodOnceAndThePageSaysWhatToDo() throws Exception {
        try (BrowserDriver browser = BrowserDriver.open();
                BrowserDriver other = BrowserDriver.narrow()) {
            signUp(browser, "tina");
            String url = server.createDatabase("tina.localhost", "tina@example.com", PASSWORD);
            assertThat(url).contains("/saas_client/new_database?access_token=");
            browser.go(url).awaitText("h1", "You are inside tina.localhost");
            assertThat(browser.address()).isEqualTo(server.client("tina", "/"));

            browser.go(url)
                    .awaitText("[role=alert]", "This link has already been used")
                    .look();
            assertThat(browser.text()).contains("You are already signed in");
            browser.click("Continue").awaitText("h1", "You are inside tina.localhost");

            other.go(url)
                    .awaitText("[role=alert]", "This link has already been used")
                    .look();
            other.click("Sign in via the portal").awaitAddress(server.at("/web/login"));
            other.go(server.client("tina", "/web/login")).look().picture("phone-tenant-sign-in");
        }
    }

    @Test
    void aLinkWithATokenIsGoodForAnHourAndThePageSaysWhatToDo() throws Exception {
        try (BrowserDriver browser = BrowserDriver.open()) {
            signUp(browser, "otto");
            String url = server.createDatabase("otto.localhost", "otto@example.com", PASSWORD);
            server.tell("advance PT61M");

            browser.go(url).awaitText("[role=alert]", "more than an hour old").look();
            assertThat(browser.text()).doesNotContain("You are inside");
            browser.go(server.client("otto", "/")).awaitText("h1", "Sign in");
            browser.click("Sign in via the portal").awaitText("h1", "You are inside otto.localhost");
        }
    }

    @Test
    void aTokenAfterTheNumberSignIsRemovedFromTheAddress() {
        try (BrowserDriver browser = BrowserDriver.open()) {
            startDatabase(browser, "frank");
            browser.press(SIGN_OUT).awaitText("h1", "Sign in");
            browser.go(server.client("frank", "/auth_oauth/signin#access_token=stolen&state=x"));
            browser.awaitText("[role=alert]", "started in another browser").look();
            assertThat(browser.address()).isEqualTo(server.client("frank", "/auth_oauth/signin"));
        }
    }

    @Test
    void aSuspendedDatabaseSaysSoAndOpensAgain() {
        try (BrowserDriver browser = BrowserDriver.open();
                BrowserDriver admin = BrowserDriver.open()) {
            startDatabase(browser, "sue");
            admin.signIn(server, "admin", "admin").awaitAddress("/admin");
            admin.go(server.at("/admin/databases")).click("sue.localhost").click("Suspend…");
            admin.type("#reason", "An unpaid invoice").click("Suspend database");
            admin.awaitText("[role=status]", "suspended");
            browser.go(server.client("sue", "/"))
                    .awaitText("h1", "This database is suspended")
                    .look();
            browser.picture("suspended").click("Go to the portal").awaitText("article", "Suspended");

            admin.click("Resume").awaitText("[role=status]", "Resumed");
            browser.await(
                    "the open door",
                    () -> browser.go(server.client("sue", "/")).text().contains("Sign in"));
            browser.click("Sign in via the portal").awaitText("h1", "You are inside sue.localhost");
        }
    }

    @Test
    void signingInAndOutWorksWithoutJavascript() {
        try (BrowserDriver browser = BrowserDriver.withoutJavaScript()) {
            signUp(browser, "nora");
            browser.go(server.at("/my/start")).type("#label", "nora").click("Create database");
            browser.awaitText("main", "Open database")
                    .click("Open database")
                    .awaitText("h1", "You are inside nora.localhost");
            browser.press(SIGN_OUT).awaitText("h1", "Sign in");
            browser.click("Sign in via the portal").awaitText("h1", "You are inside nora.localhost");
        }
    }

    @Test
    void theKeyboardIsEnoughFromSigningUpToInsideAndBack() {
        try (BrowserDriver browser = BrowserDriver.open()) {
            browser.go(server.at("/")).awaitAddress("/web/login");
            browser.tabTo("a[href$='/web/signup']").keys(Keys.ENTER);
            browser.awaitAddress("/web/signup").tabTo("#name").keys("Kay Board");
            browser.tabTo("#login").keys("kay@example.com").tabTo("#password").keys(PASSWORD);
            browser.tabTo(SUBMIT).keys(Keys.SPACE);
            browser.awaitText("main", "No databases yet").tabTo("main a.button").keys(Keys.ENTER);
            browser.awaitAddress("/my/start");
            browser.await(
                    "the plan Shop",
                    () -> browser.go(server.at("/my/start")).text().contains("Shop"));
            browser.tabTo("input[name=plan]").keys(Keys.ARROW_DOWN);
            assertThat(browser.element("input[name=plan]:checked").getDomProperty("value"))
                    .isEqualTo("2");
            browser.tabTo("#label").keys("kay").awaitText("#label-answer", "This name is available.");
            browser.tabTo(SUBMIT).keys(Keys.ENTER);
            browser.awaitText("h1", "You are inside kay.localhost");

            browser.tabTo(SIGN_OUT).keys(Keys.ENTER).awaitText("h1", "Sign in");
            browser.tabTo("a.button").keys(Keys.ENTER);
            browser.awaitText("h1", "You are inside kay.localhost");
        }
    }

    @Test
    void everythingIsVisibleOnAPhone() {
        try (BrowserDriver phone = BrowserDriver.narrow()) {
            startDatabase(phone, "paula");
            phone.look().picture("phone-inside");
            phone.go(server.client("paula", "/web/session/logout")).look();
            phone.press(SUBMIT).awaitText("h1", "Sign in").look();
        }
    }
}
