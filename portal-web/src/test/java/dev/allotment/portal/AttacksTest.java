// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CustomDomain;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.BackupId;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.Server;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.webhook.WebhookEndpoint;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Attacks on every page and every form. */
class AttacksTest {
    private static final String EVIL = "\"><evil-tag onload='x'>&lt;&#39;</evil-tag>'";
    private static final List<String> FOR_ALL = List.of("/web/login", "/web/signup", "/web/reset_password");

    private static PortalTestServer server;
    private static Tenant tenant;
    private static Plan plan;
    private static List<String> forCustomers;
    private static List<String> forAdministrators;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.openWithMail();
        User owner = server.signUp("carla@example.com", "Carla " + EVIL);
        plan = server.saas
                .plans()
                .create(Plan.builder("Plan " + EVIL)
                        .summary("Summary " + EVIL)
                        .dbNameTemplate("client-%i.localhost")
                        .published(true)
                        .build());
        tenant = server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("garden.localhost")
                        .build())
                .tenant();
        server.saas
                .configuration()
                .apply(
                        tenant.id(),
                        ConfigurationChange.builder()
                                .install("stock")
                                .parameter("evil.key", EVIL)
                                .recordQuota("evil.model", 3, "[('name', '=', '<evil-tag>')]")
                                .build());
        server.saas.tenants().extend(tenant.id(), null, "Reason " + EVIL);
        server.saas
                .servers()
                .create(Server.builder("<evil-tag>")
                        .active(false)
                        .sequence(9)
                        .odooVersion("<b>17</b>")
                        .build());
        long operation = server.saas
                .operations()
                .list(Query.where(Filter.equal(Operation.TENANT_ID, tenant.id())))
                .get(0)
                .id()
                .value();
        OperationId campaign = server.saas
                .campaigns()
                .start(Campaign.of(CampaignChange.action("clean"))
                        .tags(List.of(EVIL))
                        .build())
                .id();
        String id = "/my/" + tenant.id();
        BackupId backup = server.saas.backups().create(tenant.id(), null).id();
        Plan other = server.saas
                .plans()
                .create(Plan.builder("Other " + EVIL)
                        .published(true)
                        .maxUsers(9)
                        .build());
        CustomDomain domain = server.saas.customDomains().add(tenant.id(), "shop.example.com");
        String webhook = server.saas
                .webhooks()
                .create(WebhookEndpoint.builder("https://hooks.example.com/?%3Cevil-tag%3E")
                        .customerId(owner.customerId())
                        .description("Hook " + EVIL)
                        .build())
                .endpoint()
                .id()
                .toString();
        server.saas
                .plans()
                .update(plan.id(), each -> each.toBuilder().maxUsers(8).build());
        forCustomers = List.of(
                "/my",
                "/my/account",
                "/my/start",
                "/my/start/" + operation,
                id,
                id + "/rename",
                id + "/delete",
                id + "/duplicate",
                id + "/plan?plan=" + other.id(),
                id + "/domains",
                id + "/domains/" + domain.id() + "/remove",
                id + "/backups",
                id + "/backups/" + backup + "/restore",
                id + "/backups/" + backup + "/in-place",
                "/my/account/webhooks",
                "/my/account/webhooks/" + webhook,
                "/my/account/webhooks/" + webhook + "/delete",
                "/my/account/erasure");
        String database = "/admin/databases/" + tenant.id();
        forAdministrators = List.of(
                "/admin",
                "/admin/backups",
                "/admin/users",
                "/admin/users?kind=all",
                "/admin/users/" + owner.id(),
                "/admin/users/" + owner.id() + "/erase",
                "/admin/users/new",
                "/admin/plans",
                "/admin/plans/" + plan.id(),
                "/admin/plans/new",
                "/admin/databases",
                "/admin/plans/" + plan.id() + "/versions",
                "/admin/plans/" + plan.id() + "/versions/1/move",
                database,
                database + "/plan?plan=" + other.id(),
                database + "/duplicate",
                database + "/server",
                database + "/activity",
                database + "/domains?host=www.example.com",
                database + "/domains/" + domain.id() + "/remove",
                database + "/backups",
                database + "/backups/" + backup + "/restore",
                database + "/backups/" + backup + "/in-place",
                database + "/backups/" + backup + "/delete",
                "/admin/servers",
                "/admin/operations",
                "/admin/operations/" + operation,
                "/admin/campaigns",
                "/admin/campaigns/new",
                "/admin/campaigns/" + campaign,
                "/admin/webhooks",
                "/admin/webhooks/" + webhook,
                "/admin/webhooks/" + webhook + "/delete",
                "/admin/audit",
                "/admin/settings");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Map<String, Answer> pages(PortalVisit visit, List<String> paths) {
        Map<String, Answer> pages = new LinkedHashMap<>();
        for (String path : paths) {
            Answer page = visit.get(path);
            assertThat(page.status()).as(path).isEqualTo(200);
            pages.put(path, page);
        }
        return pages;
    }

    private static Map<String, Answer> everyPage() {
        Map<String, Answer> pages = pages(new PortalVisit(server), FOR_ALL);
        pages.putAll(pages(PortalVisit.signedIn(server, "carla@example.com"), forCustomers));
        pages.putAll(pages(PortalVisit.signedIn(server, "admin"), forAdministrators));
        return pages;
    }

    @Test
    void sendsTheSameSecurityHeadersWithEveryPage() {
        everyPage().forEach((path, page) -> {
            assertThat(page.header("content-security-policy"))
                    .as(path)
                    .startsWith("default-src 'none'; style-src 'self'; script-src 'self'; ")
                    .contains("frame-ancestors 'none'", "base-uri 'none'", "form-action 'self'")
                    .doesNotContain("unsafe");
            assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(page.header("x-frame-options")).isEqualTo("DENY");
            assertThat(page.header("referrer-policy")).isEqualTo("same-origin");
            assertThat(page.header("cache-control")).isEqualTo("no-store");
            assertThat(page.header("content-type")).isEqualToIgnoringCase("text/html;charset=utf-8");
            assertThat(page.page().select("script:not([src]), style, [style], [onclick], [onload]"))
                    .as(path)
                    .isEmpty();
            assertThat(page.page().select("script, link[rel=stylesheet], img"))
                    .as(path)
                    .allSatisfy(each ->
                            assertThat(each.attr("src") + each.attr("href")).startsWith("/portal/static/"));
        });
    }

    @Test
    void escapesHtmlInNamesEverywhere() {
        Map<String, Answer> pages = everyPage();

        pages.forEach((path, page) -> assertThat(page.page().select("evil-tag, b:containsOwn(Stock)"))
                .as(path)
                .isEmpty());
        assertThat(pages.get("/my").text()).contains("Carla " + EVIL).contains("Plan " + EVIL);
        assertThat(pages.get("/my/start").text()).contains("Summary " + EVIL);
        assertThat(pages.get("/admin/plans").text()).contains("Plan " + EVIL);
        assertThat(pages.get("/admin/plans/" + plan.id())
                        .page()
                        .select("#summary")
                        .val())
                .isEqualTo("Summary " + EVIL);
        assertThat(pages.get("/admin/databases/" + tenant.id()).text())
                .contains("<b>Stock</b>", "evil.key", EVIL, "'<evil-tag>'");
        assertThat(pages.get("/admin/databases/" + tenant.id() + "/activity").text())
                .contains("UPDATE \"<evil-tag>\"", "SELECT '<evil-tag>'", "public.<evil-tag>");
        assertThat(PortalVisit.signedIn(server, "admin")
                        .get("/admin/audit?rows=100")
                        .text())
                .contains("Reason " + EVIL);
        assertThat(pages.get("/admin/servers").text()).contains("<evil-tag>");
        assertThat(pages.get("/admin/databases/" + tenant.id()).text()).contains("<evil-tag>Keeper</evil-tag>");
    }

    @Test
    void refusesEveryFormThatAnotherSiteSends() {
        PortalVisit stranger = new PortalVisit(server);
        PortalVisit customer = PortalVisit.signedIn(server, "carla@example.com");
        PortalVisit administrator = PortalVisit.signedIn(server, "admin");
        PortalVisit other = PortalVisit.signedIn(server, "admin");
        Tenant before = server.saas.tenants().get(tenant.id());
        String foreign =
                other.get("/my/account").forms().get(0).select("[name=form]").val();
        int forms = attack(stranger, FOR_ALL, foreign)
                + attack(customer, forCustomers, foreign)
                + attack(administrator, forAdministrators, foreign);

        assertThat(forms).as("forms that were tried").isGreaterThan(35);
        assertThat(server.saas.tenants().get(tenant.id())).isEqualTo(before);
        assertThat(customer.get("/my").status()).as("still signed in").isEqualTo(200);
        assertThat(server.emails).isEmpty();
    }

    @Test
    void refusesEveryPostWithoutAFormOfThePortal() {
        List<String> paths = server.forms();
        assertThat(paths)
                .contains("/web/reset_password/choose", "/web/signup/choose", "/my/account/email", "/my/{id}/open")
                .hasSizeGreaterThan(25);
        PortalVisit administrator = PortalVisit.signedIn(server, "admin");
        String foreign = PortalVisit.signedIn(server, "admin")
                .get("/my/account")
                .forms()
                .get(0)
                .select("[name=form]")
                .val();
        String ours = administrator
                .get("/my/account")
                .forms()
                .get(0)
                .select("[name=form]")
                .val();
        for (String path : paths) {
            String action = path.replaceAll("\\{[^}]*}", "1");
            assertRefused(administrator.post(action, Map.of()), action);
            assertRefused(administrator.post(action, Map.of("form", foreign)), action);
            assertRefused(administrator.post(action, Map.of("form", ours), "Origin", "http://shop.localhost"), action);
            assertRefused(administrator.post(action, Map.of("form", ours), "Sec-Fetch-Site", "same-site"), action);
        }
        assertThat(administrator.get("/admin").status()).as("still signed in").isEqualTo(200);
        assertThat(server.emails).isEmpty();
    }

    @Test
    void sendsTheSameSecurityHeadersWithErrors() {
        PortalVisit stranger = new PortalVisit(server);
        PortalVisit customer = PortalVisit.signedIn(server, "carla@example.com");
        Map<Integer, Answer> refused = new LinkedHashMap<>();
        refused.put(400, stranger.get("/oauth2/auth?client_id=x"));
        refused.put(403, customer.get("/admin"));
        refused.put(404, stranger.get("/my/nothing/at/all"));
        refused.put(405, customer.post("/portal/static/portal.css", Map.of()));
        refused.put(410, stranger.get("/web/reset_password/choose"));
        refused.put(421, stranger.get("/web/login", "Host", "evil.example"));
        refused.put(422, stranger.signIn("carla@example.com", "wrong"));
        refused.forEach((status, page) -> {
            assertThat(page.status()).isEqualTo(status);
            assertThat(page.header("content-security-policy"))
                    .as("%d", status)
                    .startsWith("default-src 'none'")
                    .contains("frame-ancestors 'none'")
                    .doesNotContain("unsafe");
            assertThat(page.header("x-frame-options")).as("%d", status).isEqualTo("DENY");
            assertThat(page.header("x-content-type-options")).isEqualTo("nosniff");
            assertThat(page.header("cache-control")).isEqualTo("no-store");
        });
    }

    /** Sends every form of these pages unchanged, except for what proves its origin. */
    private static int attack(PortalVisit visit, List<String> paths, String foreign) {
        int tried = 0;
        for (Answer page : pages(visit, paths).values()) {
            for (Element form : page.forms()) {
                tried++;
                String action = form.attr("action");
                String ours = form.select("[name=form]").val();
                assertThat(ours).as("the form for " + action).hasSize(43);
                assertRefused(visit.post(action, Map.of()), action);
                assertRefused(visit.post(action, Map.of("form", "")), action);
                assertRefused(visit.post(action, Map.of("form", foreign)), action);
                Map<String, String> fields = Map.of("form", ours);
                for (String origin : List.of(
                        "https://evil.example",
                        "null",
                        "http://localhost",
                        "http://localhost.evil.example",
                        "nonsense")) {
                    assertRefused(visit.post(action, fields, "Origin", origin), action);
                }
                assertRefused(visit.post(action, fields, "Sec-Fetch-Site", "cross-site"), action);
                assertRefused(visit.post(action, fields, "Sec-Fetch-Site", "same-site"), action);
                assertThat(visit.get(action).status())
                        .as("GET changes nothing at " + action)
                        .isIn(200, 303, 405);
            }
        }
        return tried;
    }

    private static void assertRefused(Answer answer, String action) {
        assertThat(answer.status()).as(action).isEqualTo(403);
        assertThat(answer.text()).contains("Nothing was changed.");
    }

    @ParameterizedTest
    @CsvSource({
        "evil.example, 421",
        "evil.example:80, 421",
        "localhost.evil.example, 421",
        "shop.localhost, 421",
        "localhost@evil.example, 400",
        "127.0.0.1, 200",
        "127.0.0.1:1, 200",
        "[::1], 200",
        "LOCALHOST, 200"
    })
    void refusesOtherHosts(String name, int status) {
        Answer page = new PortalVisit(server).get("/web/reset_password", "Host", name);

        assertThat(page.status()).isEqualTo(status);
        assertThat(page.body()).doesNotContain("evil");
        assertThat(page.header("location") + page.header("set-cookie")).doesNotContain("evil");
        // The container refuses an invalid host with its own page.
        if (status != 400) {
            assertThat(page.page().select("a:not(footer a, .terms a)").eachAttr("href"))
                    .isNotEmpty()
                    .allMatch(link -> link.startsWith("/") || link.startsWith("#") || link.equals(server.base() + "/"));
        }
    }

    @Test
    void takesNothingInEmailsFromTheRequest() throws Exception {
        PortalVisit visit = new PortalVisit(server);
        String form = visit.get("/web/reset_password")
                .forms()
                .get(0)
                .select("[name=form]")
                .val();

        visit.post(
                "/web/reset_password",
                Map.of("form", form, "login", "carla@example.com"),
                "Host",
                "127.0.0.1:9",
                "X-Forwarded-Host",
                "evil.example");

        PortalTestServer.SentEmail email = server.emails.poll(5, TimeUnit.SECONDS);
        assertThat(email).isNotNull();
        assertThat(email.link().toString()).startsWith(server.base() + "/web/reset_password?token=");
    }

    @Test
    void hidesAdministratorPagesFromCustomers() {
        PortalVisit customer = PortalVisit.signedIn(server, "carla@example.com");

        for (String path : forAdministrators) {
            assertThat(customer.get(path).status()).as(path).isEqualTo(403);
            assertThat(new PortalVisit(server).get(path).status()).as(path).isEqualTo(303);
        }
        assertThat(customer.get("/my").body()).doesNotContain("/admin");
    }

    @Test
    void hidesTheDatabasesOfOthers() {
        server.signUp("other@example.com", "Other");
        PortalVisit other = PortalVisit.signedIn(server, "other@example.com");
        Answer own = other.get("/my/account");
        String form = own.forms().get(0).select("[name=form]").val();
        String id = "/my/" + tenant.id();

        assertThat(other.get(id + "/rename").status()).isEqualTo(404);
        assertThat(other.get(id + "/delete").status()).isEqualTo(404);
        for (String action : List.of("/open", "/rename", "/delete")) {
            Map<String, String> fields = Map.of("form", form, "label", "mine", "name", tenant.name());
            assertThat(other.post(id + action, fields).status()).as(action).isEqualTo(404);
        }
        String progress = forCustomers.get(3);
        assertThat(other.get(progress).status()).isEqualTo(404);
        assertThat(other.get(progress + "/events").status()).isEqualTo(404);
        assertThat(other.get("/my").text()).doesNotContain(tenant.name());
        PortalVisit administrator = PortalVisit.signedIn(server, "admin");
        assertThat(administrator.get(id + "/delete").status())
                .as("not even an administrator's, on the customer's page")
                .isEqualTo(404);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "/my/0/rename",
                "/my/-1/rename",
                "/my/x/rename",
                "/my/99999999999999999999/rename",
                "/my/1/",
                "/my//rename",
                "/my/account/",
                "/admin/users/x",
                "/my/start/x",
                "/portal/static/..%2Fweb.xml",
                "/my/%00/rename"
            })
    void refusesInvalidPaths(String path) {
        assertThat(PortalVisit.signedIn(server, "admin").get(path).status()).isIn(400, 404);
    }

    @Test
    void theAddressOfAFormShowsThePageWithTheForm() {
        PortalVisit visit = PortalVisit.signedIn(server, "admin");
        assertThat(visit.get("/my/account/email").location()).isEqualTo("/my/account");
        assertThat(visit.get("/my/account").status()).as("still signed in").isEqualTo(200);
        assertThat(visit.get("/admin/databases/1/rename").location()).isEqualTo("/admin/databases/1");
        assertThat(visit.get("/web/logout").location()).isEqualTo("/");
        assertThat(visit.get("/oauth2/token").status()).as("for programs").isEqualTo(405);
    }

    @Test
    void refusesOtherMethods() {
        Answer answer = new PortalVisit(server).post("/my/account/nothing", Map.of());
        assertThat(answer.status()).isEqualTo(404);
        assertThat(new PortalVisit(server)
                        .post("/portal/static/portal.css", Map.of())
                        .status())
                .isEqualTo(405);
    }

    @Test
    void letsBrowsersCacheStylesheetAndScriptByVersion() {
        PortalVisit visit = new PortalVisit(server);
        for (String address :
                visit.get("/web/login").page().select("link[rel=stylesheet]").eachAttr("href")) {
            Answer file = visit.get(address);
            assertThat(file.header("cache-control")).isEqualTo("public, max-age=31536000, immutable");
            assertThat(file.header("content-type")).startsWith("text/css");
        }
        assertThat(visit.get("/portal/static/portal.js?v=old").header("cache-control"))
                .isEqualTo("no-cache");
        assertThat(visit.get("/portal/static/module-info.class").status()).isEqualTo(404);
    }
}
