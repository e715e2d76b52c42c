// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.Refusals;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.MaintenanceThreads;
import dev.allotment.hook.MigrationFailedException;
import dev.allotment.hook.TenantAction;
import dev.allotment.hook.TenantSchema;
import dev.allotment.spi.backend.Backend;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a campaign says about a tenant that failed, what is no verdict about a tenant, and that all nodes help. */
final class CampaignNodesTest {
    private static final String REASON = "ERROR: key (email)=(ann@example.org) is duplicated";

    private final Fixture fixture = new Fixture();
    private final Plan plan = fixture.plan();
    private final List<Tenant> tenants = new ArrayList<>();
    private final List<String> acted = Collections.synchronizedList(new ArrayList<>());
    private Migration migration = name -> {};

    /** What the migration of a database does. */
    private interface Migration {
        void run(String database) throws Exception;
    }

    /** A schema whose migrations are those of the test. */
    private final class TestSchema implements TenantSchema {
        @Override
        public String version() {
            return "2";
        }

        @Override
        public void migrate(DatabaseLogin login) throws Exception {
            migration.run(login.user());
        }
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private User create() {
        String name = "t" + tenants.size() + ".example.com";
        User owner = fixture.signUp("owner@" + name);
        tenants.add(fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant());
        return owner;
    }

    private Saas migrating(Backend backend, String node) {
        return fixture.builder(RecordingSchema.withLogins(backend))
                .node(node)
                .tenantSchema(new TestSchema())
                .open();
    }

    private static OperationId run(Saas saas, Campaign.Builder campaign) {
        OperationId id = saas.campaigns().start(campaign.build()).id();
        saas.maintenance().run();
        return id;
    }

    private static Operation failure(Saas saas, OperationId campaign) {
        List<Operation> failures = saas.campaigns().failures(campaign, 0);
        assertThat(failures).hasSize(1);
        return failures.get(0);
    }

    @Test
    void administratorsReadTheReasonOfAFailureAndOwnersReadWhichMigrationFailed() {
        User owner = create();
        migration = name -> {
            throw new MigrationFailedException(
                    "V2__unique_email.sql", 3, "23505", REASON, new IllegalStateException("Flyway failed"));
        };
        try (Saas saas = migrating(fixture.backend, "node-a")) {
            OperationId campaign = run(saas, Campaign.of(CampaignChange.schema()));
            assertThat(failure(saas, campaign).errorMessage())
                    .contains(
                            tenants.get(0).name(),
                            "V2__unique_email.sql failed in line 3 (SQL state 23505)",
                            "Reason: " + REASON)
                    .doesNotContain("Flyway");
            assertThat(saas.operations().get(campaign))
                    .returns(ErrorCodes.CAMPAIGN_STOPPED, Operation::errorCode)
                    .extracting(Operation::errorMessage)
                    .asString()
                    .contains(tenants.get(0).name(), REASON);
            List<Operation> seen = saas.actingAs(owner.id())
                    .operations()
                    .list(Query.where(Filter.equal(Operation.ERROR_CODE, ErrorCodes.SCHEMA_FAILED)));
            assertThat(seen)
                    .singleElement()
                    .extracting(Operation::errorMessage)
                    .asString()
                    .contains("V2__unique_email.sql failed in line 3 (SQL state 23505)")
                    .doesNotContain("ann@", "Flyway");
        }
    }

    @Test
    void administratorsReadThatADatabaseWasUnavailable() {
        User owner = create();
        try (Saas saas = migrating(fixture.backend, "node-a")) {
            saas.tenants().suspend(tenants.get(0).id());
            fixture.backend.once("before close", () -> {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "Too many connections.", null);
            });
            Refusals.assertRefusal(() -> saas.tenants().migrate(tenants.get(0).id()))
                    .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            Query<Operation> unavailable =
                    Query.where(Filter.equal(Operation.ERROR_CODE, ErrorCodes.BACKEND_UNAVAILABLE));
            assertThat(saas.operations().list(unavailable))
                    .singleElement()
                    .returns("Database server \"default\": Too many connections.", Operation::errorMessage);
            assertThat(saas.actingAs(owner.id()).operations().list(unavailable))
                    .singleElement()
                    .returns("Temporarily unavailable. Please try again in a moment.", Operation::errorMessage);
        }
    }

