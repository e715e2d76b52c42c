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

    private Operation finished(OperationKind kind) {
        List<Operation> found = portal.saas
                .operations()
                .list(Query.where(Filter.equal(Operation.KIND, kind)).orderByDescending(Operation.ID));
        return portal.saas.operations().await(found.get(0).id(), Duration.ofSeconds(30));
    }

    @Test
    void showsDifferencesAndRepairsWhatIsSafe() {
        Tenant tenant = tenant("right.localhost");
        assertThat(admin.get(CHECK).text()).contains("The catalog and the database servers agree", "1 databases");
        portal.databases().rename(new DatabaseRef(tenant.name(), tenant.uuid()), "wrong.localhost");
        portal.databases().create(ORPHAN);

        Answer report = admin.get(CHECK);
        assertThat(report.text())
                .contains("2 differences", "Wrong name", "It will be renamed to right.localhost.", "Orphan", "lost");
        assertThat(report.submit(CHECK + "/repair").follow().text()).contains("The repair has started.");
        assertThat(finished(OperationKind.REPAIR).state()).isEqualTo(OperationState.DONE);

        assertThat(admin.get(CHECK).text())
                .contains("1 differences", "2 repaired, 0 left")
                .doesNotContain("Wrong name");
        assertThat(portal.databases().exists("right.localhost")).isTrue();
        assertThat(portal.databases().exists(ORPHAN.name())).isTrue();
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
