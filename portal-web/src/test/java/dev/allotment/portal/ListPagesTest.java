// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.SuspendTenant;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.fleet.Server;
import dev.allotment.portal.PortalVisit.Answer;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class ListPagesTest {
    private static PortalTestServer server;
    private static PortalVisit admin;
    private static Plan gold;
    private static Plan silver;
    private static Tenant ant;
    private static Tenant bee;
    private static Tenant cat;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.open();
        admin = PortalVisit.signedIn(server, "admin");
        gold = server.plan("Gold");
        silver = server.plan("Silver");
        User ada = server.signUp("ada@example.com", "Ada Lovelace");
        User bob = server.signUp("bob", "Bob Builder");
        server.saas
                .accounts()
                .update(
                        bob.id(),
                        each -> each.toBuilder().email("bob@builders.example").build());
        ant = database(gold, ada, "ant.localhost");
        bee = database(silver, bob, "bee.localhost");
        cat = database(silver, ada, "cat.localhost");
        for (Tenant animal : List.of(ant, bee, cat)) {
            List<String> tags = animal.equals(bee) ? List.of("eu", "zoo") : List.of("zoo");
            server.saas
                    .tenants()
                    .update(animal.id(), each -> each.toBuilder().tags(tags).build());
        }
        server.saas.tenants().extend(ant.id(), Instant.parse("2026-03-04T00:00:00Z"), "soon");
        server.saas.tenants().extend(bee.id(), Instant.parse("2026-03-20T00:00:00Z"), "later");
        server.saas.tenants().extend(cat.id(), null, "never");
        server.saas.tenants().suspend(cat.id());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Tenant database(Plan plan, User owner, String name) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private static List<String> names(Answer list) {
        return list.page().select("section.panel").first().select("tbody th").eachText();
    }

    private static List<String> databases(String query) {
        return names(admin.get("/admin/databases?tag=zoo&" + query));
    }

    @Test
    void sortsByTheHeadingThatIsFollowed() {
        Answer list = admin.get("/admin/databases?tag=zoo");
        assertThat(names(list)).containsExactly("ant.localhost", "bee.localhost", "cat.localhost");
        assertThat(sorted(list)).containsExactly("Name ↑: ascending");

        Answer ending = admin.get(heading(list, "Time left"));
        assertThat(names(ending)).containsExactly("ant.localhost", "bee.localhost", "cat.localhost");
        assertThat(sorted(ending)).containsExactly("Time left ↑: ascending");
        Answer reversed = admin.get(heading(ending, "Time left"));
        assertThat(names(reversed))
                .as("databases without an end date are last, so they are first in descending order")
                .containsExactly("cat.localhost", "bee.localhost", "ant.localhost");
        assertThat(sorted(reversed)).containsExactly("Time left ↓: descending");
        assertThat(reversed.page().select("select[name=sort] option[selected]").val())
                .isEqualTo("-end");
    }

    private static String heading(Answer list, String title) {
        return list.page().select("thead a").stream()
                .filter(each -> each.text().startsWith(title))
                .findFirst()
                .orElseThrow()
                .attr("href");
    }

    private static List<String> sorted(Answer list) {
        return list.page().select("th[aria-sort]").stream()
                .map(each -> each.text() + ": " + each.attr("aria-sort"))
                .toList();
    }

    @Test
    void filtersDatabasesByPlanOwnerServerTagStateAndExpiry() {
        assertThat(databases("plan=" + silver.id())).containsExactly("bee.localhost", "cat.localhost");
        assertThat(databases("plan=" + silver.id() + "&state=pending")).containsExactly("cat.localhost");
        assertThat(databases("owner=ADA%40example.com")).containsExactly("ant.localhost", "cat.localhost");
        assertThat(databases("owner=bob%40builders.example")).containsExactly("bee.localhost");
        assertThat(databases("server=" + ant.serverId())).hasSize(3);
        assertThat(databases("server=4711")).isEmpty();
        assertThat(names(admin.get("/admin/databases?tag=eu"))).containsExactly("bee.localhost");
        assertThat(names(admin.get("/admin/databases?tag=zo"))).isEmpty();
        assertThat(databases("expiry=week")).containsExactly("ant.localhost");
        assertThat(databases("expiry=month")).containsExactly("ant.localhost", "bee.localhost");
        assertThat(databases("expiry=expired")).isEmpty();
        assertThat(databases("expiry=never")).containsExactly("cat.localhost");
        assertThat(databases("end-from=2026-03-05&end-until=2026-03-20")).containsExactly("bee.localhost");
        assertThat(databases("end-from=2026-03-05&end-until=2026-03-19")).isEmpty();
    }

    @Test
    void findsDatabasesByOwnerEmailAndId() {
        assertThat(databases("q=lovelace")).containsExactly("ant.localhost", "cat.localhost");
        assertThat(databases("q=builders.example")).containsExactly("bee.localhost");
        assertThat(databases("q=" + bee.uuid())).containsExactly("bee.localhost");
        assertThat(databases("q=" + bee.uuid().toString().toUpperCase(java.util.Locale.ROOT)))
                .containsExactly("bee.localhost");
        assertThat(databases("q=" + cat.id())).contains("cat.localhost");
        assertThat(databases("q=_")).isEmpty();
        assertThat(admin.get("/admin/users?kind=all&q=builders.example").text()).contains("Bob Builder");
    }

    @Test
    void aFilterThatIsSetCanBeRemovedAlone() {
        Answer list = admin.get("/admin/databases?plan=" + silver.id() + "&state=pending&q=cat");
        assertThat(list.page().select(".chip").eachText())
                .containsExactly("State: Suspended ×: remove this filter", "Plan: Silver ×: remove this filter");
        assertThat(list.page().select(".filters details").hasAttr("open")).isTrue();

        Answer other = admin.get(list.page().select(".chip").first().attr("href"));
        assertThat(other.page().select(".chip").eachText()).containsExactly("Plan: Silver ×: remove this filter");
        assertThat(other.page().select("#q").val()).isEqualTo("cat");
        Answer all = admin.get(link(other, "Clear all"));
        assertThat(names(all)).contains("ant.localhost", "bee.localhost");
        assertThat(all.page().select(".filters details").hasAttr("open")).isFalse();
    }

    private static String link(Answer answer, String text) {
        return answer.page().select("a").stream()
                .filter(each -> each.ownText().equals(text))
                .findFirst()
                .orElseThrow(() -> new AssertionError("No link " + text + " in " + answer.text()))
                .attr("href");
    }

    @Test
    void keepsFiltersOrderAndRowsOnAllPages() {
        List<String> expected = new ArrayList<>();
        for (int i = 0; i < 120; i++) {
            String number = String.format("%03d", i);
            server.signUp("many" + number + "@many.example", "Many " + number);
            expected.add("Many " + number);
        }
        Answer list = admin.get("/admin/users?kind=all&q=many.example&sort=-name");
        assertThat(list.text()).contains("1–25 of 120", "Page 1 of 5");

        Answer fifty = admin.get(link(list, "50"));
        assertThat(fifty.text()).contains("1–50 of 120", "Page 1 of 3");
        Answer last = admin.get(link(fifty, "Last"));
        assertThat(last.text()).contains("101–120 of 120", "Page 3 of 3");
        assertThat(last.page().select("a[rel=next]")).isEmpty();
        Answer middle = admin.get(link(last, "Previous"));
        assertThat(middle.text()).contains("51–100 of 120");
        Collections.reverse(expected);
        List<String> read = new ArrayList<>();
        List.of(fifty, middle, last).forEach(each -> read.addAll(names(each)));
        assertThat(read).isEqualTo(expected);

        Answer first = admin.get(link(last, "First"));
        assertThat(names(first)).isEqualTo(names(fifty));
        assertThat(admin.get("/admin/users?kind=all&q=many.example&rows=100&page=99")
                        .text())
                .as("the page does not exist any more")
                .contains("101–120 of 120. There is no page 99 any more.");
        assertThat(admin.get("/admin/users?kind=all&q=many.example&rows=100&page=2")
                        .text())
                .doesNotContain("There is no page");
    }

    @Test
    void actionsOfAListReturnToTheSamePart() {
        server.saas
                .servers()
                .create(Server.builder("<evil-tag>").active(false).sequence(5).build());
        Answer list = admin.get("/admin/servers?q=default&sort=-name");
        assertThat(names(list)).hasSize(1);

        Answer after = list.submit("/admin/servers/1/ask");
        assertThat(after.location()).endsWith("/admin/servers?q=default&sort=-name&done=asked");
        assertThat(after.follow().text()).contains("Health checked.").doesNotContain("<evil-tag>");
        assertThat(admin.get("/admin/servers?state=closed").text()).contains("<evil-tag>");

        for (String back :
                List.of("https://evil.example/", "//evil.example", "/my", "/admin/servers?done=saved", "x y")) {
            assertThat(list.submit("/admin/servers/1/ask", "back", back).location())
                    .as(back)
                    .endsWith("/admin/servers?done=asked");
        }
    }

    @Test
    void saysWhatIsWrongAndKeepsEverythingElse() {
        Answer list = admin.get("/admin/audit?q=ada&type=NOTHING&from=2026-13-40&until=2026-03-01&database=x"
                + "&sort=colour&rows=7&page=none");

        assertThat(list.status()).isEqualTo(422);
        assertThat(list.page().select("[role=alert] li").eachText())
                .containsExactlyInAnyOrder(
                        "What cannot be \"NOTHING\". The list is not filtered by it.",
                        "Happened from needs a date such as 2030-12-31; found \"2026-13-40\". The list is not filtered"
                                + " by it.",
                        "About cannot be \"x\". The list is not filtered by it.",
                        "The list cannot be sorted by \"colour\". It has its usual order.",
                        "A page cannot have \"7\" rows. It shows 25.",
                        "Page numbers start at 1; found \"none\". This is the first page.");
        assertThat(list.page().select("#q").val()).isEqualTo("ada");
        assertThat(list.page().select("#until").val()).isEqualTo("2026-03-01");
        assertThat(list.page().select("#from").attr("type"))
                .as("a date field would not show the text")
                .isEqualTo("text");
        assertThat(list.page().select("#from").val()).isEqualTo("2026-13-40");
        assertThat(list.page().select("#from").attr("aria-describedby")).isEqualTo("from-problem");
        assertThat(list.page().select(".filters details").hasAttr("open")).isTrue();
        assertThat(list.page().select("tbody tr")).isNotEmpty();

        assertThat(admin.get("/admin/operations?from=2026-03-02&until=2026-03-01")
                        .page()
                        .select("[role=alert] a")
                        .attr("href"))
                .isEqualTo("#until");
        assertThat(admin.get("/admin/databases?owner=stranger").text())
                .contains("No account has the login or email \"stranger\".", "No databases match.");
        for (String list2 : List.of("databases", "users", "plans", "servers", "operations", "audit")) {
            assertThat(admin.get("/admin/" + list2 + "?q=" + "x".repeat(201)).text())
                    .as(list2)
                    .contains("Search for at most 200 characters; found 201.");
            assertThat(admin.get("/admin/" + list2 + "?q=%25%27%22").status())
                    .as(list2)
                    .isEqualTo(200);
        }
    }

    @Test
    void filtersOperationsAndEventsByDay() {
        assertThat(admin.get("/admin/audit?database=" + ant.id() + "&from=2026-03-01&until=2026-03-01")
                        .page()
                        .select("tbody tr"))
                .hasSize(3);
        assertThat(admin.get("/admin/audit?from=2026-03-02").text()).contains("No events match.");
        assertThat(admin.get("/admin/audit?until=2026-02-28").text()).contains("No events match.");

        assertThat(admin.get("/admin/operations?from=2026-03-01&kind=CREATE_TENANT&q=ant.localhost")
                        .page()
                        .select("[aria-label=Finished] tbody tr"))
                .hasSize(1);
        assertThat(admin.get("/admin/operations?until=2026-02-28").text()).contains("No operations match.");
        assertThat(admin.get("/admin/operations?state=failed").text()).contains("No failures.");
        Answer about = admin.get("/admin/operations?database=" + bee.id());
        assertThat(about.text()).contains("About: bee.localhost");
        assertThat(about.page()
                        .select("[aria-label=Finished] td[data-label=About]")
                        .eachText())
                .isNotEmpty()
                .allMatch(each -> each.equals("bee.localhost"));
    }

    @Test
    void describesEventsInWords() {
        Tenant moved = database(gold, server.signUp("eve@example.com", "Eve"), "moved.localhost");
        admin.get("/admin/users/new")
                .submit("/admin/users/new", "name", "Made", "login", "made-by-admin", "password", "first words");
        server.saas
                .tenants()
                .switchPlan(SwitchPlan.builder(moved.id(), silver.id()).build());
        server.saas
                .tenants()
                .update(moved.id(), each -> each.toBuilder().maxUsers(9).build());
        server.saas.tenants().extend(moved.id(), Instant.parse("2030-01-01T00:00:00Z"), "a present");
        server.saas
                .tenants()
                .suspend(SuspendTenant.builder(moved.id())
                        .reason("unpaid")
                        .notifyOwner(false)
                        .build());
        server.saas.tenants().rename(moved.id(), "new-home.localhost");

        assertThat(rows("database=" + moved.id()))
                .containsExactly(
                        "Database renamed | moved.localhost → new-home.localhost",
                        "Database suspended | Cause: suspended by an administrator · Owner not notified · Reason: unpaid",
                        "End date changed | none → 1 Jan 2030, 00:00 UTC · Reason: a present",
                        "Database settings changed | User limit: 5 → 9 · Name: moved.localhost",
                        "Plan switched | Gold, version 1 → Silver, version 1",
                        "Database created | Name: moved.localhost · Owner notified by email · Plan: Gold");
        assertThat(rows("database=" + ant.id())).contains("Database settings changed | Tags: none → zoo");
        assertThat(rows("q=eve%40example.com")).contains("Signed up | ");
        assertThat(rows("q=made-by-admin")).containsExactly("User created | ");
        Answer log = admin.get("/admin/audit?database=" + moved.id());
        assertThat(log.page().select("td[data-label=By]").eachText()).containsOnly("System");
        assertThat(admin.get("/admin/audit?q=made-by-admin")
                        .page()
                        .select("td[data-label=About] a")
                        .attr("href"))
                .startsWith("/admin/users/");
    }

    private static List<String> rows(String query) {
        return admin.get("/admin/audit?" + query).page().select("tbody tr").stream()
                .map(row -> row.select("td[data-label=What]").text() + " | "
                        + row.select("td[data-label=Details]").text())
                .toList();
    }

    @Test
    void everyFieldOfAListHasALabel() {
        for (String list : List.of("databases", "users", "plans", "servers", "operations", "audit")) {
            Element form =
                    admin.get("/admin/" + list).page().select("form.filters").first();
            assertThat(form.select("input:not([type=hidden]), select"))
                    .as(list)
                    .hasSizeGreaterThan(1)
                    .allSatisfy(field -> assertThat(form.select("label[for=" + field.id() + "]"))
                            .hasSize(1));
        }
    }

    @Test
    void linksTheNumbersOfPlansAndServersToTheirDatabases() {
        assertThat(admin.get("/admin/plans")
                        .page()
                        .select("td[data-label=Databases] a")
                        .eachAttr("href"))
                .contains("/admin/databases?plan=" + gold.id());
        assertThat(admin.get("/admin/servers")
                        .page()
                        .select("td[data-label=Databases] a")
                        .eachAttr("href"))
                .contains("/admin/databases?server=1");
        assertThat(admin.get("/admin/plans?q=silv")
                        .page()
                        .select("td[data-label=Databases]")
                        .text())
                .isEqualTo(server.saas.tenants().count(Filter.equal(Tenant.PLAN_ID, silver.id()))
                        + " databases on Silver");
        assertThat(names(admin.get("/admin/plans?q=silv"))).containsExactly("Silver");
        assertThat(names(admin.get("/admin/plans?state=unpublished"))).isEmpty();
    }

    @Test
    void aCustomerWithManyDatabasesCanSearchThem() {
        User many = server.signUp("many-databases@example.com", "Collector");
        PortalVisit visit = PortalVisit.signedIn(server, "many-databases@example.com");
        database(gold, many, "few.localhost");
        assertThat(visit.get("/my").page().select("form.filters")).isEmpty();
        for (int i = 1; i < 9; i++) {
            database(gold, many, "shelf-" + i + ".localhost");
        }

        assertThat(visit.get("/my").page().select("form.filters")).hasSize(1);
        assertThat(visit.get("/my?q=few").page().select("article h2").eachText())
                .containsExactly("few.localhost");
        assertThat(visit.get("/my?sort=-name")
                        .page()
                        .select("article h2")
                        .first()
                        .text())
                .isEqualTo("shelf-8.localhost");
        assertThat(visit.get("/my?q=ant").text())
                .contains("No databases match.")
                .doesNotContain("ant.localhost");
    }
}
