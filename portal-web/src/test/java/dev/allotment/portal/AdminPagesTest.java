// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Entitlement;
import dev.allotment.Filter;
import dev.allotment.OperationId;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Price;
import dev.allotment.Query;
import dev.allotment.Role;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.fleet.Node;
import dev.allotment.portal.PortalVisit.Answer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class AdminPagesTest {
    private static PortalTestServer server;
    private static PortalVisit admin;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.open();
        admin = PortalVisit.signedIn(server, "admin");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Tenant database(String name) {
        User owner = server.signUp(name + "@example.com", "Owner of " + name);
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(server.plan("Plan of " + name))
                        .owner(owner)
                        .name(name)
                        .build())
                .tenant();
    }

    @Test
    void thePageOfADatabaseOpensOnlyTheFormThatWasRefused() {
        Tenant tenant = database("folded.localhost");
        String path = "/admin/databases/" + tenant.id();
        Answer page = admin.get(path);
        assertThat(page.page().select(".fold > details")).hasSizeGreaterThan(5);
        assertThat(page.page().select(".fold > details[open]")).isEmpty();
        assertThat(page.page().select(".fold h3").eachText())
                .as("what is rare and dangerous is last")
                .endsWith("Rename", "Delete");
        assertThat(page.page().select(".head .actions > *"))
                .as("at most three buttons")
                .hasSizeLessThan(4);

        Answer refused = page.submit(path + "/delete", "confirm", "another");
        assertThat(refused.page().select(".fold:has(> details[open]) h3").eachText())
                .containsExactly("Delete");
    }

    @Test
    void showsWhatADatabaseDoesNow() {
        Tenant tenant = database("slow.localhost");
        String path = "/admin/databases/" + tenant.id() + "/activity";
        Answer page = admin.get(admin.get("/admin/databases/" + tenant.id())
                .page()
                .select(".chips a:contains(Activity)")
                .attr("href"));

        assertThat(page.status()).isEqualTo(200);
        assertThat(page.page().select("[aria-label=Facts] dd").eachText()).startsWith("2 of 20", "98 %");
        assertThat(page.page().select("[aria-label=Sessions] tbody tr").eachText())
                .satisfiesExactly(
                        waits -> assertThat(waits).startsWith("17 active 1 min 9 min Lock: relation 18, 19 UPDATE"),
                        other -> assertThat(other).startsWith("18 idle, not of the application"));
        assertThat(page.page()
                        .select("[aria-label='Slowest statements'] tbody td")
                        .eachText())
                .containsExactly("1,200", "40 ms");
        assertThat(page.page().select("[aria-label='Largest tables'] tbody td").eachText())
                .startsWith("3 MB", "5,000");
        assertThat(PortalVisit.signedIn(server, "slow.localhost@example.com")
                        .get(path)
                        .status())
                .isEqualTo(403);
    }

    @Test
    void aListOfDatabasesLinksToPlansAndOwners() {
        Tenant tenant = database("linked.localhost");
        String owner = "/admin/users/" + tenant.ownerId();
        Answer list = admin.get("/admin/databases?q=linked.localhost");
        assertThat(list.page().select("td[data-label=Plan] a").attr("href"))
                .isEqualTo("/admin/plans/" + tenant.planId());
        assertThat(list.page().select("td[data-label=Owner] a").attr("href")).isEqualTo(owner);
        assertThat(admin.get(owner)
                        .page()
                        .select("[aria-label=Databases] th[scope=col]")
                        .eachText())
                .contains("Plan")
                .doesNotContain("Owner");
    }

    @Test
    void showsTheAccountsOfCustomersFirst() {
        server.signUp("found@example.com", "Found At Once");

        Answer customers = admin.get("/admin/users?q=found%40");
        assertThat(customers.page().select("tbody tr").eachText())
                .singleElement()
                .satisfies(row -> assertThat(row).contains("Found At Once", "found@example.com", "Customer"));
        assertThat(customers.page().select(".chip[aria-current]").text()).isEqualTo("Customers");
        Answer staff =
                admin.get(customers.page().select(".chip:contains(Operators)").attr("href"));
        assertThat(staff.page().select("tbody tr")).isEmpty();
        Answer everyone =
                admin.get(staff.page().select("a:contains(Search everyone)").attr("href"));
        assertThat(everyone.text()).contains("Found At Once");
        assertThat(admin.get("/admin/users?kind=staff")
                        .page()
                        .select("tbody td[data-label=Login]")
                        .eachText())
                .contains("admin")
                .doesNotContain("found@example.com", "__system__");
        assertThat(admin.get("/admin/users").text()).contains("found@example.com");
    }

    @Test
    void searchesForTextAndNotForPatterns() {
        server.signUp("per_cent@example.com", "100% Sure");

        assertThat(admin.get("/admin/users?kind=all&q=100%25").page().select("tbody tr"))
                .hasSize(1);
        assertThat(admin.get("/admin/users?kind=all&q=%25").page().select("tbody tr"))
                .hasSize(1);
        assertThat(admin.get("/admin/users?kind=all&q=per_").page().select("tbody tr"))
                .hasSize(1);
        assertThat(admin.get("/admin/users?kind=all&q=%5C").page().select("tbody tr"))
                .isEmpty();
    }

    @Test
    void keepsTheFiltersOfAListOnItsPages() {
        for (int i = 0; i < 30; i++) {
            server.signUp("page" + i + "@paged.example", "Paged " + i);
        }
        Answer first = admin.get("/admin/users?kind=all&q=paged.example");
        assertThat(first.text()).contains("1–25 of 30");
        Answer second = admin.get(first.page().select("a[rel=next]").attr("href"));
        assertThat(second.text()).contains("26–30 of 30");
        assertThat(second.page().select("tbody tr")).hasSize(5);
        assertThat(second.page().select("a[rel=next]")).isEmpty();
        assertThat(admin.get("/admin/users?kind=all&q=paged.example&page=99").status())
                .isEqualTo(200);
    }

    @Test
    void createsChangesAndDeactivatesUsers() {
        Answer made = admin.get("/admin/users/new")
                .submit("/admin/users/new", "name", "Made", "login", "made@example.com", "password", "first words");
        User user = server.saas
                .accounts()
                .list(Query.where(Filter.equal(User.LOGIN, "made@example.com")))
                .get(0);
        String path = "/admin/users/" + user.id();
        assertThat(made.location()).isEqualTo(path + "?done=created");
        assertThat(user.role()).isEqualTo(Role.PORTAL);
        PortalVisit other = new PortalVisit(server);
        assertThat(other.signIn("made@example.com", "first words").status()).isEqualTo(303);

        assertThat(made.follow()
                        .submit(path + "/password", "password", "second words")
                        .status())
                .isEqualTo(303);
        assertThat(other.get("/my").status()).isEqualTo(303);
        assertThat(admin.get(path)
                        .submit(path, "name", "Renamed", "role", "SUPPORT", "active", "")
                        .status())
                .isEqualTo(303);
        assertThat(server.saas.accounts().get(user.id()))
                .satisfies(changed -> assertThat(changed.name()).isEqualTo("Renamed"))
                .satisfies(changed -> assertThat(changed.active()).isFalse())
                .satisfies(changed -> assertThat(changed.role()).isEqualTo(Role.SUPPORT));
    }

    @Test
    void administratorsCannotLockThemselvesOut() {
        User self = server.saas
                .accounts()
                .list(Query.where(Filter.equal(User.LOGIN, "admin")))
                .get(0);
        String path = "/admin/users/" + self.id();

        assertThat(admin.get(path)
                        .submit(path, "name", "Administrator", "active", "", "role", "")
                        .status())
                .isEqualTo(303);
        assertThat(server.saas.accounts().get(self.id())).satisfies(user -> {
            assertThat(user.active()).isTrue();
            assertThat(user.role()).isEqualTo(Role.ADMINISTRATOR);
        });
    }

    @Test
    void marksTheSystemAccountAndDoesNotLinkIt() {
        Element row = admin.get("/admin/users?kind=all&q=__system__")
                .page()
                .select("tbody tr")
                .first();

        assertThat(row.text()).contains("__system__", "System").doesNotContain("Administrator ");
        assertThat(row.select("a")).isEmpty();
    }

    @Test
    void factsOfADatabaseLinkToTheirPages() {
        Tenant tenant = database("facts.localhost");

        assertThat(admin.get("/admin/databases/" + tenant.id())
                        .page()
                        .select(".facts a")
                        .eachAttr("href"))
                .contains(
                        "/admin/plans/" + tenant.planId(),
                        "/admin/users/" + tenant.ownerId(),
                        "/admin/servers/" + tenant.serverId());
    }

    @Test
    void aNoticeIsShownOnceToTheOneWhoDidIt() {
        Plan plan = server.plan("Noticed");
        String path = "/admin/plans/" + plan.id();
        Answer saved = admin.get(path).submit(path, "summary", "Changed");

        assertThat(admin.get(path + "?done=saved").page().select(".notice").attr("role"))
                .isEqualTo("status");
        assertThat(admin.get(path + "?done=saved").page().select(".notice"))
                .as("the page was loaded again")
                .isEmpty();
        assertThat(saved.follow().page().select(".notice")).isEmpty();
        assertThat(PortalVisit.signedIn(server, "admin")
                        .get("/admin/plans?done=deleted")
                        .page()
                        .select(".notice"))
                .as("a link from another person")
                .isEmpty();
    }

    @Test
    void saysWhatIsWrongInAllSettingsAndStoresNothing() {
        Answer refused = admin.get("/admin/settings")
                .submit("/admin/settings", "retention", "-1", "notify", "many", "base-domain", "a b");

        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("[role=alert] a").eachAttr("href"))
                .containsExactlyInAnyOrder("#retention", "#notify", "#base-domain");
        assertThat(refused.page().select("[role=alert]").text())
                .contains("0 to delete databases at once")
                .doesNotContain("saas_portal", "Parameter");
        assertThat(server.saas.parameters().value(Parameter.RETENTION_DAYS).orElse("0"))
                .isEqualTo("0");
    }

    @Test
    void createsAPlanPublishesItBuildsItsTemplateAndDeletesIt() {
        Answer form = admin.get("/admin/plans/new");
        assertThat(form.submit("/admin/plans/new", "name", "", "users", "many", "backups", "daily", "window", "22:00")
                        .page()
                        .select("[role=alert] a")
                        .eachAttr("href"))
                .containsExactlyInAnyOrder("#name", "#users", "#backups", "#window");
        Answer made = form.submit(
                "/admin/plans/new",
                "name",
                "Gold",
                "users",
                "7",
                "storage",
                "300",
                "trial",
                "48",
                "price",
                "12.5 EUR/month",
                "billing",
                "https://pay.example.com/{customer}",
                "entitlements",
                "api=true, projects=10",
                "dbname",
                "gold-%i.localhost");
        String path = made.location().substring(0, made.location().indexOf('?'));
        Plan plan = server.saas
                .plans()
                .list(Query.where(Filter.equal(Plan.NAME, "Gold")))
                .get(0);
        assertThat(plan.published()).isFalse();
        assertThat(plan.maxUsers()).isEqualTo(7);
        assertThat(plan.storageLimitMb()).isEqualTo(300);
        assertThat(plan.trialHours()).isEqualTo(48);
        assertThat(plan.price()).isEqualTo(Price.parse("12.50 EUR/month"));
        assertThat(plan.billingUrl()).isEqualTo("https://pay.example.com/{customer}");
        assertThat(plan.entitlements()).isEqualTo(Map.of("api", Entitlement.of(true), "projects", Entitlement.of(10)));
        assertThat(admin.get(path)
                        .submit(path, "price", "12 EUR", "billing", "", "entitlements", "api=true, api=false")
                        .page()
                        .select("[role=alert] a")
                        .eachAttr("href"))
                .containsExactlyInAnyOrder("#price", "#entitlements");
        assertThat(admin.get(path)
                        .submit(path, "billing", "http://pay.example.com")
                        .status())
                .isEqualTo(422);

        server.saas
                .plans()
                .update(
                        plan.id(),
                        each -> each.toBuilder()
                                .attribute("billing.price", "p1")
                                .build());
        admin.get(path)
                .submit(
                        path,
                        "published",
                        "true",
                        "summary",
                        "Shines",
                        "backups",
                        "every 24h, keep 7d",
                        "server-labels",
                        "region=eu");
        assertThat(server.saas.plans().get(plan.id())).satisfies(changed -> {
            assertThat(changed.published()).isTrue();
            assertThat(changed.backups()).hasToString("every 24h keep 7d");
            assertThat(changed.summary()).isEqualTo("Shines");
            assertThat(changed.maxUsers()).isEqualTo(7);
            assertThat(changed.attributes()).isEqualTo(Map.of("billing.price", "p1", "server.region", "eu"));
        });
        Answer labelled = admin.get(path);
        assertThat(labelled.page().select("#server-labels").val()).isEqualTo("region=eu");
        labelled.submit(path, "server-labels", "");
        assertThat(server.saas.plans().get(plan.id()).attributes()).isEqualTo(Map.of("billing.price", "p1"));

        assertThat(admin.get(path)
                        .submit(path + "/template", "addons", "nothing-such")
                        .status())
                .isEqualTo(422);
        Answer offered = admin.get(path);
        assertThat(offered.page().select("#addons label").eachText())
                .contains("Point of Sale", "<b>Stock</b>", "Sales");
        Answer building = offered.submit(path + "/template", "addons", "point_of_sale");
        assertThat(building.location()).matches("/admin/operations/[0-9]+\\?done=building");
        assertThat(offered.submit(path + "/template", "addons", "point_of_sale").location())
                .as("a double click")
                .isEqualTo(building.location());
        assertThat(building.follow().text()).contains("Build template", "Building.");
        server.saas
                .operations()
                .await(
                        new OperationId(Long.parseLong(building.location().replaceAll("[^0-9]", ""))),
                        Duration.ofSeconds(30));
        assertThat(admin.get(path).text()).contains("sale, stock, point_of_sale");
        assertThat(admin.get(path).page().select("#addons [checked]").eachAttr("value"))
                .containsExactly("point_of_sale", "sale", "stock");
        assertThat(admin.get(path + "/delete").submit(path + "/delete").follow().text())
                .contains("Plan deleted.")
                .doesNotContain("Gold");
    }

    @Test
    void refusesToUndoWhatAnotherAdministratorChangedInAPlan() {
        Plan plan = server.plan("Two tabs");
        String path = "/admin/plans/" + plan.id();
        Answer old = admin.get(path);
        admin.get(path).submit(path, "users", "11");

        Answer refused = old.submit(path, "summary", "From the old tab");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.page().select("[aria-label=Differences] tbody tr").eachText())
                .containsExactly("Summary – From the old tab", "Users 11 5");
        assertThat(server.saas.plans().get(plan.id())).satisfies(stored -> {
            assertThat(stored.maxUsers()).isEqualTo(11);
            assertThat(stored.summary()).isNull();
        });

        assertThat(refused.submit(path, "users", "11").status()).isEqualTo(303);
        assertThat(server.saas.plans().get(plan.id())).satisfies(stored -> {
            assertThat(stored.maxUsers()).isEqualTo(11);
            assertThat(stored.summary()).isEqualTo("From the old tab");
        });
        assertThat(old.submit(path).status()).as("a form without changes").isEqualTo(409);
    }

    @Test
    void refusesToDeleteAPlanInUse() {
        Tenant tenant = database("inuse.localhost");
        String path = "/admin/plans/" + tenant.planId();

        Answer refused = admin.get(path + "/delete").submit(path + "/delete");
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.page().select("[role=alert]").text()).isNotEmpty();
        assertThat(server.saas.plans().find(tenant.planId())).isPresent();
    }

    @Test
    void listsAreNamedAndCanBeScrolledWithTheKeyboard() {
        database("scrolled.localhost");

        for (String path : List.of("users", "databases", "plans", "servers", "audit")) {
            assertThat(admin.get("/admin/" + path).page().select(".panel.table"))
                    .as(path)
                    .isNotEmpty()
                    .allSatisfy(table -> assertThat(table.attr("tabindex")).isEqualTo("0"))
                    .allSatisfy(table -> assertThat(table.attr("aria-label") + table.attr("aria-labelledby"))
                            .isNotEmpty());
        }
        String css = admin.get("/portal/static/portal.css").body();
        assertThat(css).contains(".table {\n    padding: 0;\n    overflow-x: auto;\n}");
    }

    @Test
    void findsDatabasesByNameAndState() {
        Tenant open = database("findopen.localhost");
        Tenant stopped = database("findstopped.localhost");
        server.saas.tenants().suspend(stopped.id());

        assertThat(admin.get("/admin/databases?q=find")
                        .page()
                        .select("tbody th")
                        .eachText())
                .containsExactly("findopen.localhost", "findstopped.localhost");
        assertThat(admin.get("/admin/databases?q=find&state=pending")
                        .page()
                        .select("tbody th")
                        .eachText())
                .containsExactly("findstopped.localhost");
        assertThat(admin.get("/admin/databases/" + open.id()).text())
                .contains("findopen.localhost", "Owner of findopen.localhost", "Running");
    }

    @Test
    void appliesAllChangesOrNone() {
        Tenant tenant = database("configure.localhost");
        String page = "/admin/databases/" + tenant.id();
        var inside = server.saas.database("configure.localhost");

        Answer refused = admin.get(page)
                .submit(page + "/configure", "install", "nothing-such", "param-key-1", "a.key", "param-value-1", "1");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("#param-key-1").val()).isEqualTo("a.key");
        assertThat(inside.parameters().value("a.key")).isEmpty();

        Answer done = admin.get(page)
                .submit(
                        page + "/configure",
                        "install",
                        "sale",
                        "param-key-1",
                        "a.key",
                        "param-value-1",
                        "1",
                        "param-key-2",
                        "b.key",
                        "param-value-2",
                        "2",
                        "param-hidden-2",
                        "true",
                        "limit-model-1",
                        "sale.order",
                        "limit-most-1",
                        "10");
        assertThat(done.follow().text()).contains("Changes applied.", "a.key", "b.key", "sale.order");
        assertThat(inside.parameters().value("a.key")).hasValue("1");
        assertThat(inside.parameters()
                        .list(Query.where(Filter.equal(Parameter.KEY, "b.key")))
                        .get(0)
                        .hidden())
                .isTrue();
        assertThat(inside.recordQuotas().list(Query.all()).get(0).maxRecords()).isEqualTo(10);

        admin.get(page).submit(page + "/configure", "grant", "base.group_sale_manager");
        Answer granted = admin.get(page);
        assertThat(granted.page()
                        .select("table[aria-label=Groups] tr:contains(base.group_sale_manager)")
                        .text())
                .contains("member");
        assertThat(admin.get(page)
                        .submit(page + "/configure", "uninstall", "sale")
                        .submit(page + "/configure")
                        .follow()
                        .page()
                        .select("#install-sale"))
                .hasSize(1);
    }

    @Test
    void installsAddOnsAndGrantsTheirGroupsTogether() {
        Tenant tenant = database("rights.localhost");
        String page = "/admin/databases/" + tenant.id();

        Answer refused = admin.get(page)
                .submit(page + "/configure", "install", "sale", "limit-model-1", "sale.order", "limit-most-1", "many");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().selectFirst("#install-sale").hasAttr("checked"))
                .as("check boxes keep their state")
                .isTrue();

        Answer done = refused.submit(
                page + "/configure",
                "limit-most-1",
                "10",
                "grant-more",
                "base.group_sale_manager, no.such_group",
                "revoke-more",
                "no.other_group");
        assertThat(done.text())
                .contains("Unknown group: no.such_group. All other changes were applied.")
                .contains("Unknown group: no.other_group.");
        assertThat(admin.get(page)
                        .page()
                        .select("table[aria-label=Groups] tr:contains(base.group_sale_manager)")
                        .text())
                .contains("member");
    }

    @Test
    void restoresADeletedDatabase() {
        Tenant tenant = database("retained.localhost");
        String page = "/admin/databases/" + tenant.id();
        server.saas.parameters().set(Parameter.RETENTION_DAYS, "14");
        try {
            admin.get(page).submit(page + "/delete", "confirm", "retained.localhost");
        } finally {
            server.saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        }
        assertThat(state(tenant)).isEqualTo(TenantState.RETAINED);
        Answer retained = admin.get(page);
        assertThat(retained.text()).contains("Deleted, restorable until", "Restorable until");

        assertThat(retained.submit(page + "/restore").follow().text()).contains("Restored", "Running");
        assertThat(state(tenant)).isEqualTo(TenantState.OPEN);
        assertThat(retained.submit(page + "/restore").status()).as("once").isEqualTo(409);
    }

    @Test
    void suspendsResumesExtendsRenamesAndDeletesADatabase() {
        Tenant tenant = database("life.localhost");
        String page = "/admin/databases/" + tenant.id();

        assertThat(admin.get(page).forms())
                .as("one click")
                .noneMatch(form -> form.attr("action").endsWith("/suspend"));
        Answer question =
                admin.get(admin.get(page).page().select("a[href$=/suspend]").attr("href"));
        Answer refused = question.submit(page + "/suspend");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("Enter a reason.");
        assertThat(state(tenant)).isEqualTo(TenantState.OPEN);
        assertThat(question.submit(page + "/suspend", "reason", "An <unpaid> invoice")
                        .follow()
                        .text())
                .contains("The database is suspended", "Suspended because An <unpaid> invoice");
        assertThat(state(tenant)).isEqualTo(TenantState.SUSPENDED);
        assertThat(admin.get(page).submit(page + "/resume").follow().text()).contains("Running");
        assertThat(state(tenant)).isEqualTo(TenantState.OPEN);

        assertThat(admin.get(page)
                        .submit(page + "/extend", "until", "2030-12-31", "reason", "")
                        .status())
                .isEqualTo(422);
        assertThat(admin.get(page)
                        .submit(page + "/extend", "until", "+999999999-12-31", "reason", "A slip")
                        .status())
                .isEqualTo(422);
        admin.get(page).submit(page + "/extend", "until", "2030-12-31", "reason", "A present");
        assertThat(server.saas.tenants().get(tenant.id()).expiresAt()).isEqualTo(Instant.parse("2031-01-01T00:00:00Z"));

        assertThat(admin.get(page)
                        .submit(page + "/rename", "new-name", "postgres")
                        .status())
                .isEqualTo(422);
        assertThat(admin.get(page)
                        .submit(page + "/rename", "new-name", "other.localhost")
                        .follow()
                        .page()
                        .title())
                .startsWith("other.localhost");
        assertThat(admin.get(page).submit(page + "/sync").status()).isEqualTo(303);

        assertThat(admin.get(page)
                        .submit(page + "/delete", "confirm", "life.localhost")
                        .status())
                .isEqualTo(422);
        admin.get(page).submit(page + "/delete", "confirm", "other.localhost");
        assertThat(state(tenant)).isEqualTo(TenantState.DELETED);
        Answer after = admin.get(page);
        assertThat(after.text()).contains("Deleted");
        assertThat(after.forms()).hasSize(1);
        assertThat(admin.get("/admin/audit?database=" + tenant.id())
                        .page()
                        .select("tbody tr td:nth-child(2)")
                        .eachText())
                .containsExactly(
                        "Database removed for good",
                        "Backed up before removal",
                        "Database renamed",
                        "End date changed",
                        "Database resumed",
                        "Database suspended",
                        "Database created");
    }

    private static TenantState state(Tenant tenant) {
        return server.saas.tenants().get(tenant.id()).state();
    }

    @Test
    void listsOperationsWithTheirErrorsAsText() {
        Tenant tenant = database("failing.localhost");
        String page = "/admin/databases/" + tenant.id();

        Answer refused = admin.get(page).submit(page + "/configure", "install", DemoAddon.BROKEN);
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.text()).contains("<evil-tag>on purpose");

        Answer list = admin.get("/admin/operations");
        assertThat(list.text()).contains("Nothing is running.", "Create database", "failing.localhost");
        Answer failed = admin.get(list.page().select("a.chip").attr("href"));
        assertThat(failed.page().select("tbody tr").eachText())
                .filteredOn(row -> row.contains("failing.localhost"))
                .singleElement()
                .satisfies(row ->
                        assertThat(row).contains("Configure database", "Failed", "<evil-tag>on purpose", "admin"));
        assertThat(failed.page().select("evil-tag")).isEmpty();
        String operation = failed.page()
                .select("tbody tr:contains(failing.localhost) th a")
                .attr("href");
        assertThat(admin.get(operation).page().select("svg.meter.bad"))
                .as("the bar of a failure does not look like success")
                .isNotEmpty();
    }

    @Test
    void showsHowOftenARetriedOperationHasFailed() {
        TenantId hopeless = database("hopeless.localhost").id();
        server.backupFails.set(true);
        try {
            assertThatThrownBy(() -> server.saas.tenants().purge(hopeless)).isInstanceOf(IllegalStateException.class);
            assertThat(running()).contains("hopeless.localhost", "Failed once, retrying");
            server.saas.operations().recover();
            assertThat(running()).contains("Failed 2 times, retrying");
        } finally {
            server.backupFails.set(false);
            server.saas.operations().recover();
        }
    }

    @Test
    void triesAFailedOperationAgainWithoutWaiting() {
        TenantId failing = database("impatient.localhost").id();
        server.backupFails.set(true);
        try {
            assertThatThrownBy(() -> server.saas.tenants().purge(failing)).isInstanceOf(IllegalStateException.class);
        } finally {
            server.backupFails.set(false);
        }
        String path = admin.get("/admin/operations")
                .page()
                .select("[aria-label=Running] a[href$=/abandon]")
                .attr("href")
                .replace("/abandon", "");
        server.saas.maintenance().run();
        assertThat(server.saas.tenants().get(failing).state()).isNotEqualTo(TenantState.DELETED);

        assertThat(admin.get(path).submit(path + "/retry").follow().text()).contains("tried again within seconds");
        server.saas.maintenance().run();

        assertThat(server.saas.tenants().get(failing).state()).isEqualTo(TenantState.DELETED);
        assertThat(admin.get(path).page().select("form[action$=/retry]")).isEmpty();
    }

    @Test
    void abandonsAStuckOperationAfterAConfirmation() {
        TenantId hopeless = database("stuck.localhost").id();
        server.backupFails.set(true);
        try {
            assertThatThrownBy(() -> server.saas.tenants().purge(hopeless)).isInstanceOf(IllegalStateException.class);
            String path = admin.get("/admin/operations")
                    .page()
                    .select("[aria-label=Running] a[href$=/abandon]")
                    .attr("href");
            Answer asked = admin.get(path);
            assertThat(asked.text()).contains("stuck.localhost", "Abandon");
            Answer refused = asked.submit(path, "reason", "", "confirm", "x");
            assertThat(refused.status()).isEqualTo(422);
            assertThat(running()).contains("stuck.localhost");
            String number = path.replaceAll("[^0-9]", "");
            assertThat(asked.submit(path, "reason", "no backup possible", "confirm", number)
                            .follow()
                            .text())
                    .contains("Abandoned.", "no backup possible", "Purge the tenant again");
            assertThat(running()).isEqualTo("Nothing is running.");
        } finally {
            server.backupFails.set(false);
        }
        assertThat(server.saas.tenants().purge(hopeless).state()).isEqualTo(TenantState.DELETED);
    }

    private static String running() {
        return admin.get("/admin/operations")
                .page()
                .select("[aria-label=Running]")
                .text();
    }

    @Test
    void changesSignUpAndAddressesInTheSettings() {
        try {
            Answer form = admin.get("/admin/settings");
            assertThat(form.page().select("#external-signup").hasAttr("checked"))
                    .isTrue();
            assertThat(form.submit("/admin/settings", "external-signup", "", "notify", "3")
                            .follow()
                            .text())
                    .contains("Settings saved.");
            assertThat(server.saas.parameters().value(Parameter.INVITATION_SCOPE))
                    .hasValue("b2b");
            assertThat(server.saas.parameters().value(Parameter.NOTIFY_IN_ADVANCE))
                    .hasValue("3");
            assertThat(new PortalVisit(server).get("/web/signup").status()).isEqualTo(403);

            Answer wrong = admin.get("/admin/settings").submit("/admin/settings", "base-url", "nonsense");
            assertThat(wrong.status()).isEqualTo(422);
            assertThat(wrong.page().select("[role=alert] a").attr("href")).isEqualTo("#base-url");

            admin.get("/admin/settings").submit("/admin/settings", "retention", "14");
            assertThat(server.saas.parameters().value(Parameter.RETENTION_DAYS)).hasValue("14");
            Answer refused =
                    admin.get("/admin/settings").submit("/admin/settings", "notify", "9", "retention", "for ever");
            assertThat(refused.page().select("[role=alert] a").attr("href")).isEqualTo("#retention");
            assertThat(server.saas.parameters().value(Parameter.NOTIFY_IN_ADVANCE))
                    .as("all or nothing")
                    .hasValue("3");
        } finally {
            server.saas.parameters().set(Parameter.RETENTION_DAYS, "0");
            server.saas.parameters().set(Parameter.ALLOW_UNINVITED, "True");
        }
    }

    @Test
    void closesAndReopensServersForNewDatabases() {
        Answer page = admin.get("/admin/servers");
        assertThat(page.text()).contains("Healthy", "default", "Accepts new databases");

        assertThat(page.submit("/admin/servers/1/close").follow().text()).contains("no longer accepts new databases");
        assertThat(server.saas.servers().list(Query.all()).get(0).active()).isFalse();
        assertThat(admin.get("/admin/servers")
                        .submit("/admin/servers/1/open")
                        .follow()
                        .text())
                .contains("Accepts new databases");
        assertThat(admin.get("/admin/servers").submit("/admin/servers/1/sync").status())
                .isEqualTo(303);
    }

    @Test
    void theOverviewSaysWhatNeedsAttention() {
        Tenant ending = database("ending.localhost");
        String soon = ".attention a[href*=expiry=week]";
        int before = numbers(admin.get("/admin").page().select(soon).text());

        server.saas.tenants().extend(ending.id(), server.clock.instant().plus(Duration.ofDays(3)), "a test");
        server.saas
                .servers()
                .update(new ServerId(1), each -> each.toBuilder().capacity(1).build());
        try {
            Answer overview = admin.get("/admin");
            assertThat(numbers(overview.page().select(soon).text())).isEqualTo(before + 1);
            assertThat(admin.get(overview.page().select(soon).attr("href")).text())
                    .contains("ending.localhost");
            Element full = overview.page()
                    .select(".attention li:has(a[href*=state=full])")
                    .first();
            assertThat(full.text()).startsWith("1 database server is full").contains("and is planned for 1");
            assertThat(admin.get(full.select("a").attr("href")).page().select("tbody tr"))
                    .isNotEmpty();
        } finally {
            server.saas
                    .servers()
                    .update(
                            new ServerId(1),
                            each -> each.toBuilder().capacity(1000).build());
        }
    }

    @Test
    void theOverviewSaysWhatFailsAndIsTriedAgain() {
        Tenant stuck = database("retried.localhost");
        server.saas.maintenance().run();
        server.backupFails.set(true);
        server.listenerFails.set(true);
        try {
            assertThatThrownBy(() -> server.saas.tenants().purge(stuck.id())).hasMessage("no room");
            server.saas.tenants().suspend(database("noted.localhost").id());
            server.saas.maintenance().run();
            server.report(new Node(0, "yesterday", "0.0.9", 1, server.clock.instant()));

            List<String> found =
                    admin.get("/admin").page().select(".attention li").eachText();
            assertThat(found)
                    .anyMatch(each -> each.startsWith("1 operation failed and is tried again"))
                    .anyMatch(each -> each.contains("cannot be delivered") && each.contains("to billing"))
                    .anyMatch(each -> each.startsWith("2 versions of the program") && each.contains("0.0.9"));
        } finally {
            server.backupFails.set(false);
            server.listenerFails.set(false);
            server.saas.operations().recover();
        }
    }

    /** The number at the start of a text; 0 if there is none. */
    private static int numbers(String text) {
        return text.isEmpty() ? 0 : Integer.parseInt(text.substring(0, text.indexOf(' ')));
    }

    @Test
    void drawsTheLastDaysOnTheOverview() {
        database("drawn.localhost");
        Answer page = admin.get("/admin");

        assertThat(page.page().select("svg.chart").attr("aria-label"))
                .matches("[0-9]+ sign-ups and [0-9]+ databases created in the last 30 days; .*");
        assertThat(page.page().select("svg.chart rect.bar-one, svg.chart rect.bar-two"))
                .isNotEmpty();
        assertThat(page.page().select("table[aria-label=The last 30 days] tbody tr"))
                .hasSize(30)
                .last()
                .satisfies(today -> assertThat(today.text()).matches("[0-9]+ [A-Z][a-z]+ [0-9]+ [1-9][0-9]*"));
        assertThat(page.page().select(".tile, .attention a").eachAttr("href"))
                .allSatisfy(path -> assertThat(admin.get(path).status()).isEqualTo(200));
    }
}
