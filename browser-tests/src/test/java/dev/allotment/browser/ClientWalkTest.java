// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What owners do at their client databases: get in, out, and back by the portal. */
class ClientWalkTest {
    private static final String PASSWORD = "correct horse";

    @TempDir
    static Path folder;

    private static DemoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = DemoServer.start(folder);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String client(String name, String path) {
        return "http://" + name + ".localhost:" + server.port() + path;
    }

    /** From signing up to inside the new database. */
    private static void startDatabase(Browser browser, String name) {
        browser.go(server.at("/web/signup")).type("#name", "Owner of " + name).type("#login", name + "@example.com");
        browser.type("#password", PASSWORD).press("main form button[type=submit]");
        browser.awaitText("[role=status]", "Welcome!");
        browser.go(server.at("/my/start")).type("#label", name).click("Start it");
        browser.awaitText("h1", "You are inside " + name + ".localhost");
    }

    @Test
    void inside_out_and_back_by_the_portal_whose_password_is_good_there_only() {
        try (Browser browser = Browser.open()) {
            startDatabase(browser, "walter");
            assertThat(browser.address()).isEqualTo(client("walter", "/"));
            assertThat(browser.text()).contains("Installed add-ons", "Your groups", "Parameters", "Limits");
            browser.checkAccessibility()
                    .picture("inside")
                    .dark(true)
                    .checkAccessibility()
                    .dark(false);

            browser.press("main form button[type=submit]");
            browser.awaitText("h1", "Log in").checkAccessibility().picture("client-log-in");
            browser.dark(true).checkAccessibility().dark(false);
            browser.type("#login", "walter@example.com").type("#password", PASSWORD);
            browser.press("main form button[type=submit]");
            browser.awaitText("[role=alert]", "The password of the portal does not work here")
                    .checkAccessibility();

            browser.click("Log in via SaaS Portal").awaitText("h1", "You are inside walter.localhost");

            browser.go(client("walter", "/web/session/logout"))
                    .awaitText("h1", "Log out?")
                    .checkAccessibility();
            browser.press("main form button[type=submit]").awaitText("h1", "Log in");
            browser.go(server.at("/my")).signOut().awaitText("[role=status]", "signed out");
            browser.go(client("walter", "/")).click("Log in via SaaS Portal").awaitAddress(server.at("/web/login"));
            browser.type("#login", "walter@example.com").type("#password", PASSWORD);
            browser.press("main form button[type=submit]").awaitText("h1", "You are inside walter.localhost");
        }
    }

    @Test
    void a_link_with_a_token_is_good_once_and_the_page_says_what_to_do() {
        try (Browser browser = Browser.open()) {
            startDatabase(browser, "tina");
            browser.go(client("tina", "/saas_client/new_database?access_token=used&state=%7B%7D"));
            browser.awaitText("[role=alert]", "This link has been used").checkAccessibility();
            assertThat(browser.text()).contains("You are logged in already");
        }
        try (Browser other = Browser.narrow()) {
            other.go(client("tina", "/saas_client/new_database?access_token=used&state=%7B%7D"));
            other.awaitText("[role=alert]", "This link has been used")
                    .checkAccessibility()
                    .checkWidth();
            other.click("Log in via SaaS Portal").awaitAddress(server.at("/web/login"));
            other.go(client("tina", "/web/login"))
                    .checkAccessibility()
                    .checkWidth()
                    .picture("phone-client-log-in");
        }
    }

    @Test
    void a_token_behind_the_number_sign_is_taken_out_of_the_address() {
        try (Browser browser = Browser.open()) {
            startDatabase(browser, "frank");
            browser.press("main form button[type=submit]").awaitText("h1", "Log in");
            browser.go(client("frank", "/auth_oauth/signin#access_token=stolen&state=x"));
            browser.awaitText("[role=alert]", "not begun in this browser").checkAccessibility();
            assertThat(browser.address()).isEqualTo(client("frank", "/auth_oauth/signin"));
        }
    }

    @Test
    void a_suspended_database_says_so_and_opens_again() {
        try (Browser browser = Browser.open();
                Browser admin = Browser.open()) {
            startDatabase(browser, "sue");
            admin.signIn(server, "admin", "admin").awaitAddress("/my");
            admin.go(server.at("/admin/databases")).click("sue.localhost").click("Suspend");
            browser.go(client("sue", "/"))
                    .awaitText("h1", "This database is suspended")
                    .checkAccessibility();
            browser.checkWidth().picture("suspended").click("Go to the portal").awaitAddress(server.at("/"));
        }
    }

    @Test
    void without_javascript_one_gets_in_out_and_back() {
        try (Browser browser = Browser.withoutJavaScript()) {
            browser.go(server.at("/web/signup")).type("#name", "Nora").type("#login", "nora@example.com");
            browser.type("#password", PASSWORD).press("main form button[type=submit]");
            browser.awaitText("[role=status]", "Welcome!");
            browser.go(server.at("/my/start")).type("#label", "nora").click("Start it");
            browser.awaitText("main", "Go in").click("Go in").awaitText("h1", "You are inside nora.localhost");
            browser.press("main form button[type=submit]").awaitText("h1", "Log in");
            browser.click("Log in via SaaS Portal").awaitText("h1", "You are inside nora.localhost");
        }
    }

    @Test
    void on_a_phone_nothing_is_out_of_sight() {
        try (Browser phone = Browser.narrow()) {
            startDatabase(phone, "paula");
            phone.checkWidth().checkAccessibility().picture("phone-inside");
        }
    }
}
