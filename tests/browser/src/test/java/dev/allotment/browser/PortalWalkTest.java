// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.format.DateTimeFormatter;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.openqa.selenium.Keys;
import org.openqa.selenium.WebElement;

/** What people do in the portal, from signing up to the door of a new database, and what administrators do. */
class PortalWalkTest {
    private static final String PASSWORD = "correct horse";
    private static final String SUBMIT = "main form button[type=submit]";

    @TempDir
    static Path folder;

    private static DemoServer server;

    @BeforeAll
    static void start() throws Exception {
        Path backups = Files.createDirectory(folder.resolve("backups"));
        server = DemoServer.withPast(
                folder, "--backup-folder", backups.toString(), "--secret-key", "a key of the tests");
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static void signUp(BrowserDriver browser, String name, String login) {
        browser.signUp(server, name, login, PASSWORD);
    }

    @Test
    void fromSigningUpToTheNewDatabase() {
        try (BrowserDriver browser = BrowserDriver.open()) {
            browser.go(server.at("/")).awaitAddress("/web/login").click("Create an account");
            browser.type("#name", "Clara Client").type("#login", "clara@example.com");
            browser.type("#password", PASSWORD).press(SUBMIT);
            browser.awaitText("main", "No databases yet").click("Create your first database");

            browser.type("#label", "www").awaitText("#label-answer", "reserved for the provider");
            browser.type("#label", "clara").awaitText("#label-answer", "This name is available.");
            browser.click("Create database").awaitAddress(server.client("clara", "/"));

            browser.go(server.at("/my")).awaitText("article", "clara.localhost");
            assertThat(browser.text()).contains("Running", "Demo", "Users", "Storage");
            browser.click("Rename").type("#label", "clarissa").press(SUBMIT);
            browser.awaitText("article", "clarissa.localhost").click("Open");
            browser.awaitAddress(server.client("clarissa", "/"));

            browser.go(server.at("/my")).click("Delete").type("#name", "clarissa.localhost");
            browser.click("Delete database")
                    .awaitText("main", "No databases yet")
                    .signOut();
            browser.awaitText("[role=status]", "You have signed out.");
        }
    }

    @Test
    void withoutJavascriptEverythingWorksToo() {
        try (BrowserDriver browser = BrowserDriver.withoutJavaScript()) {
            signUp(browser, "Nina Noscript", "nina@example.com");
            browser.click("New database").awaitText(".choices", "Address: name.localhost");
            browser.type("#label", "nina").click("Create database");
            browser.awaitText("main", "Open database");
            assertThat(browser.text()).contains("nina.localhost is ready");
            browser.click("Open database").awaitAddress(server.client("nina", "/"));

            browser.go(server.at("/my")).awaitText("article", "nina.localhost").click("Rename");
            browser.type("#label", "No Name").press(SUBMIT).awaitText("[role=alert]", "A name has lowercase");
            browser.type("#label", "ninetta").press(SUBMIT).awaitText("article", "ninetta.localhost");
            browser.click("Your account").type("#name", "Nina Renamed").click("Save");
            browser.awaitText("[role=status]", "saved").type("#current", PASSWORD);
            browser.type("#password", "another horse").click("Change password");
            browser.awaitText("[role=status]", "assword");
            browser.go(server.at("/my"))
                    .click("Delete")
                    .type("#name", "ninetta.localhost")
                    .click("Delete database");
            browser.awaitText("main", "No databases yet").signOut();
            browser.awaitText("[role=status]", "You have signed out.");
            browser.signIn(server, "nina@example.com", "another horse").awaitText("main", "No databases yet");
        }
    }

    @Test
    void timesAreShownInTheZoneOfTheBrowser() {
        try (BrowserDriver admin = BrowserDriver.open()) {
            admin.in("Asia/Tokyo").signIn(server, "admin", "admin").awaitAddress("/admin");
            WebElement time =
                    admin.go(server.at("/admin/audit")).elements("tbody time").get(0);
            Instant at = Instant.parse(time.getDomAttribute("datetime"));
            assertThat(time.getText())
                    .isEqualTo(DateTimeFormatter.ofPattern("d MMM yyyy, HH:mm 'GMT+9'", Locale.ENGLISH)
                            .withZone(ZoneId.of("Asia/Tokyo"))
                            .format(at));
            assertThat(time.getDomAttribute("title")).endsWith(" UTC");
        }
    }

    @Test
    void withoutJavascriptAdministratorsWorkToo() {
        try (BrowserDriver admin = BrowserDriver.withoutJavaScript()) {
            admin.signIn(server, "admin", "admin").awaitAddress("/admin").click("Administration");
            admin.click("Plans").click("New plan").type("#name", "Plain").type("#users", "3");
            admin.type("#dbname", "plain-%i.localhost").click("Create plan");
            admin.awaitText("[role=status]", "Plan created.").click("Users").click("New user");
            admin.type("#name", "Paul Plain").type("#login", "paul@example.com").type("#password", "some words");
            admin.click("Create user").awaitText("[role=status]", "User created.");
            admin.click("Databases")
                    .type("#q", "archer")
                    .press("form.filters .search button")
                    .awaitAddress("q=archer")
                    .click("archer.localhost");
            admin.elements("summary").get(0).sendKeys(Keys.SPACE);
            admin.elements("summary").get(3).sendKeys(Keys.SPACE);
            admin.type("#param-key-1", "shop.colour")
                    .type("#param-value-1", "green")
                    .click("Apply changes");
            admin.awaitText("[role=status]", "Changes applied.");
            admin.click("Servers").click("default").type("#capacity", "50").click("Save");
            admin.awaitText("[role=status]", "saved.").click("Servers").awaitText("table", "of 50");
            admin.click("Audit log").awaitText("table", "archer.localhost");
        }
    }

    @Test
    void fieldsInOneRowAreAlignedWithAndWithoutHintsAndProblems() {
        try (BrowserDriver admin = BrowserDriver.open()) {
            admin.signIn(server, "admin", "admin").awaitAddress("/admin");
            admin.go(server.at("/admin/plans/new"));
            assertThat(rowsOfFields(admin)).isGreaterThan(3);
            assertThat(misaligned(admin)).isEmpty();

            admin.type("#name", "Crooked")
                    .type("#users", "many")
                    .type("#trial", "-1")
                    .click("Create plan");
            admin.awaitText("[role=alert]", "must be a whole number");
            assertThat(admin.elements(".grid .problem")).hasSize(2);
            assertThat(misaligned(admin)).isEmpty();
        }
    }

    /** A row ends where the next field is not to the right of the one before. */
    private static final String ROWS = "const rows = [];"
            + "for (const grid of document.querySelectorAll('.grid')) {"
            + "  let edge = Infinity;"
            + "  for (const field of grid.querySelectorAll(':scope > .field')) {"
            + "    const left = field.getBoundingClientRect().left;"
            + "    if (left > edge) { rows.at(-1).push(field); } else { rows.push([field]); }"
            + "    edge = left;"
            + "  }"
            + "}"
            + "const wide = rows.filter((fields) => fields.length > 1);";

    /** The number of rows with more than one field. */
    private static int rowsOfFields(BrowserDriver browser) {
        return ((Number) browser.run(ROWS + "return wide.length")).intValue();
    }

    /** Describes the rows in which inputs, or labels, do not start at the same height. */
    private static String misaligned(BrowserDriver browser) {
        return (String) browser.run(ROWS
                + "const tops = (fields, part) => new Set(fields.map((each) =>"
                + "  Math.round(each.querySelector(part).getBoundingClientRect().top)));"
                + "return wide.filter((fields) => ['label', '.input'].some((part) => tops(fields, part).size > 1))"
                + "  .map((fields) => fields.map((each) => each.querySelector('label').textContent.trim()).join(', '))"
                + "  .join('; ')");
    }

    @Test
    void anAdministratorFindsNewUsersWithoutTheFilterAndSwitchesSignUpOff() {
        try (BrowserDriver visitor = BrowserDriver.open();
                BrowserDriver admin = BrowserDriver.open()) {
            signUp(visitor, "Fiona Filtered", "fiona@example.com");
            visitor.signOut().awaitText("[role=status]", "You have signed out.");

            admin.signIn(server, "admin", "admin").awaitAddress("/admin");
            admin.click("Administration").click("Users");
            admin.awaitText("table", "fiona@example.com");
            assertThat(admin.text()).contains("Customers");

            admin.click("Settings").press("#external-signup").press(SUBMIT);
            admin.awaitText("[role=status]", "saved.");
            visitor.go(server.at("/web/login"));
            assertThat(visitor.text()).doesNotContain("Create an account");
            visitor.go(server.at("/web/signup")).awaitText("main", "the administrator creates new accounts");
            assertThat(visitor.elements("main form")).isEmpty();

            admin.press("#external-signup").press(SUBMIT);
            admin.awaitText("[role=status]", "saved.");
            visitor.go(server.at("/web/signup")).awaitText("main form", "Create account");
        }
    }

    @Test
    void allPagesAreAccessibleWideAndNarrowLightAndDark() {
        List<String> tenants = new ArrayList<>();
        try (BrowserDriver browser = BrowserDriver.open()) {
            look(browser, "/web/login", "sign-in");
            look(browser, "/web/signup", "sign-up");
            look(browser, "/web/reset_password", "");

            browser.signIn(server, "archer@example.com", PASSWORD).awaitText("article", "archer.localhost");
            look(browser, "/my", "my-databases");
            look(browser, "/my/start", "start");
            String rename = browser.go(server.at("/my"))
                    .element("article a[href$='/rename']")
                    .getDomProperty("href");
            look(browser, path(rename), "");
            look(browser, path(rename).replace("rename", "delete"), "");
            browser.go(server.at(path(rename).replace("/rename", "/backups")))
                    .click("Back up now")
                    .awaitText("[role=status]", "The backup has started.");
            for (String page : OWN) {
                look(browser, path(rename).replace("/rename", page), "");
            }
            look(browser, "/my/account", "");
            look(browser, "/my/account/webhooks", "");
            look(browser, "/my/4711/rename", "");
            browser.signOut();
        }
        try (BrowserDriver browser = BrowserDriver.open()) {
            browser.signIn(server, "admin", "admin").awaitAddress("/admin");
            for (String section : ADMINISTRATION) {
                look(
                        browser,
                        section.equals("overview") ? "/admin" : "/admin/" + section,
                        section.equals("operations") ? "" : "admin-" + section);
            }
            browser.go(server.at("/admin/databases?q=archer"));
            browser.elements("tbody th a").forEach(each -> tenants.add(path(each.getDomProperty("href"))));
            assertThat(tenants).isNotEmpty();
            look(browser, tenants.get(0), "admin-database");
            look(browser, "/admin/webhooks", "");
            look(browser, "/admin/plans/1", "admin-plan");
            for (String page : ACTIONS) {
                look(browser, tenants.get(0) + page, "");
            }
            for (String path : FORMS) {
                look(browser, path, "");
            }
        }
        try (BrowserDriver phone = BrowserDriver.narrow()) {
            for (String path : List.of("/web/login", "/web/signup", "/web/reset_password")) {
                narrow(phone, path);
            }
            phone.signIn(server, "archer@example.com", PASSWORD).awaitText("article", "archer");
            phone.picture("phone-my-databases");
            String rename = path(phone.element("article a[href$='/rename']").getDomProperty("href"));
            for (String path : List.of(
                    "/my", "/my/start", "/my/account", "/my/4711/rename", rename, rename.replace("rename", "delete"))) {
                narrow(phone, path);
            }
            for (String page : OWN) {
                narrow(phone, rename.replace("/rename", page));
            }
            phone.signOut().awaitText("[role=status]", "signed out");
            phone.signIn(server, "admin", "admin").awaitAddress("/admin");
            for (String section : ADMINISTRATION) {
                narrow(phone, section.equals("overview") ? "/admin" : "/admin/" + section);
            }
            narrow(phone, tenants.get(0));
            narrow(phone, "/admin/plans/1");
            for (String page : ACTIONS) {
                narrow(phone, tenants.get(0) + page);
            }
            for (String path : FORMS) {
                narrow(phone, path);
            }
            phone.go(server.at("/admin")).picture("phone-admin-overview");
        }
    }

    /** The pages of a database for its owner. */
    private static final List<String> OWN = List.of("", "/plan", "/plan?plan=2", "/domains", "/duplicate", "/backups");
    /** The pages of actions on a database for administrators. */
    private static final List<String> ACTIONS = List.of(
            "/plan?plan=2", "/domains?host=shop.example.com", "/domains", "/duplicate", "/backups", "/activity");

    private static final List<String> ADMINISTRATION = List.of(
            "overview", "databases", "users", "plans", "servers", "operations", "campaigns", "audit", "settings");
    private static final List<String> FORMS = List.of(
            "/admin/plans/new",
            "/admin/plans/1/versions",
            "/admin/operations/1",
            "/admin/campaigns/new",
            "/admin/campaigns/new?change=addons",
            "/admin/users?kind=all",
            "/admin/users/new",
            "/admin/users/2",
            "/admin/servers/new",
            "/admin/servers/1");

    private static String path(String address) {
        return address.substring(address.indexOf('/', "http://".length()));
    }

    private static void look(BrowserDriver browser, String path, String picture) {
        browser.go(server.at(path)).look();
        if (!picture.isEmpty()) {
            browser.picture(picture);
        }
        if (picture.equals("admin-overview") || picture.equals("my-databases")) {
            browser.dark(true).picture("dark-" + picture).dark(false);
        }
    }

    private static void narrow(BrowserDriver phone, String path) {
        phone.go(server.at(path)).look();
    }
}
