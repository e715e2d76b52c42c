// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.NewMember;
import dev.allotment.portal.PortalVisit.Answer;
import java.net.URI;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

class DatabasePagesTest {
    private static PortalTestServer server;
    private static Plan plan;

    @BeforeAll
    static void open() throws Exception {
        server = PortalTestServer.open();
        plan = server.plan("Starter");
        server.saas.plans().create(Plan.builder("Secret plan").build());
    }

    @AfterAll
    static void close() {
        server.close();
    }

    private static Tenant database(User owner, String name) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private static Answer awaitEnd(PortalVisit visit, String progress) {
        for (int i = 0; i < 100; i++) {
            // Responds when the operation has finished, or after a while.
            visit.get(progress + "/events");
            Answer page = visit.get(progress);
            if (page.page().select("[data-events]").isEmpty()) {
                return page;
            }
        }
        throw new AssertionError("The operation did not finish");
    }

    @Test
    void createsADatabaseShowsItsProgressAndOpensIt() {
        server.signUp("start@example.com", "Start");
        PortalVisit visit = PortalVisit.signedIn(server, "start@example.com");
        Answer form = visit.get("/my/start");
        assertThat(form.text())
                .contains("Starter", "5 users", "100 MB", "14 days")
                .doesNotContain("Secret plan");

        Answer started = form.submit("/my/start", "label", "bakery");
        assertThat(started.location()).matches("/my/start/[0-9]+\\?new=1");
        String progress = started.location().substring(0, started.location().indexOf('?'));
        Answer stream = visit.get(progress + "/events");
        assertThat(stream.header("content-type")).startsWith("text/event-stream");
        assertThat(stream.body()).contains("data: {\"done\":", "\"phase\":\"done\"");

        Answer done = awaitEnd(visit, progress);
        assertThat(done.text()).contains("bakery.localhost is ready");
        Tenant tenant = server.saas.tenants().findByName("bakery.localhost").orElseThrow();
        assertThat(tenant.trial()).isTrue();
        Answer in = done.submit("/my/" + tenant.id() + "/open");
        assertThat(in.status()).isEqualTo(303);
        assertThat(in.header("referrer-policy")).isEqualTo("no-referrer");
        URI entry = URI.create(in.location());
        assertThat(entry.getHost()).isEqualTo("bakery.localhost");
        assertThat(done.header("content-security-policy"))
                .endsWith("form-action 'self' http://" + entry.getRawAuthority());
        String token = entry.getQuery().replaceAll(".*access_token=([^&]+).*", "$1");
        assertThat(server.saas.access().redeem("bakery.localhost", token)).isPresent();
    }

    @Test
    void createsOneDatabaseIfAFormIsSentTwice() {
        server.signUp("twice@example.com", "Twice");
        PortalVisit visit = PortalVisit.signedIn(server, "twice@example.com");
        Answer form = visit.get("/my/start");

        assertThat(form.submit("/my/start", "label", "only-once").location())
                .isEqualTo(form.submit("/my/start", "label", "only-once").location());
    }

    @Test
    void checksANameWhileItIsTyped() {
        User other = server.signUp("names@example.com", "Names");
        database(other, "taken.localhost");
        PortalVisit visit = PortalVisit.signedIn(server, "names@example.com");
        String check = "/my/start/check?plan=" + plan.id() + "&label=";

        assertThat(visit.get(check + "quite-free").body())
                .isEqualTo("{\"free\":true,\"text\":\"This name is available.\"}");
        assertThat(visit.get(check + "taken").body()).startsWith("{\"free\":false,");
        assertThat(visit.get(check + "www").body()).startsWith("{\"free\":false,");
        assertThat(visit.get(check + "%3Cevil-tag%3E").body())
                .startsWith("{\"free\":false,")
                .doesNotContain("<");
        assertThat(visit.get("/my/start/check").body()).startsWith("{\"free\":false,");
        assertThat(new PortalVisit(server).get(check + "quite-free").status()).isEqualTo(303);
    }

