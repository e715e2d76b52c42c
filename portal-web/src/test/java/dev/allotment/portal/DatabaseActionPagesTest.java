// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.CustomDomain;
import dev.allotment.Filter;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.fleet.Server;
import dev.allotment.hook.DomainVerifier;
import dev.allotment.portal.PortalVisit.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of tags, domains and copies of databases. */
class DatabaseActionPagesTest {
    private static final Set<String> PROVEN = ConcurrentHashMap.newKeySet();
    private static final Set<String> CHECKED = ConcurrentHashMap.newKeySet();
    private static PortalTestServer server;
    private static PortalVisit admin;
    private static Plan plan;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.openVerifying(new DomainVerifier() {
            @Override
            public String instructions(Tenant tenant, String host) {
                CHECKED.add(host);
                return "Create a TXT record of " + host + " with <i>" + tenant.uuid() + "</i>.";
            }

            @Override
            public boolean verify(Tenant tenant, String host) {
                return PROVEN.contains(host);
            }
        });
        admin = PortalVisit.signedIn(server, "admin");
        plan = server.plan("Starter");
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Tenant database(String name) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(server.signUp(name + "@example.com", "Owner of " + name))
                        .name(name)
                        .build())
                .tenant();
    }

    private static List<String> hosts(Tenant tenant) {
        return server.saas.customDomains().list(Query.where(Filter.equal(CustomDomain.TENANT_ID, tenant.id()))).stream()
                .map(CustomDomain::host)
                .toList();
    }

    @Test
    void thePageAboutBackupsSaysThatThereAreNone() {
        Answer page = admin.get("/admin/backups");
        assertThat(page.page().select(".tabs [aria-current]").text()).isEqualTo("Backups");
        assertThat(page.text()).contains("This server has no store for backups, so no database is backed up.");
        assertThat(page.page().select("table")).isEmpty();
    }

    private static List<String> tags(Tenant tenant) {
        return server.saas.tenants().get(tenant.id()).tags();
    }

    @Test
    void changesTagsAndRefusesToUndoThoseOfAnotherAdministrator() {
        Tenant tenant = database("tagged.localhost");
        String page = "/admin/databases/" + tenant.id();
        Answer old = admin.get(page);

        assertThat(old.submit(page + "/tags", "tags", "eu, vip  eu").follow().text())
                .contains("Tags changed.");
        assertThat(tags(tenant)).containsExactly("eu", "vip");
        assertThat(admin.get(page).page().select("#tags").val()).isEqualTo("eu, vip");

        Answer refused = old.submit(page + "/tags", "tags", "us");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("[role=alert]").text()).contains("to: eu, vip");
        assertThat(tags(tenant)).containsExactly("eu", "vip");
        assertThat(refused.submit(page + "/tags").status()).isEqualTo(303);
        assertThat(tags(tenant)).containsExactly("us");

        Answer wrong = admin.get(page).submit(page + "/tags", "tags", "<b>EU</b>");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#tags").val()).isEqualTo("<b>EU</b>");
        assertThat(admin.get(page).submit(page + "/tags", "tags", "").status()).isEqualTo(303);
        assertThat(tags(tenant)).isEmpty();
    }

    @Test
    void setsTheMaintenanceWindowWhichIsThatOfThePlanUnlessItHasItsOwn() {
        Tenant tenant = database("nightly.localhost");
        String page = "/admin/databases/" + tenant.id();
        String plan = "/admin/plans/" + tenant.planId();
        assertThat(admin.get(page).text()).contains("Maintenance window Any time");

        assertThat(admin.get(plan).submit(plan, "window", "01:00-05:00").status())
                .isEqualTo(303);
        assertThat(admin.get(plan).page().select("#window").val()).isEqualTo("01:00-05:00");
        assertThat(admin.get(page).text()).contains("Maintenance window 01:00-05:00 UTC, from its plan");

        Answer refused = admin.get(page).submit(page + "/window", "window", "22:00-22:00");
        assertThat(refused.status()).isEqualTo(422);
        assertThat(refused.page().select("#window").val()).isEqualTo("22:00-22:00");
        assertThat(admin.get(page)
                        .submit(page + "/window", "window", " 22:00-04:00")
                        .follow()
                        .text())
                .contains("Changes applied.", "Maintenance window 22:00-04:00 UTC");
        assertThat(admin.get(page).page().select("#window").val()).isEqualTo("22:00-04:00");

        assertThat(admin.get(page).submit(page + "/window", "window", "").status())
                .isEqualTo(303);
        assertThat(admin.get(page).text()).contains("from its plan");
        assertThat(admin.get(plan).submit(plan, "window", "").status()).isEqualTo(303);
    }

    @Test
    void showsAndSetsAttributesToAdministratorsOnly() {
        Tenant tenant = database("attributed.localhost");
        String page = "/admin/databases/" + tenant.id();
        String hostile = "<b onmouseover='x()'>\"cus_1\"</b>";

        assertThat(admin.get(page)
                        .submit(page + "/attribute", "key", "stripe.customer", "value", hostile)
                        .follow()
                        .text())
                .contains("Changes applied.", hostile);
        assertThat(server.saas.tenants().get(tenant.id()).attributes())
                .containsExactly(Map.entry("stripe.customer", hostile));
        Answer wrong = admin.get(page).submit(page + "/attribute", "key", "<i>K</i>", "value", "v");
        assertThat(wrong.status()).isEqualTo(422);
        assertThat(wrong.page().select("#key").val()).isEqualTo("<i>K</i>");
        assertThat(admin.get(page).page().select("section[aria-labelledby=attributes] b"))
                .isEmpty();

        assertThat(admin.get(page)
                        .submit(page + "/attribute", "key", "stripe.customer", "value", "")
                        .status())
                .isEqualTo(303);
        assertThat(server.saas.tenants().get(tenant.id()).attributes()).isEmpty();
    }

    @Test
    void savesTheTagsOfAPlan() {
        Plan tagged = server.plan("Tagged plan");
        String path = "/admin/plans/" + tagged.id();

        assertThat(admin.get(path).submit(path, "tags", "b, a").status()).isEqualTo(303);
        assertThat(server.saas.plans().get(tagged.id()).tags()).containsExactly("a", "b");
        assertThat(admin.get(path).page().select("#tags").val()).isEqualTo("a, b");
    }

    @Test
    void addsADomainAfterItsProof() {
        Tenant tenant = database("owned.localhost");
        PortalVisit owner = PortalVisit.signedIn(server, "owned.localhost@example.com");
        String path = "/my/" + tenant.id() + "/domains";

        Answer shown = owner.get(path + "?host=HTTPS://Www.B%C3%BCcher.example/start");
        assertThat(shown.page().select("table[aria-label=DNS record] tbody tr").text())
                .isEqualTo("CNAME www.xn--bcher-kva.example owned.localhost");
        assertThat(shown.text())
                .contains("Create a TXT record of www.xn--bcher-kva.example with <i>" + tenant.uuid() + "</i>.")
                .contains("Not checked yet");
        Answer unproven = shown.submit(path);
        assertThat(unproven.status()).isEqualTo(409);
        assertThat(unproven.text()).contains("The proof was not found yet.", "Not proven yet", tenant.uuid() + "</i>");
        assertThat(hosts(tenant)).isEmpty();

        PROVEN.add("www.xn--bcher-kva.example");
        Answer added = unproven.submit(path).follow();
        assertThat(added.text()).contains("The domain is added.");
        assertThat(added.page().select("tbody tr").text())
                .contains("www.xn--bcher-kva.example www.bücher.example Verified", "Remove…");
        assertThat(added.page().select("tbody th a").attr("href"))
                .isEqualTo("http://www.xn--bcher-kva.example:" + server.port());
        assertThat(unproven.submit(path).status()).as("a double click").isEqualTo(303);
        assertThat(hosts(tenant)).containsExactly("www.xn--bcher-kva.example");

        String question = added.page().select("td a").attr("href");
        assertThat(owner.get(question).text()).contains("will no longer open owned.localhost");
        assertThat(hosts(tenant)).hasSize(1);
        assertThat(owner.get(question).submit(question).follow().text()).contains("The domain is removed.");
        assertThat(hosts(tenant)).isEmpty();
        assertThat(owner.get(question).status()).isEqualTo(404);
    }

    @Test
    void refusesDomainsThatAreNoneAndThoseOfOthers() {
        Tenant tenant = database("strict.localhost");
        Tenant other = database("other-strict.localhost");
        PROVEN.add("taken.example.com");
        CustomDomain taken = server.saas.customDomains().add(other.id(), "taken.example.com");
        PortalVisit owner = PortalVisit.signedIn(server, "strict.localhost@example.com");
        String path = "/my/" + tenant.id() + "/domains";

        for (String wrong : List.of("%3Cb%3E.example", "shop", "a..b", "x%20y.example", "%20", "%E2%80%AE.example")) {
            Answer refused = owner.get(path + "?host=" + wrong);
            if (!wrong.equals("%20")) {
                assertThat(refused.status()).as(wrong).isEqualTo(422);
            }
            assertThat(refused.page().select("table[aria-label=DNS record]")).isEmpty();
        }
        assertThat(CHECKED).as("only domains reach the verifier").allMatch(host -> host.matches("[a-z0-9.-]+"));
        for (String refused : List.of("taken.example.com", "mine.localhost", "10.0.0.1")) {
            Answer answer = owner.get(path + "?host=" + refused).submit(path);
            assertThat(answer.status()).as(refused).isEqualTo(409);
            assertThat(answer.page().select("[role=alert] a").attr("href")).isEqualTo("#host");
        }
        assertThat(owner.get(path + "/" + taken.id() + "/remove").status()).isEqualTo(404);
        assertThat(owner.get("/my/" + other.id() + "/domains").status()).isEqualTo(404);
        assertThat(hosts(other)).containsExactly("taken.example.com");
    }

    @Test
    void administratorsHaveTheSamePageForEachDatabase() {
        Tenant tenant = database("served.localhost");
        String page = "/admin/databases/" + tenant.id();
        PROVEN.add("served.example.com");

        assertThat(admin.get(page).page().select("a[href=" + page + "/domains]"))
                .hasSize(1);
        assertThat(admin.get(page).page().select(".chips a[href$=/backups]"))
                .as("there is no store")
                .isEmpty();
        assertThat(admin.get(page + "/backups").status()).isEqualTo(404);
        Answer added = admin.get(page + "/domains?host=served.example.com").submit(page + "/domains");
        assertThat(added.follow().text()).contains("The domain is added.", "served.example.com");
        server.saas.tenants().purge(tenant.id());
        Answer gone = admin.get(page + "/domains");
        assertThat(gone.text()).contains("No domains yet.", "while the database is running or suspended");
        assertThat(gone.forms()).hasSize(1);
    }

    @Test
    void duplicatesADatabaseOnceInTheBackground() {
        Tenant tenant = database("original.localhost");
        String page = "/admin/databases/" + tenant.id();
        Answer form = admin.get(page + "/duplicate");

        Answer started = form.submit(page + "/duplicate", "copy-name", "copy.localhost", "days", "2");
        assertThat(form.submit(page + "/duplicate", "copy-name", "copy.localhost", "days", "2")
                        .location())
                .as("a double click")
                .isEqualTo(started.location());
        Answer other = form.submit(page + "/duplicate", "copy-name", "after-a-step-back.localhost", "days", "");
        assertThat(other.status()).isEqualTo(422);
        assertThat(other.text()).contains("This form was already sent once, with other values.");
        assertThat(other.page().select("#copy-name").val()).isEqualTo("after-a-step-back.localhost");
        assertThat(PlanChangePagesTest.await(server, started).state()).isEqualTo(OperationState.DONE);
        Tenant copy = server.saas.tenants().findByName("copy.localhost").orElseThrow();
        assertThat(copy.state()).isEqualTo(TenantState.OPEN);
        assertThat(copy.expiresAt()).isEqualTo(server.clock.instant().plus(Duration.ofDays(2)));
        assertThat(started.follow().text()).contains("Duplicate database: copy.localhost", "The copy has started.");

        for (String[] wrong : new String[][] {
            {"copy.localhost", ""}, {"No Name", ""}, {"fine.localhost", "-1"}, {"fine.localhost", "999999999"}
        }) {
            Answer refused =
                    admin.get(page + "/duplicate").submit(page + "/duplicate", "copy-name", wrong[0], "days", wrong[1]);
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.page().select("[role=alert] a").attr("href"))
                    .isEqualTo(wrong[1].isEmpty() ? "#copy-name" : "#days");
            assertThat(refused.page().select("#copy-name").val()).isEqualTo(wrong[0]);
        }
        for (String days : List.of("", "31")) {
            assertThat(admin.get(page + "/duplicate")
                            .submit(page + "/duplicate", "copy-name", "look.localhost", "days", days, "preview", "true")
                            .page()
                            .select("[role=alert] a")
                            .attr("href"))
                    .isEqualTo("#days");
        }
        Answer preview = admin.get(page + "/duplicate")
                .submit(page + "/duplicate", "copy-name", "look.localhost", "days", "30", "preview", "true");
        assertThat(PlanChangePagesTest.await(server, preview).state()).isEqualTo(OperationState.DONE);
        assertThat(server.saas
                        .tenants()
                        .findByName("look.localhost")
                        .orElseThrow()
                        .previewOf())
                .isEqualTo(tenant.id());
        server.saas.tenants().purge(copy.id());
        assertThat(admin.get("/admin/databases/" + copy.id() + "/duplicate").text())
                .contains("Only a running or suspended database");
    }

    @Test
    void movesADatabaseToAnotherServerInTheBackground() {
        Tenant tenant = database("moving.localhost");
        String page = "/admin/databases/" + tenant.id() + "/server";
        assertThat(admin.get(page).text()).contains("No other server accepts databases.");
        Server other = server.saas.servers().create(Server.builder("<evil-tag>").build());
        Answer form = admin.get(page);
        assertThat(form.submit(page, "server", "").text()).contains("Choose a server.");

        Answer started = form.submit(page, "server", other.id().toString());
        assertThat(PlanChangePagesTest.await(server, started).state()).isEqualTo(OperationState.DONE);
        assertThat(started.follow().text()).contains("Move database: moving.localhost", "The move has started.");
        assertThat(server.saas.tenants().get(tenant.id()))
                .isEqualTo(tenant.toBuilder().serverId(other.id()).build());
        assertThat(form.submit(page, "server", "99")
                        .page()
                        .select("[role=alert] a")
                        .attr("href"))
                .isEqualTo("#server");
        server.saas.tenants().purge(tenant.id());
        assertThat(admin.get(page).text()).contains("Only a running or suspended database");
        server.saas.servers().delete(other.id());
    }
}
