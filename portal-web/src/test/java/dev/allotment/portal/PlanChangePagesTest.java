// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AddonStatus;
import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.access.NewMember;
import dev.allotment.portal.PortalVisit.Answer;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** Tests of moving databases to other plans and versions. */
class PlanChangePagesTest {
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

    private static Tenant database(Plan plan, String name) {
        return server.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(server.signUp(name + "@example.com", "Owner of " + name))
                        .name(name)
                        .build())
                .tenant();
    }

    private static Plan users(Plan plan, int users) {
        return server.saas
                .plans()
                .update(plan.id(), each -> each.toBuilder().maxUsers(users).build());
    }

    private static void member(String database, String login) {
        server.saas
                .database(database)
                .members()
                .create(NewMember.builder(login, "Member")
                        .password("some words")
                        .build());
    }

    /** Waits for the operation that an answer redirects to. */
    static Operation await(PortalTestServer server, Answer answer) {
        assertThat(answer.location()).as(answer.body()).matches("/admin/operations/[0-9]+\\?done=[a-z]+");
        OperationId id = new OperationId(Long.parseLong(answer.location().replaceAll("[^0-9]", "")));
        return server.saas.operations().await(id, Duration.ofSeconds(30));
    }

    @Test
    void showsWhatAMoveWouldDoAndMovesTheDatabase() {
        Plan small = server.plan("Small move");
        Plan large = users(server.plan("Large <b>move</b>"), 50);
        server.saas.templates().build(large.id(), List.of("sale"));
        Tenant tenant = database(small, "moved.localhost");
        String path = "/admin/databases/" + tenant.id() + "/plan";

        Answer shown = admin.get(path + "?plan=" + large.id() + "&version=");
        assertThat(shown.page().select("[aria-label=Changes] tbody tr").eachText())
                .contains("Plan Small move Large <b>move</b>", "Users 5 50");
        assertThat(shown.text())
                .contains("Add-ons that will be installed: sale.")
                .doesNotContain("Move it all the same");
        assertThat(server.saas.tenants().get(tenant.id())).isEqualTo(tenant);

        Answer moved = shown.submit(path);
        assertThat(await(server, moved).state()).isEqualTo(OperationState.DONE);
        assertThat(moved.follow().text()).contains("Switch plan: moved.localhost", "Finished");
        assertThat(server.saas.tenants().get(tenant.id())).satisfies(after -> {
            assertThat(after.planId()).isEqualTo(large.id());
            assertThat(after.maxUsers()).isEqualTo(50);
        });
        assertThat(shown.submit(path).status()).as("a double click").isEqualTo(409);
        assertThat(admin.get(path + "?plan=" + large.id()).text()).contains("Nothing would change.");
        assertThat(admin.get(path + "?plan=" + large.id() + "&version=99").status())
                .isEqualTo(422);
        assertThat(admin.get(path + "?plan=x").status()).isEqualTo(422);
        assertThat(admin.get(path + "?plan=" + large.id() + "&version=-1").status())
                .isEqualTo(422);
    }

    @Test
    void removesAddonsWithTheirDataOnlyIfTheAdministratorSaysSo() {
        Plan with = server.plan("With sales");
        server.saas.templates().build(with.id(), List.of("sale"));
        Plan without = users(server.plan("Without sales"), 1);
        Tenant tenant = database(server.saas.plans().get(with.id()), "loses.localhost");
        member("loses.localhost", "second@example.com");
        String path = "/admin/databases/" + tenant.id() + "/plan";

        Answer shown = admin.get(path + "?plan=" + without.id());
        assertThat(shown.text())
                .contains("removed with all their data: sale", "Users: the new limit is 1, the present value is 2.");
        Answer refused = shown.submit(path);
        assertThat(refused.status()).isEqualTo(409);
        assertThat(refused.page().select("[role=alert] a").attr("href")).isEqualTo("#force");
        assertThat(server.saas.tenants().get(tenant.id()).planId()).isEqualTo(with.id());

        users(without, 2);
        Answer stale = shown.submit(path, "force", "true");
        assertThat(stale.status()).isEqualTo(409);
        assertThat(stale.text()).contains("has changed since this page was opened");
        assertThat(server.saas.tenants().get(tenant.id()).planId()).isEqualTo(with.id());

        await(server, stale.submit(path, "force", "true"));
        assertThat(server.saas.tenants().get(tenant.id()).planId()).isEqualTo(without.id());
        assertThat(server.saas.database("loses.localhost").addons().count(Filter.equal(AddonStatus.INSTALLED, true)))
                .isZero();
    }

    @Test
    void offersNoMoveOfADeletedDatabase() {
        Tenant tenant = database(server.plan("Gone"), "gone-move.localhost");
        server.saas.tenants().purge(tenant.id());

        Answer page = admin.get("/admin/databases/" + tenant.id() + "/plan");
        assertThat(page.status()).isEqualTo(200);
        assertThat(page.text()).contains("Only a running or suspended database");
        assertThat(admin.get("/admin/databases/" + tenant.id() + "/plan?plan=" + tenant.planId())
                        .status())
                .isEqualTo(422);
        assertThat(admin.get("/admin/databases/999999/plan").status()).isEqualTo(404);
    }

    @Test
    void listsTheVersionsOfAPlanAndMovesTheirDatabases() {
        Plan plan = server.plan("Versioned");
        Tenant fits = database(plan, "fits.localhost");
        Tenant full = database(plan, "full.localhost");
        member("full.localhost", "second@example.com");
        users(plan, 1);
        Tenant newer = database(server.saas.plans().get(plan.id()), "newer.localhost");
        String path = "/admin/plans/" + plan.id() + "/versions";

        Answer versions = admin.get(path);
        assertThat(versions.page().select("tbody tr").eachText())
                .satisfiesExactly(
                        second -> assertThat(second)
                                .startsWith("2 Sold now")
                                .contains("1 user,", "trial of 336 hours, no grace")
                                .endsWith("none 1"),
                        first -> assertThat(first)
                                .startsWith("1 ")
                                .contains("5 users")
                                .endsWith("none 2 Move all… of version 1"));
        assertThat(admin.get("/admin/plans/" + plan.id()).page().select("a[href=" + path + "]"))
                .hasSize(1);
        Answer asked = admin.get(versions.page().select("td a").attr("href"));
        assertThat(asked.page().select("[aria-label=Changes] tbody tr").eachText())
                .containsExactly("Users 5 1");
        assertThat(asked.text()).contains("2 databases are on version 1.");

        Answer moved = asked.submit(path + "/1/move");
        assertThat(moved.status()).isEqualTo(200);
        assertThat(moved.text()).contains("1 move has started.", "1 database is on version 1.");
        assertThat(moved.page().select("[aria-label=Not moved] tbody tr").eachText())
                .singleElement()
                .satisfies(
                        row -> assertThat(row).startsWith("full.localhost").contains("maxUsers would be 1, found 2"));
        assertThat(admin.get(moved.page().select("[aria-label=Not moved] a").attr("href"))
                        .text())
                .contains("Move it all the same");
        List<Operation> running = server.saas
                .operations()
                .list(Query.where(Filter.equal(Operation.TENANT_ID, fits.id()))
                        .orderByDescending(Operation.ID)
                        .page(0, 1));
        server.saas.operations().await(running.get(0).id(), Duration.ofSeconds(30));
        assertThat(server.saas.tenants().get(fits.id()).maxUsers()).isEqualTo(1);
        assertThat(server.saas.tenants().get(full.id()).planVersion()).isEqualTo(1);
        assertThat(server.saas.tenants().get(newer.id())).isEqualTo(newer);

        users(plan, 9);
        assertThat(asked.submit(path + "/1/move").status())
                .as("a newer version")
                .isEqualTo(409);
        assertThat(server.saas.tenants().get(full.id()).planVersion()).isEqualTo(1);
        assertThat(admin.get(path + "/3/move").status())
                .as("the version that is sold")
                .isEqualTo(404);
        assertThat(admin.get(path + "/0/move").status()).isEqualTo(404);
    }
}