    @Test
    void refusesATakenNameAndAnUnpublishedPlan() {
        User other = server.signUp("refused@example.com", "Refused");
        database(other, "mine.localhost");
        Answer form = PortalVisit.signedIn(server, "refused@example.com").get("/my/start");

        Answer taken = form.submit("/my/start", "label", "mine");
        assertThat(taken.status()).isEqualTo(422);
        assertThat(taken.page().select("[role=alert] a").attr("href")).isEqualTo("#label");
        assertThat(form.submit("/my/start", "plan", "2", "label", "secret").status())
                .isEqualTo(404);
        assertThat(server.saas.tenants().findByName("secret")).isEmpty();
    }

    @Test
    void listsStateTimeAndUsage() {
        User owner = server.signUp("list@example.com", "List");
        Tenant tenant = server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("listed.localhost")
                        .trial(true)
                        .build())
                .tenant();
        server.saas.tenants().sync(tenant.id());
        database(owner, "stopped.localhost");
        server.saas
                .tenants()
                .suspend(server.saas
                        .tenants()
                        .findByName("stopped.localhost")
                        .orElseThrow()
                        .id());
        Answer page = PortalVisit.signedIn(server, "list@example.com").get("/my");

        assertThat(page.page().select("article").eachText())
                .satisfiesExactly(
                        listed -> assertThat(listed)
                                .contains("listed.localhost", "Running", "Starter", "trial", "14 days left")
                                .contains("1 of 5 users", "of 100 MB", "Open", "Rename", "Delete"),
                        stopped -> assertThat(stopped)
                                .contains("stopped.localhost", "Suspended", "No end date", "Not measured yet")
                                .doesNotContain("Open"));
        assertThat(page.page().select("article svg[role=img]").eachAttr("aria-label"))
                .contains("Users: 20 percent used");
        assertThat(page.forms().stream().map(each -> each.attr("action"))).contains("/my/" + tenant.id() + "/open");
    }

    @Test
    void listsManyDatabasesPageByPage() {
        User owner = server.signUp("many@example.com", "Many");
        Set<String> names = new HashSet<>();
        for (int i = 0; i < 120; i++) {
            names.add(database(owner, "many-" + i + "-" + "x".repeat(44) + ".localhost")
                    .name());
        }
        PortalVisit visit = PortalVisit.signedIn(server, "many@example.com");
        Set<String> seen = new HashSet<>();
        Answer page = visit.get("/my");
        assertThat(page.text()).contains("1–25 of 120");
        seen.addAll(page.page().select("article h2").eachText());
        while (!page.page().select("a[rel=next]").isEmpty()) {
            page = visit.get(page.page().select("a[rel=next]").attr("href"));
            assertThat(page.header("content-security-policy"))
                    .contains(" http://" + page.page().selectFirst("article h2").text());
            seen.addAll(page.page().select("article h2").eachText());
        }
        assertThat(seen).isEqualTo(names);
        assertThat(visit.get("/my?page=9").text()).contains("Previous").doesNotContain("No databases yet");
    }

    @Test
    void renamesADatabaseAndKeepsItsDomain() {
        User owner = server.signUp("rename@example.com", "Rename");
        Tenant tenant = database(owner, "before.localhost");
        PortalVisit visit = PortalVisit.signedIn(server, "rename@example.com");
        String path = "/my/" + tenant.id() + "/rename";
        Answer form = visit.get(path);
        assertThat(form.page().select("#label").val()).isEqualTo("before");

        assertThat(form.submit(path, "label", "No Name").status()).isEqualTo(422);
        assertThat(form.submit(path, "label", "after").follow().text()).contains("Renamed.", "after.localhost");
        assertThat(server.saas.tenants().get(tenant.id()).name()).isEqualTo("after.localhost");
    }

    @Test
    void deletesADatabaseIfItsNameIsTyped() {
        User owner = server.signUp("delete@example.com", "Delete");
        Tenant tenant = database(owner, "gone.localhost");
        PortalVisit visit = PortalVisit.signedIn(server, "delete@example.com");
        String path = "/my/" + tenant.id() + "/delete";

        assertThat(visit.get(path).submit(path, "name", "gone").status()).isEqualTo(422);
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(visit.get(path)
                        .submit(path, "name", "gone.localhost")
                        .follow()
                        .text())
                .contains("The database is deleted for good.", "No databases yet");
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(visit.get(path).status()).isEqualTo(404);
    }

    @Test
    void describesADeletionAccordingToTheSettings() {
        User owner = server.signUp("retained@example.com", "Retained");
        Tenant tenant = database(owner, "retained.localhost");
        PortalVisit visit = PortalVisit.signedIn(server, "retained@example.com");
        String path = "/my/" + tenant.id() + "/delete";
        PortalVisit admin = PortalVisit.signedIn(server, "admin");

        assertThat(visit.get(path).text()).contains("It cannot be undone.");
        server.saas.parameters().set(Parameter.RETENTION_DAYS, "14");
        try {
            assertThat(visit.get(path).text())
                    .contains("For 14 days, you can restore it.")
                    .doesNotContain("It cannot be undone", "backup");
            server.saas.backups().create(tenant.id(), null);
            server.saas.backups().create(tenant.id(), null);
            assertThat(visit.get(path).text())
                    .contains("its users, data and files, and its 2 backups are gone for good", "download it first");
            assertThat(admin.get("/admin/databases/" + tenant.id()).text())
                    .contains("For 14 days, an administrator can restore it.");
            Tenant preview = server.saas
                    .tenants()
                    .duplicate(DuplicateTenant.builder(tenant.id())
                            .name("look-retained.localhost")
                            .preview(1)
                            .build())
                    .tenant();
            assertThat(visit.get("/my/" + preview.id() + "/delete").text()).contains("It cannot be undone.");
            assertThat(visit.get(path)
                            .submit(path, "name", "retained.localhost")
                            .follow()
                            .text())
                    .contains("You can restore it below");
            assertThat(admin.get("/admin/databases/" + preview.id()).text()).contains("It cannot be undone.");
        } finally {
            server.saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        }
    }

    @Test
    void aDeletedDatabaseStaysVisibleAndItsOwnerRestoresIt() {
        User owner = server.signUp("undo@example.com", "Undo");
        Tenant tenant = database(owner, "undo.localhost");
        Tenant taken = database(owner, "kept-undo.localhost");
        PortalVisit visit = PortalVisit.signedIn(server, "undo@example.com");
        String path = "/my/" + tenant.id();
        server.saas.parameters().set(Parameter.RETENTION_DAYS, "14");
        try {
            visit.get(path + "/delete").submit(path + "/delete", "name", "undo.localhost");
            server.saas.tenants().delete(taken.id());
        } finally {
            server.saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        }

        Answer list = visit.get("/my");
        assertThat(list.page().select(".deleted tbody tr").eachText())
                .hasSize(2)
                .allSatisfy(row -> assertThat(row).contains(" UTC"))
                .anySatisfy(row -> assertThat(row).startsWith("undo.localhost").endsWith("Restore undo.localhost"))
                .anySatisfy(row ->
                        assertThat(row).startsWith("kept-undo.localhost").endsWith("Your provider can restore it."));
        server.signUp("nosy@example.com", "Nosy");
        PortalVisit nosy = PortalVisit.signedIn(server, "nosy@example.com");
        assertThat(nosy.get("/my").text()).doesNotContain("undo.localhost");
        String token = nosy.get("/my").page().select("input[name=form]").val();
        assertThat(nosy.post(path + "/restore", Map.of("form", token), "Origin", nosy.origin())
                        .status())
                .isEqualTo(404);

        assertThat(list.submit(path + "/restore").follow().text()).contains("Restored with all its data.");
        assertThat(server.saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(visit.post(
                                "/my/" + taken.id() + "/restore",
                                Map.of(
                                        "form",
                                        list.page().select("input[name=form]").val()),
                                "Origin",
                                visit.origin())
                        .status())
                .isEqualTo(403);
        assertThat(list.submit(path + "/restore").status()).as("a repeat").isEqualTo(409);
    }

    @Test
    void saysThatThePlanIsUsedUpAndNotThatTheNameIsWrong() {
        User owner = server.signUp("usedup@example.com", "Used up");
        Plan one = server.saas
                .plans()
                .create(Plan.builder("One each")
                        .dbNameTemplate("one-%i.localhost")
                        .maxDatabasesPerCustomer(1)
                        .published(true)
                        .build());
        try {
            Tenant tenant = server.saas
                    .tenants()
                    .create(CreateTenant.onPlan(one).owner(owner).build())
                    .tenant();
            Answer refused = PortalVisit.signedIn(server, "usedup@example.com")
                    .get("/my/start")
                    .submit("/my/start", "plan", one.id().toString(), "label", "second");
            assertThat(refused.status()).isEqualTo(422);
            assertThat(refused.page().select("[role=alert]").text())
                    .contains("You already have a database on this plan, and it allows no more.");
            assertThat(refused.page().select("#label").attr("aria-invalid")).isEmpty();
            server.saas.tenants().delete(tenant.id());
        } finally {
            server.saas.plans().delete(one.id());
        }
    }

    @Test
    void drawsTheDailyUsage() {
        User owner = server.signUp("drawn@example.com", "Drawn");
        Tenant tenant = database(owner, "drawn.localhost");
        PortalVisit visit = PortalVisit.signedIn(server, "drawn@example.com");
        assertThat(visit.get("/my").page().select("figure")).isEmpty();
        for (int day = 1; day <= 3; day++) {
            server.clock.advance(Duration.ofDays(1));
            server.saas
                    .database("drawn.localhost")
                    .members()
                    .create(NewMember.builder("member" + day + "@example.com", "Member")
                            .password("some words")
                            .build());
            server.saas.tenants().sync(tenant.id());
        }
        PortalVisit later = PortalVisit.signedIn(server, "drawn@example.com");
        PortalVisit adminLater = PortalVisit.signedIn(server, "admin");

        for (Answer page : List.of(later.get("/my"), adminLater.get("/admin/databases/" + tenant.id()))) {
            assertThat(page.page().select("figure svg").first().attr("aria-label"))
                    .matches("Users from [0-9]+ [A-Z][a-z]+ to [0-9]+ [A-Z][a-z]+: minimum 1 user, maximum 4 users,"
                            + " latest 4 users\\.");
            assertThat(page.page().select("figure").first().text()).contains("now 4 users", "0");
            assertThat(page.page().select("figure polyline").first().attr("points"))
                    .endsWith("290,2");
        }
        assertThat(adminLater.get("/admin").page().select("figure svg").eachAttr("aria-label"))
                .hasSize(2)
                .allSatisfy(each -> assertThat(each).contains("maximum"));
        server.signUp("stranger@example.com", "Stranger");
        assertThat(PortalVisit.signedIn(server, "stranger@example.com")
                        .get("/my")
                        .page()
                        .select("figure"))
                .isEmpty();
    }

    @Test
    void showsTheAddressOfAPlanOnItsCard() {
        server.signUp("address@example.com", "Address");
        Plan other = server.saas
                .plans()
                .create(Plan.builder("Elsewhere")
                        .dbNameTemplate("x-%i.elsewhere.localhost")
                        .published(true)
                        .build());
        try {
            Answer page = PortalVisit.signedIn(server, "address@example.com").get("/my/start");
            assertThat(page.page().select(".choice .address").eachText())
                    .contains("Address: name.localhost", "Address: name.elsewhere.localhost");
            assertThat(page.page().select(".suffix").text()).isEmpty();
        } finally {
            server.saas.plans().delete(other.id());
        }
        Answer wrong = PortalVisit.signedIn(server, "address@example.com")
                .get("/my/start")
                .submit("/my/start", "label", "No Name");
        assertThat(wrong.page().select("#label").attr("aria-describedby")).contains("label-problem");
        assertThat(wrong.page().select("#label-problem").text()).isNotEmpty();
    }

    @Test
    void showsThatADatabaseHasExpired() {
        User owner = server.signUp("over@example.com", "Over");
        server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("over.localhost")
                        .trial(true)
                        .build());
        server.clock.advance(Duration.ofDays(15));
        server.saas.maintenance().runDue();

        assertThat(PortalVisit.signedIn(server, "over@example.com").get("/my").text())
                .contains("Expired on")
                .contains("Its trial has ended. Your data is safe. Contact your provider to reopen it. Get help");
    }
}