    /** The database names the one cause of several, in its first line. The others have values of rows. */
    @Test
    void administratorsReadWhatTheDatabaseSaid() {
        User owner = create();
        try (Saas saas = migrating(fixture.backend, "node-a")) {
            saas.tenants().suspend(tenants.get(0).id());
            fixture.backend.once("before close", () -> {
                throw SaasException.unavailable(
                        ErrorCodes.BACKEND_UNAVAILABLE,
                        "Closing failed: the server ran out of memory or disk space.",
                        new IOException("ERROR: No space left on device\n  Detail: Key (email)=(ann@example.org)"));
            });
            Refusals.assertRefusal(() -> saas.tenants().migrate(tenants.get(0).id()))
                    .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            Query<Operation> unavailable =
                    Query.where(Filter.equal(Operation.ERROR_CODE, ErrorCodes.BACKEND_UNAVAILABLE));
            assertThat(saas.operations().list(unavailable))
                    .singleElement()
                    .returns(
                            "Database server \"default\": Closing failed: the server ran out of memory or disk space."
                                    + " (ERROR: No space left on device)",
                            Operation::errorMessage);
            assertThat(saas.actingAs(owner.id()).operations().list(unavailable))
                    .singleElement()
                    .returns("Temporarily unavailable. Please try again in a moment.", Operation::errorMessage);
        }
    }

    /** The node that finishes the change of a killed node fails, before the campaign continues. */
    @Test
    void aFailureOfTheRecoveryIsNoVerdictAboutTheTenant() {
        create();
        create();
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Saas victim = migrating(process, "node-a");
        OperationId campaign = victim.campaigns()
                .start(Campaign.of(CampaignChange.schema()).canaries(0).build())
                .id();
        migration = name -> {
            fixture.saas.campaigns().pause(campaign);
            process.killAfter(0);
        };
        try {
            victim.maintenance().run();
            throw new AssertionError("it lives");
        } catch (ProcessKilled expected) {
            fixture.clock.advance(Duration.ofMinutes(1));
        }
        migration = name -> {
            throw new IllegalStateException("connection limit");
        };
        try (Saas other = migrating(fixture.storage, "node-b")) {
            other.operations().recover();
            assertThat(failure(other, campaign).errorCode()).isEqualTo(ErrorCodes.SCHEMA_FAILED);
            List<String> migrated = new ArrayList<>();
            migration = migrated::add;
            other.campaigns().resume(campaign);
            other.maintenance().run();
            assertThat(other.operations().get(campaign).state()).isEqualTo(OperationState.DONE);
            assertThat(other.campaigns().status(campaign))
                    .returns(2L, CampaignStatus::done)
                    .returns(0L, CampaignStatus::failed);
            assertThat(migrated).hasSize(2);
        }
    }

