// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What people do in the portal, from signing up to the door of a new database, and what administrators do. */
class PortalWalkTest {
    private static final String PASSWORD = "correct horse";

    @TempDir
    static Path folder;

    private static DemoServer server;

    @BeforeAll
    static void start() throws Exception {
        server = DemoServer.start(folder);
        try (Browser admin = Browser.open()) {
            admin.signIn(server, "admin", "admin").awaitAddress("/my").go(server.at("/admin/plans/1"));
            admin.type("#users", "5").type("#storage", "500").click("Save").awaitText("[role=status]", "Saved.");
        }
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void signUp(Browser browser, String name, String login) {
        browser.go(server.at("/web/signup")).type("#name", name).type("#login", login);
        browser.type("#password", PASSWORD).press("main form button[type=submit]");
        browser.awaitText("[role=status]", "Welcome!");
    }

    @Test
    void from_signing_up_to_the_door_of_the_new_database() {
        try (Browser browser = Browser.open()) {
            browser.go(server.at("/")).awaitAddress("/web/login").click("Create an account");
            browser.type("#name", "Clara Client").type("#login", "clara@example.com");
            browser.type("#password", PASSWORD).press("main form button[type=submit]");
            browser.awaitText("main", "No database yet").click("Start your first database");

            browser.type("#label", "www").awaitText("#label-answer", "3 to 63");
            browser.type("#label", "clara").awaitText("#label-answer", "This name is free.");
            browser.click("Start it").awaitAddress("http://clara.localhost:" + server.port() + "/");

            browser.go(server.at("/my")).awaitText("article", "clara.localhost");
            assertThat(browser.text()).contains("Running", "Demo", "Users", "Storage");
            browser.picture("my-databases");
            browser.click("Rename").type("#label", "clarissa").press("main form button[type=submit]");
            browser.awaitText("article", "clarissa.localhost").click("Open");
            browser.awaitAddress("http://clarissa.localhost:" + server.port() + "/");

            browser.go(server.at("/my")).click("Delete").type("#name", "clarissa.localhost");
            browser.click("Delete for good")
                    .awaitText("main", "No database yet")
                    .signOut();
            browser.awaitText("[role=status]", "You have signed out.");
        }
    }

    @Test
    void without_javascript_everything_works_too() {
        try (Browser browser = Browser.withoutJavaScript()) {
            signUp(browser, "Nina Noscript", "nina@example.com");
            browser.click("Start a database").type("#label", "nina").click("Start it");
            browser.awaitText("main", "Go in");
            assertThat(browser.text()).contains("nina.localhost is ready");
            browser.click("Go in").awaitAddress("http://nina.localhost:" + server.port() + "/");
            browser.go(server.at("/my")).awaitText("article", "nina.localhost").signOut();
            browser.awaitText("[role=status]", "You have signed out.");
        }
    }

    @Test
    void an_administrator_finds_new_users_by_removing_the_filter_and_switches_signing_up_off() {
        try (Browser visitor = Browser.open();
                Browser admin = Browser.open()) {
            signUp(visitor, "Fiona Filtered", "fiona@example.com");
            visitor.signOut().awaitText("[role=status]", "You have signed out.");

            admin.signIn(server, "admin", "admin").awaitAddress("/my");
            admin.click("Administration").click("Users");
            assertThat(admin.text()).contains("Regular users only").doesNotContain("fiona@example.com");
            admin.press("#regular-only").awaitText("table", "fiona@example.com");

            admin.click("Settings").press("#external-signup").press("main form button[type=submit]");
            admin.awaitText("[role=status]", "Saved.");
            visitor.go(server.at("/web/login"));
            assertThat(visitor.text()).doesNotContain("Create an account");
            visitor.go(server.at("/web/signup")).awaitText("main", "made by the administrator");
            assertThat(visitor.elements("main form")).isEmpty();

            admin.press("#external-signup").press("main form button[type=submit]");
            admin.awaitText("[role=status]", "Saved.");
            visitor.go(server.at("/web/signup")).awaitText("main form", "Create account");
        }
    }

    @Test
    void nothing_keeps_anybody_out_of_any_page_wide_or_narrow_light_or_dark() {
        List<String> tenants = new ArrayList<>();
        try (Browser browser = Browser.open()) {
            look(browser, "/web/login", "sign-in");
            look(browser, "/web/signup", "sign-up");
            browser.click("Create account");
            browser.awaitText("[role=alert]", "Tell us your name.").checkAccessibility();
            look(browser, "/web/reset_password", "");

            signUp(browser, "Greta Grower", "greta@example.com");
            look(browser, "/my", "");
            look(browser, "/my/start", "start");
            browser.type("#label", "greenhouse")
                    .awaitText("#label-answer", "free")
                    .click("Start it");
            browser.awaitAddress("http://greenhouse.localhost");
            browser.go(server.at("/my")).awaitText("article", "greenhouse");
            String rename = browser.element("article a[href$='/rename']").getDomProperty("href");
            look(browser, "/my", "");
            look(browser, path(rename), "");
            look(browser, path(rename).replace("rename", "delete"), "");
            look(browser, "/my/account", "");
            look(browser, "/my/4711/rename", "");
            browser.signOut();
        }
        try (Browser browser = Browser.open()) {
            browser.signIn(server, "admin", "admin").awaitAddress("/my");
            for (String section :
                    List.of("overview", "databases", "users", "plans", "servers", "operations", "audit", "settings")) {
                String picture = section.equals("overview") || section.equals("users") ? "admin-" + section : "";
                look(browser, section.equals("overview") ? "/admin" : "/admin/" + section, picture);
            }
            look(browser, "/admin/plans/new", "");
            look(browser, "/admin/plans/1", "");
            look(browser, "/admin/users?all=1", "");
            look(browser, "/admin/users/new", "");
            look(browser, "/admin/users/2", "");
            browser.go(server.at("/admin/databases"));
            browser.elements("tbody th a").forEach(each -> tenants.add(path(each.getDomProperty("href"))));
            assertThat(tenants).isNotEmpty();
            look(browser, tenants.get(0), "admin-database");
        }
        try (Browser phone = Browser.narrow()) {
            for (String path : List.of("/web/login", "/web/signup", "/web/reset_password")) {
                narrow(phone, path);
            }
            phone.signIn(server, "greta@example.com", PASSWORD).awaitText("article", "greenhouse");
            phone.picture("phone-my-databases");
            for (String path : List.of("/my", "/my/start", "/my/account", "/my/4711/rename")) {
                narrow(phone, path);
            }
            phone.signOut().awaitText("[role=status]", "signed out");
            phone.signIn(server, "admin", "admin").awaitAddress("/my");
            for (String path : List.of(
                    "/admin",
                    "/admin/databases",
                    tenants.get(0),
                    "/admin/users?all=1",
                    "/admin/users/2",
                    "/admin/plans",
                    "/admin/plans/1",
                    "/admin/servers",
                    "/admin/operations",
                    "/admin/audit",
                    "/admin/settings")) {
                narrow(phone, path);
            }
        }
    }

    private static String path(String address) {
        return address.substring(address.indexOf('/', "http://".length()));
    }

    private static void look(Browser browser, String path, String picture) {
        browser.go(server.at(path)).checkAccessibility().checkWidth();
        if (!picture.isEmpty()) {
            browser.picture(picture);
        }
        browser.dark(true).checkAccessibility();
        if (picture.equals("admin-overview")) {
            browser.picture("dark-" + picture);
        }
        browser.dark(false);
    }

    private static void narrow(Browser phone, String path) {
        phone.go(server.at(path)).checkAccessibility().checkWidth();
    }
}
