// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCategory;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.fleet.FindingCode;
import dev.allotment.fleet.Server;
import dev.allotment.test.LoggedEvents;
import java.nio.file.Path;
import java.util.List;
import java.util.function.Supplier;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The server of the catalog dies, and a standby takes over that lacks the last transactions. The nodes go on with it,
 * and are not started again. Other tenants are on a second server, which has not lost anything.
 */
@Tag("slow")
final class AsynchronousFailoverTest {
    @TempDir
    Path folder;

    private PostgresGround first;
    private PostgresGround second;

    @BeforeEach
    void start() throws Exception {
        first = new PostgresGround(Server.DEFAULT_NAME, folder.resolve("first"));
        second = new PostgresGround("second", folder.resolve("second"));
        first.addStandby(folder.resolve("standby"));
    }

    @AfterEach
    void end() {
        first.close();
        second.close();
    }

    @Test
    void whatTheCatalogHasLostIsNoticedBeforeAnythingIsWritten() throws Exception {
        try (Saas saas = open("one");
                Saas other = open("other")) {
            Victim.prepare(saas, 1);
            Server there = saas.servers()
                    .create(Server.builder(second.server())
                            .backend(second.backend())
                            .settings(second.settings())
                            .build());
            Tenant suspended = create(saas, "suspended.example");
            saas.tenants().move(suspended.id(), there.id());
            Tenant moved = create(saas, "moved.example");
            settle(saas);
            settle(other);

            first.detachStandby();
            saas.tenants().suspend(suspended.id());
            saas.tenants().move(moved.id(), there.id());
            Tenant late = create(saas, "late.example");
            saas.tenants().move(late.id(), there.id());
            assertThat(second.letIn()).containsExactlyInAnyOrder("moved.example", "late.example");
            first.promoteStandby();

            assertThat(patiently(() -> other.tenants().get(moved.id())).serverId())
                    .as("the first answer after the failover")
                    .isEqualTo(there.id());
            // The values that the database has are newer than those of the catalog.
            Tenant read = patiently(() -> other.tenants().sync(suspended.id()));
            assertThat(read.serverId()).isEqualTo(there.id());
            assertThat(other.events().list(Query.where(Filter.equal(Event.TYPE, EventType.CATALOG_RESTORED))))
                    .singleElement()
                    .satisfies(event -> assertThat(event.details())
                            .containsEntry("moved", "moved.example")
                            .hasEntrySatisfying(
                                    "changed", names -> assertThat(names).contains("suspended.example")));
            settle(saas);
            settle(other);

            assertThat(second.letIn()).containsExactlyInAnyOrder("moved.example", "late.example");
            assertThat(first.letIn()).doesNotContain("moved.example");
            assertThat(other.tenants().get(moved.id()).serverId()).isEqualTo(there.id());
            assertThat(other.reconciliation().check().findings())
                    .anyMatch(each -> each.code() == FindingCode.CHANGED_SINCE_BACKUP
                            && suspended.id().equals(each.tenantId()))
                    .anyMatch(each ->
                            each.code() == FindingCode.MISPLACED && moved.id().equals(each.tenantId()))
                    .anyMatch(each -> each.code() == FindingCode.ORPHAN && "late.example".equals(each.database()));
        }
    }

    @Test
    void aNodeWarnsAtItsStartIfNoCommitWaitsForTheReplica() throws Exception {
        assertThat(warningsAtTheStart()).as("a synchronous replica").noneMatch(each -> each.contains("replica"));

        first.commitWithoutStandby();

        assertThat(warningsAtTheStart())
                .filteredOn(each -> each.contains("replica"))
                .singleElement(InstanceOfAssertFactories.STRING)
                .startsWith("The database server of the catalog has 1 asynchronous replica(s)")
                .endsWith("Use synchronous replication for the catalog.");
    }

    private List<String> warningsAtTheStart() {
        try (LoggedEvents log = LoggedEvents.of("dev.allotment.postgres");
                Saas saas = open("one")) {
            assertThat(saas.health().up()).isTrue();
            return log.warnings();
        }
    }

    private Saas open(String node) {
        return Saas.builder()
                .backend(first.backend(), first.settings())
                .node(node)
                .secretKey("a secret key for tests")
                .passwordIterations(1)
                .administrator("admin", "admin")
                .open();
    }

    private static Tenant create(Saas saas, String name) {
        PlanId plan = saas.plans().list(Query.all()).stream()
                .filter(each -> each.name().equals(Victim.FROM_TEMPLATE))
                .map(Plan::id)
                .findFirst()
                .orElseThrow();
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(Victim.owner(saas))
                        .name(name)
                        .build())
                .tenant();
    }

    private static void settle(Saas saas) {
        for (int run = 0; patiently(() -> saas.maintenance().run()) > 0; run++) {
            assertThat(run).as("the maintenance finishes").isLessThan(50);
        }
    }

    /** The first calls after a failover find connections to a dead server. */
    private static <T> T patiently(Supplier<T> call) {
        for (int attempt = 0; ; attempt++) {
            try {
                return call.get();
            } catch (SaasException e) {
                if (e.category() != ErrorCategory.UNAVAILABLE || attempt == 20) {
                    throw e;
                }
            }
        }
    }
}