    /** Whatever a killed node was changing counts once, and the campaign is never behind where it was. */
    @Test
    void theProgressOfACampaignThatAnotherNodeContinuesDoesNotGoBack() {
        for (int i = 0; i < 30; i++) {
            create();
        }
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        List<CampaignStatus> seen = new ArrayList<>();
        OperationId[] campaign = new OperationId[1];
        TenantAction watched = (saas, tenant) -> {
            seen.add(fixture.saas.campaigns().status(campaign[0]));
            if (seen.size() == 12) {
                process.killAfter(0);
            }
        };
        Saas victim = fixture.builder(process)
                .node("node-a")
                .tenantAction("watch", watched)
                .open();
        campaign[0] = victim.campaigns()
                .start(Campaign.of(CampaignChange.action("watch"))
                        .canaries(2)
                        .waves(50)
                        .build())
                .id();
        try {
            victim.maintenance().run();
            throw new AssertionError("it lives");
        } catch (ProcessKilled expected) {
            fixture.clock.advance(Duration.ofMinutes(1));
        }
        try (Saas other = fixture.builder(fixture.storage)
                .node("node-b")
                .tenantAction("watch", watched)
                .open()) {
            other.maintenance().run();
            seen.add(other.campaigns().status(campaign[0]));
        }
        assertThat(seen).hasSizeGreaterThanOrEqualTo(31).allSatisfy(each -> {
            assertThat(each.working()).isLessThanOrEqualTo(1);
            assertThat(each.total()).isEqualTo(30);
        });
        assertThat(seen).extracting(CampaignStatus::done).isSorted();
        assertThat(seen).extracting(CampaignStatus::stage).isSorted();
        assertThat(seen).extracting(each -> each.operation().percent()).isSorted();
        assertThat(seen.get(seen.size() - 1)).returns(30L, CampaignStatus::done).returns(0L, CampaignStatus::failed);
    }

    /** The only thread of the first node chooses tenants. */
    @Test
    void threadsOfAllNodesChangeTenantsAndTheLimitHoldsInTotal() {
        for (int i = 0; i < 8; i++) {
            create();
        }
        AtomicInteger now = new AtomicInteger();
        List<Integer> most = Collections.synchronizedList(new ArrayList<>());
        CountDownLatch helped = new CountDownLatch(1);
        TenantAction counting = (saas, tenant) -> {
            most.add(now.incrementAndGet());
            helped.await();
            now.decrementAndGet();
        };
        ExecutorService one = Executors.newSingleThreadExecutor();
        ExecutorService many = Executors.newFixedThreadPool(4);
        try (Saas first = acting("node-a", one, counting);
                Saas second = acting("node-b", many, (saas, tenant) -> {
                    helped.countDown();
                    counting.run(saas, tenant);
                });
                MaintenanceThreads maintenance = MaintenanceThreads.start(second, Duration.ofMillis(50))) {
            assertThat(maintenance.health().up()).isTrue();
            Operation started = first.campaigns()
                    .start(Campaign.of(CampaignChange.action("count"))
                            .canaries(0)
                            .parallel(2)
                            .build());
            assertThat(first.operations()
                            .await(started.id(), Duration.ofMinutes(1))
                            .state())
                    .isEqualTo(OperationState.DONE);
            assertThat(acted).hasSize(8).contains("node-b");
            assertThat(most).allMatch(each -> each <= 2);
            assertThat(first.campaigns().status(started.id())).returns(8L, CampaignStatus::done);
        } finally {
            one.shutdown();
            many.shutdown();
        }
    }

    private Saas acting(String node, ExecutorService executor, TenantAction action) {
        return fixture.builder(fixture.storage)
                .node(node)
                .executor(executor)
                .tenantAction("count", (saas, tenant) -> {
                    action.run(saas, tenant);
                    acted.add(node);
                })
                .open();
    }

    /** A node without the action leaves to others what the campaign offers. */
    @Test
    void aNodeThatLacksTheActionDoesNotHelp() {
        create();
        create();
        ExecutorService one = Executors.newSingleThreadExecutor();
        ExecutorService many = Executors.newFixedThreadPool(2);
        try (Saas first = acting("node-a", one, (saas, tenant) -> {});
                Saas second = fixture.builder(fixture.storage)
                        .node("node-b")
                        .executor(many)
                        .open();
                MaintenanceThreads maintenance = MaintenanceThreads.start(second, Duration.ofMillis(50))) {
            assertThat(maintenance.health().up()).isTrue();
            Operation started = first.campaigns()
                    .start(Campaign.of(CampaignChange.action("count"))
                            .canaries(0)
                            .parallel(2)
                            .build());
            assertThat(first.operations()
                            .await(started.id(), Duration.ofMinutes(1))
                            .state())
                    .isEqualTo(OperationState.DONE);
            assertThat(acted).containsExactly("node-a", "node-a");
        } finally {
            one.shutdown();
            many.shutdown();
        }
    }
}
