// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.portal.PortalVisit.Answer;
import dev.allotment.spi.backend.DatabaseRef;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

final class CheckPagesTest {
    private static final String CHECK = "/admin/check";
    private static final String REPAIR = CHECK + "/repair";
    private static final DatabaseRef ORPHAN = new DatabaseRef("lost.localhost", new UUID(7, 7));

    private PortalTestServer portal;
    private PortalVisit admin;

    @BeforeEach
    void open() throws Exception {
        portal = PortalTestServer.open();
        admin = PortalVisit.signedIn(portal, "admin");
    }

    @AfterEach
    void close() {
        portal.close();
    }

    private Tenant tenant(String name) {
        Plan plan = portal.saas.plans().create(Plan.builder("Plan of " + name).build());
        return portal.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(portal.signUp("owner@" + name, "Owner"))
                        .name(name)
                        .build())
                .tenant();
    }

    private static DatabaseRef ref(Tenant tenant) {
        return new DatabaseRef(tenant.name(), tenant.uuid());
    }

    private Operation finished(OperationKind kind) {
        List<Operation> found = portal.saas
                .operations()
                .list(Query.where(Filter.equal(Operation.KIND, kind)).orderByDescending(Operation.ID));
        return portal.saas.operations().await(found.get(0).id(), Duration.ofSeconds(30));
    }

    @Test
    void showsDifferencesAndRepairsWhatIsSafe() {
        Tenant tenant = tenant("right.localhost");
        assertThat(admin.get(CHECK).text()).contains("The catalog and the database servers agree", "1 database.");
        portal.databases().rename(new DatabaseRef(tenant.name(), tenant.uuid()), "wrong.localhost");
        portal.databases().create(ORPHAN);
        assertThat(admin.get(CHECK + "?kind=orphan").text())
                .as("the last report, which other links of the page show, too")
                .contains("0 differences found.", "Last checked 1 Mar 2026, 12:00 UTC");

        Answer report = admin.get(CHECK).submit(CHECK).follow();
        assertThat(report.text())
                .contains(
                        "2 differences found.",
                        "Wrong name",
                        "It will be renamed to right.localhost.",
                        "Orphan",
                        "lost");
        assertThat(report.forms())
                .as("a repair in one click")
                .noneMatch(form -> form.attr("action").contains("/check/"));
        Answer choice = admin.get(report.page().select("a[href=" + REPAIR + "]").attr("href"));
        assertThat(choice.text())
                .contains("1 database gets its recorded name back.", "1 name cannot be given to another tenant.");
        assertThat(choice.submit(REPAIR).follow().text()).contains("The repair has started.");
        assertThat(finished(OperationKind.REPAIR).state()).isEqualTo(OperationState.DONE);

        assertThat(admin.get(CHECK).text())
                .contains("1 difference found.", "2 repaired, 0 left")
                .doesNotContain("Wrong name");
        assertThat(portal.databases().exists("right.localhost")).isTrue();
        assertThat(portal.databases().exists(ORPHAN.name())).isTrue();
    }

    @Test
    void repairsOnlyWhatWasShownAndTicked() {
        Tenant first = tenant("first.localhost");
        Tenant second = tenant("second.localhost");
        Tenant third = tenant("third.localhost");
        for (Tenant each : List.of(first, second)) {
            portal.databases().rename(ref(each), "wrong-" + each.name());
        }
        Answer choice = admin.get(REPAIR + "?kind=wrong-name");
        List<String> keys = choice.page().select("[name=finding]").eachAttr("value");
        assertThat(keys).hasSize(2);
        portal.databases().rename(ref(third), "wrong-third.localhost");

        assertThat(choice.submit(REPAIR, "finding", keys.get(0)).status()).isEqualTo(303);
        assertThat(finished(OperationKind.REPAIR).result()).containsEntry("repaired", "1");

        assertThat(admin.get(CHECK + "?kind=wrong-name")
                        .page()
                        .select("[aria-label=Differences] td[data-label=Found]")
                        .eachText())
                .hasSize(2)
                .noneMatch(each -> each.contains("wrong-first"));
        assertThat(choice.submit(REPAIR, "finding", "").status()).as("nothing").isEqualTo(422);
        assertThat(choice.submit(REPAIR, "finding", keys.get(0)).status())
                .as("a second click")
                .isEqualTo(303);
        assertThat(finished(OperationKind.REPAIR).result())
                .as("it is repaired already")
                .containsEntry("repaired", "0");
    }

    @Test
    void suspendsMissingDatabasesOnlyAfterTheirNumberWasEntered() {
        List<Tenant> lost = List.of(tenant("a.localhost"), tenant("b.localhost"), tenant("c.localhost"));
        lost.forEach(each -> portal.databases().drop(ref(each)));
        Answer choice = admin.get(REPAIR);
        assertThat(choice.text()).contains("3 databases are suspended until the server has them again");
        List<String> keys = choice.page().select("[name=finding]").eachAttr("value");

        Answer unsure = choice.submit(REPAIR);
        assertThat(unsure.status()).isEqualTo(422);
        assertThat(unsure.text()).contains("You have ticked 3 databases that would be suspended.");
        assertThat(choice.submit(REPAIR, "suspended", "2").status()).isEqualTo(422);
        assertThat(portal.saas.operations().count(Filter.equal(Operation.KIND, OperationKind.REPAIR)))
                .isZero();
        assertThat(choice.submit(REPAIR, "suspended", "1", "finding", keys.get(0))
                        .status())
                .isEqualTo(303);
        finished(OperationKind.REPAIR);

        assertThat(lost)
                .filteredOn(each -> portal.saas.tenants().get(each.id()).state() == TenantState.SUSPENDED)
                .hasSize(1);
    }

    @Test
    void repairsAreChosenFromTheLastReport() {
        Tenant tenant = tenant("late.localhost");
        assertThat(admin.get(REPAIR).text()).contains("There is nothing that can be repaired without you.");
        portal.databases().rename(ref(tenant), "wrong.localhost");

        assertThat(admin.get(REPAIR).text()).contains("There is nothing that can be repaired without you.");
        portal.clock.advance(Duration.ofSeconds(1));
        Answer again = admin.get(CHECK).submit(CHECK);
        assertThat(again.location()).endsWith("since=" + portal.clock.instant().getEpochSecond());
        assertThat(admin.get(REPAIR).text()).contains("1 database gets its recorded name back.");
    }

    @Test
    void aReportFromBeforeTheAskedTimeDoesNotCount() {
        Tenant tenant = tenant("late.localhost");
        assertThat(admin.get(CHECK).text()).contains("0 differences");
        portal.databases().rename(ref(tenant), "wrong.localhost");
        portal.clock.advance(Duration.ofSeconds(1));
        long now = portal.clock.instant().getEpochSecond();

        assertThat(admin.get(CHECK + "?since=" + (now + 1)).text())
                .as("no time yet")
                .contains("0 differences");
        assertThat(admin.get(CHECK + "?since=" + now).text())
                .as("as if another node had made the report")
                .contains("1 difference found.");
    }

    @Test
    void dropsAnOrphanOnlyAfterItsNameWasTyped() {
        portal.databases().create(ORPHAN);
        String path = CHECK + "/1/" + ORPHAN.name() + "/drop";
        assertThat(admin.get(CHECK).page().select("a[href$=/drop]").attr("href"))
                .endsWith(path);

        assertThat(admin.get(path).submit(path, "confirm", "another").status()).isEqualTo(422);
        assertThat(portal.databases().exists(ORPHAN.name())).isTrue();
        admin.get(path).submit(path, "confirm", ORPHAN.name()).follow();
        finished(OperationKind.REPAIR);
        assertThat(portal.databases().exists(ORPHAN.name())).isFalse();
        assertThat(admin.get(path).status()).isEqualTo(404);
    }

    @Test
    void makesAnOrphanATenant() {
        Tenant other = tenant("other.localhost");
        portal.databases().create(ORPHAN);
        String path = CHECK + "/1/" + ORPHAN.name() + "/adopt";

        Answer unknown = admin.get(path).submit(path, "owner", "unknown", "plan", String.valueOf(other.planId()));
        assertThat(unknown.status()).isEqualTo(422);
        assertThat(unknown.text()).contains("There is no account with this login.");
        admin.get(path)
                .submit(path, "owner", "owner@other.localhost", "plan", String.valueOf(other.planId()))
                .follow();

        assertThat(finished(OperationKind.ADOPT_TENANT).state()).isEqualTo(OperationState.DONE);
        assertThat(portal.saas.tenants().list(Query.where(Filter.equal(Tenant.NAME, ORPHAN.name()))))
                .singleElement()
                .satisfies(each -> assertThat(each.uuid()).isEqualTo(ORPHAN.uuid()));
        assertThat(admin.get(CHECK).text()).contains("agree");
    }

    @Test
    void isForAdministratorsOnly() {
        portal.databases().create(ORPHAN);
        portal.signUp("curious@example.com", "Curious");
        PortalVisit curious = PortalVisit.signedIn(portal, "curious@example.com");

        assertThat(curious.get(CHECK).status()).isEqualTo(403);
        assertThat(curious.get(CHECK + "/1/" + ORPHAN.name() + "/drop").status())
                .isEqualTo(403);
        assertThat(admin.post(CHECK + "/repair", Map.of(), "Origin", admin.origin())
                        .status())
                .as("without the token of a form")
                .isEqualTo(403);
        assertThat(portal.saas.operations().count(Filter.equal(Operation.KIND, OperationKind.REPAIR)))
                .isZero();
    }
}
