// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.campaign;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.MaintenanceWindow;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.Tenant;
import dev.allotment.backup.Backup;
import dev.allotment.core.Fixture;
import dev.allotment.core.Refusals;
import dev.allotment.core.Watched;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.fleet.CampaignStage;
import dev.allotment.fleet.CampaignStatus;
import dev.allotment.fleet.Server;
import dev.allotment.hook.TenantAction;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredTenant;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalTime;
import java.time.ZoneId;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** How many tenants of a server are changed at once, when a tenant may be changed, and its backup before that. */
final class CampaignLimitsTest {
    private static final ZoneId BERLIN = ZoneId.of("Europe/Berlin");

    private final Fixture fixture = new Fixture();
    private final List<Tenant> tenants = new ArrayList<>();
    /** Is zero when an action of {@link #blocking} waits. */
    private final CountDownLatch blocked = new CountDownLatch(1);

    private final List<String> acted = Collections.synchronizedList(new ArrayList<>());

    @AfterEach
    void close() {
        fixture.close();
    }

    private Tenant create(Plan plan) {
        String name = "t" + tenants.size() + ".example.com";
        Tenant made = fixture.saas
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(fixture.signUp("owner@" + name))
                        .name(name)
                        .build())
                .tenant();
        tenants.add(made);
        return made;
    }

    private SaasBuilder acting(TenantAction action) {
        return fixture.builder(fixture.backend).tenantAction("count", (saas, tenant) -> {
            action.run(saas, tenant);
            acted.add(tenant.name());
        });
    }

    private static Campaign.Builder counting() {
        return Campaign.of(CampaignChange.action("count")).canaries(0);
    }

    private void window(Tenant tenant, int from, int to) {
        fixture.saas
                .tenants()
                .update(
                        tenant.id(),
                        each -> each.toBuilder()
                                .maintenanceWindow(MaintenanceWindow.of(LocalTime.of(from, 0), LocalTime.of(to, 0)))
                                .build());
    }

    private List<String> names(int... which) {
        List<String> names = new ArrayList<>();
        for (int each : which) {
            names.add(tenants.get(each).name());
        }
        return names;
    }

    @Test
    void everythingThatIsWrongWithACampaignIsNamedAtOnce() {
        assertThat(Refusals.refusal(() -> counting()
                                .canaries(-1)
                                .waves(50, 10)
                                .parallel(0)
                                .parallelPerServer(1001)
                                .maxFailures(-2)
                                .maxFailurePercent(101)
                                .build())
                        .getMessage())
                .isEqualTo(
                        "A campaign has 0 or more canaries, found -1; 1 to 1000 tenants at once, found 0; 0 to 1000 of"
                                + " them on a server, found 1001; 0 or more failures, found -2; 0 to 100 percent of failures,"
                                + " found 101; waves that grow from 1 to 99 percent, found [50, 10].");
    }

    @Test
    void changesAFewTenantsOfEachServerAtOnce() {
        ServerId second =
                fixture.saas.servers().create(Server.builder("second").build()).id();
        Plan one = fixture.plan(Plan.builder("One").serverId(new ServerId(1)));
        Plan two = fixture.plan(Plan.builder("Two").serverId(second));
        for (int i = 0; i < 4; i++) {
            create(one);
        }
        for (int i = 0; i < 4; i++) {
            create(two);
        }
        Map<ServerId, Integer> now = new HashMap<>();
        List<Integer> most = Collections.synchronizedList(new ArrayList<>());
        // Each action waits for one on the other server, so none passes unless both servers are used at once.
        CyclicBarrier both = new CyclicBarrier(2);
        ExecutorService executor = Executors.newFixedThreadPool(4);
        try (Saas saas = acting((view, tenant) -> {
                    synchronized (now) {
                        most.add(now.merge(tenant.serverId(), 1, Integer::sum));
                    }
                    both.await(30, TimeUnit.SECONDS);
                    synchronized (now) {
                        now.merge(tenant.serverId(), -1, Integer::sum);
                    }
                })
                .executor(executor)
                .open()) {
            Operation started = saas.campaigns()
                    .start(counting().parallel(4).parallelPerServer(1).build());
            assertThat(saas.operations()
                            .await(started.id(), Duration.ofMinutes(1))
                            .state())
                    .isEqualTo(OperationState.DONE);
            assertThat(most).hasSize(8).containsOnly(1);
            assertThat(acted).doesNotHaveDuplicates();
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void changesTenantsInTheirMaintenanceWindowOnly() {
        Plan plan = fixture.plan();
        window(create(plan), 22, 4);
        window(create(plan), 11, 13);
        create(plan);
        try (Saas saas = acting((view, tenant) -> {}).open()) {
            Operation started = saas.campaigns().start(counting().inWindow(true).build());
            saas.maintenance().run();
            assertThat(acted).describedAs("at noon").containsExactlyElementsOf(names(1, 2));
            assertThat(saas.campaigns().status(started.id()))
                    .returns(1L, CampaignStatus::later)
                    .returns(2L, CampaignStatus::done);
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.RUNNING);
            for (int hour = 0; hour < 9; hour++) {
                fixture.clock.advance(Duration.ofHours(1));
                saas.maintenance().run();
            }
            assertThat(acted).describedAs("at nine").hasSize(2);
            fixture.clock.advance(Duration.ofMinutes(59));
            saas.maintenance().run();
            fixture.clock.advance(Duration.ofMinutes(1));
            saas.maintenance().run();
            assertThat(acted).describedAs("at ten").containsExactlyElementsOf(names(1, 2, 0));
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
        }
    }

    @Test
    void changesTenantsWithoutAWindowInThatOfTheirPlan() {
        Plan plan = fixture.plan(
                Plan.builder("Night").maintenanceWindow(MaintenanceWindow.of(LocalTime.of(22, 0), LocalTime.of(4, 0))));
        create(plan);
        window(create(plan), 11, 13);
        try (Saas saas = acting((view, tenant) -> {}).open()) {
            Operation started = saas.campaigns().start(counting().inWindow(true).build());
            saas.maintenance().run();
            assertThat(acted).describedAs("at noon").containsExactlyElementsOf(names(1));
            saas.plans()
                    .update(
                            plan.id(),
                            each -> each.toBuilder()
                                    .maintenanceWindow(MaintenanceWindow.parse("12:30-13:30"))
                                    .build());
            fixture.clock.advance(Duration.ofMinutes(45));
            saas.maintenance().run();
            assertThat(acted).describedAs("in the new window").containsExactlyElementsOf(names(1, 0));
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
            assertRefusedWindow(saas, plan);
        }
    }

    private static void assertRefusedWindow(Saas saas, Plan plan) {
        Refusals.assertRefusal(() -> saas.plans()
                        .update(
                                plan.id(),
                                each -> each.toBuilder()
                                        .maintenanceWindow(new MaintenanceWindow("at night"))
                                        .build()))
                .isEqualTo(ErrorCodes.PLAN_INVALID);
    }

    @Test
    void canariesWaitForTheirWindowToo() {
        Plan plan = fixture.plan();
        window(create(plan), 13, 14);
        window(create(plan), 15, 16);
        try (Saas saas = acting((view, tenant) -> {
                    throw new IllegalStateException("broken");
                })
                .open()) {
            Operation started =
                    saas.campaigns().start(counting().canaries(1).inWindow(true).build());
            saas.maintenance().run();
            fixture.clock.advance(Duration.ofHours(1));
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()).errorCode()).isEqualTo(ErrorCodes.CAMPAIGN_STOPPED);
            assertThat(saas.campaigns().status(started.id())).returns(1L, CampaignStatus::failed);
        }
    }

    @Test
    void aWindowFollowsTheClocksOfItsTimeZone() {
        MaintenanceWindow night = MaintenanceWindow.of(LocalTime.of(23, 0), LocalTime.of(1, 30));
        assertThat(night.range()).isEqualTo("23:00-01:30");
        assertThat(night.contains(Instant.parse("2026-01-10T22:00:00Z"), BERLIN))
                .isTrue();
        assertThat(night.contains(Instant.parse("2026-01-10T21:59:59Z"), BERLIN))
                .isFalse();
        assertThat(night.contains(Instant.parse("2026-01-11T00:29:59Z"), BERLIN))
                .isTrue();
        assertThat(night.contains(Instant.parse("2026-01-11T00:30:00Z"), BERLIN))
                .isFalse();
        assertThat(night.contains(Instant.parse("2026-07-10T21:00:00Z"), BERLIN))
                .isTrue();
        assertThat(night.nextAfter(Instant.parse("2026-01-10T22:00:00Z"), BERLIN))
                .isEqualTo("2026-01-11T22:00:00Z");
        MaintenanceWindow skipped = MaintenanceWindow.parse("02:00-03:00");
        Instant spring = Instant.parse("2026-03-29T00:59:59Z");
        assertThat(skipped.contains(spring, BERLIN)).isFalse();
        assertThat(skipped.contains(spring.plusSeconds(1), BERLIN))
                .describedAs("three")
                .isFalse();
        Instant autumn = Instant.parse("2026-10-25T00:00:00Z");
        assertThat(skipped.contains(autumn, BERLIN)).isTrue();
        assertThat(skipped.contains(autumn.plus(Duration.ofHours(1)), BERLIN))
                .describedAs("two o'clock comes twice")
                .isTrue();
        Refusals.assertRefusal(() -> MaintenanceWindow.of(LocalTime.of(22, 0), LocalTime.of(22, 0)))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        for (String wrong : List.of("", "22:00", "24:00-01:00", "22:00-22:00", "2:00-3:00", "22:00-23:60")) {
            Refusals.assertRefusal(() -> MaintenanceWindow.parse(wrong)).isEqualTo(ErrorCodes.CONFIGURATION_INVALID);
        }
    }

    @Test
    void makesABackupBeforeTheChange() {
        Plan plan = fixture.plan();
        create(plan);
        create(plan);
        List<Integer> backups = new ArrayList<>();
        try (Saas saas = acting((view, tenant) -> {
                    backups.add(view.backups().list(tenant.id()).size());
                    if (acted.isEmpty() && backups.size() == 1) {
                        throw new IllegalStateException("broken");
                    }
                })
                .open()) {
            Operation started = saas.campaigns()
                    .start(counting().maxFailures(1).backupBefore(true).build());
            saas.maintenance().run();
            assertThat(backups).containsExactly(1, 1);
            saas.campaigns().resume(started.id());
            saas.campaigns().retry(started.id());
            saas.maintenance().run();
            assertThat(backups).describedAs("another one before the retry").containsExactly(1, 1, 2);
            saas.backups().create(tenants.get(0).id(), null);
            saas.backups().create(tenants.get(0).id(), null);
            assertThat(saas.backups().list(tenants.get(0).id()))
                    .describedAs("two of the campaign, two of the administrator")
                    .hasSize(4);
            assertThat(saas.backups().list(tenants.get(0).id()))
                    .extracting(Backup::name)
                    .containsOnly(tenants.get(0).name());
        }
    }

    /** During the first backup, its tenant leaves the selection. During the second, the window of its tenant closes. */
    @Test
    void judgesATenantAgainAfterItsBackup() {
        Plan plan = fixture.plan();
        create(plan);
        window(create(plan), 11, 13);
        create(plan);
        List<String> written = new ArrayList<>();
        try (Saas saas = acting((view, tenant) -> {})
                .backupStore(new Watched(step -> {
                            if (step.equals("after write")) {
                                written.add(step);
                                // A backup has two files.
                                if (written.size() == 1) {
                                    change(0, row -> row.maxUsers(7));
                                } else if (written.size() == 3) {
                                    change(1, row -> row.maintenanceWindow(MaintenanceWindow.parse("13:00-14:00")));
                                }
                            }
                        })
                        .over(fixture.backups))
                .open()) {
            Operation started = saas.campaigns()
                    .start(counting()
                            .filter(Filter.notEqual(Tenant.MAX_USERS, 7))
                            .inWindow(true)
                            .backupBefore(true)
                            .build());
            saas.maintenance().run();
            assertThat(acted).containsExactlyElementsOf(names(2));
            assertThat(saas.campaigns().status(started.id()))
                    .returns(1L, CampaignStatus::later)
                    .returns(1L, CampaignStatus::done);
            fixture.clock.advance(Duration.ofHours(1));
            saas.maintenance().run();
            assertThat(acted).containsExactlyElementsOf(names(2, 1));
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
        }
    }

    /** Changes the row of a tenant that is busy. */
    private void change(int tenant, UnaryOperator<StoredTenant.Builder> change) {
        StoredTenant.Builder row = fixture.row(tenants.get(tenant).id()).toBuilder();
        fixture.storage.catalog().transact(tx -> {
            tx.records(RecordTypes.TENANTS).update(change.apply(row).build());
            return null;
        });
    }

    @Test
    void anOldBackupOfTheCampaignDoesNotCount() {
        create(fixture.plan());
        List<Operation> started = new ArrayList<>();
        List<Integer> backups = new ArrayList<>();
        try (Saas saas = acting((view, tenant) -> {
                    backups.add(view.backups().list(tenant.id()).size());
                    if (backups.size() < 3) {
                        view.campaigns().pause(started.get(0).id());
                        throw SaasException.unavailable(ErrorCodes.OPERATION_FAILED, "Not now.", null);
                    }
                })
                .open()) {
            started.add(saas.campaigns().start(counting().backupBefore(true).build()));
            saas.maintenance().run();
            for (Duration later : List.of(Duration.ofMinutes(9), Duration.ofMinutes(2))) {
                fixture.clock.advance(later);
                saas.campaigns().resume(started.get(0).id());
                saas.maintenance().run();
            }
            assertThat(backups).containsExactly(1, 1, 2);
        }
    }

    @Test
    void aWindowThatOpensDuringARunIsUsedInIt() {
        Plan plan = fixture.plan();
        window(create(plan), 13, 14);
        create(plan);
        create(plan);
        try (Saas saas = acting((view, tenant) -> {
                    if (acted.isEmpty()) {
                        fixture.clock.advance(Duration.ofMinutes(61));
                    }
                })
                .open()) {
            saas.campaigns().start(counting().inWindow(true).build());
            saas.maintenance().run();
            assertThat(acted).containsExactlyInAnyOrderElementsOf(names(0, 1, 2));
        }
    }

    @Test
    void aWindowThatIsClosedDuringARunIsObserved() {
        Plan plan = fixture.plan();
        create(plan);
        create(plan);
        try (Saas saas = acting((view, tenant) -> {
                    if (acted.isEmpty()) {
                        window(tenants.get(1), 13, 14);
                    }
                })
                .open()) {
            Operation started = saas.campaigns().start(counting().inWindow(true).build());
            saas.maintenance().run();
            assertThat(acted).containsExactlyElementsOf(names(0));
            fixture.clock.advance(Duration.ofHours(1));
            saas.maintenance().run();
            assertThat(acted).containsExactlyElementsOf(names(0, 1));
            assertThat(saas.operations().get(started.id()).state()).isEqualTo(OperationState.DONE);
        }
    }

    /** The earlier run continues when all other tenants are tried. */
    @Test
    void aResumedCampaignWaitsForTheTenantsThatItsEarlierRunStillChanges() throws Exception {
        Plan plan = fixture.plan();
        create(plan);
        create(plan);
        window(create(plan), 13, 14);
        CountDownLatch release = new CountDownLatch(1);
        try (Saas first = blocking(release);
                Saas other = acting((view, tenant) -> release.countDown())
                        .node("other")
                        .open()) {
            Operation campaign = first.campaigns()
                    .start(counting().inWindow(true).parallel(2).build());
            Thread earlier = runUntilBlocked(first);
            try {
                other.campaigns().pause(campaign.id());
                other.campaigns().resume(campaign.id());
                other.operations().recover();
                assertThat(acted).containsExactlyInAnyOrderElementsOf(names(0, 1));
                assertThat(other.campaigns().status(campaign.id()))
                        .returns(2L, CampaignStatus::done)
                        .returns(1L, CampaignStatus::later)
                        .returns(CampaignStage.WAVES, CampaignStatus::stage);
            } finally {
                release.countDown();
                earlier.join();
            }
            fixture.clock.advance(Duration.ofHours(1));
            other.maintenance().run();
            assertThat(other.operations().get(campaign.id()))
                    .returns(OperationState.DONE, Operation::state)
                    .extracting(Operation::result)
                    .returns("3", result -> result.get("done"));
            assertThat(acted).containsExactlyInAnyOrderElementsOf(names(0, 1, 2));
        }
    }

    @Test
    void aCampaignThatIsInterruptedWhileItWaitsIsLeftForLater() throws Exception {
        create(fixture.plan());
        CountDownLatch release = new CountDownLatch(1);
        try (Saas first = blocking(release);
                Saas other = acting((view, tenant) -> {}).node("other").open()) {
            Operation campaign = first.campaigns().start(counting().build());
            Thread earlier = runUntilBlocked(first);
            try {
                other.campaigns().pause(campaign.id());
                other.campaigns().resume(campaign.id());
                Thread.currentThread().interrupt();
                other.operations().recover();
                assertThat(Thread.interrupted()).isTrue();
                assertThat(other.operations().get(campaign.id()).state()).isEqualTo(OperationState.RUNNING);
                assertThat(acted).isEmpty();
            } finally {
                release.countDown();
                earlier.join();
            }
            other.operations().recover();
            assertThat(other.operations().get(campaign.id()).state())
                    .describedAs("at once")
                    .isEqualTo(OperationState.RUNNING);
            fixture.clock.advance(Duration.ofSeconds(30));
            other.operations().recover();
            assertThat(other.operations().get(campaign.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(acted).containsExactlyElementsOf(names(0));
        }
    }

    private Saas blocking(CountDownLatch release) {
        return acting((view, tenant) -> {
                    blocked.countDown();
                    release.await();
                })
                .open();
    }

    private Thread runUntilBlocked(Saas saas) throws InterruptedException {
        Thread thread = new Thread(() -> saas.maintenance().run());
        thread.start();
        blocked.await();
        return thread;
    }

    @Test
    void aCampaignThatIsCancelledWhileItWaitsIsNotUndone() {
        Plan plan = fixture.plan();
        window(create(plan), 13, 14);
        create(plan);
        try (Saas saas = acting((view, tenant) -> {}).open()) {
            Operation started = saas.campaigns().start(counting().inWindow(true).build());
            saas.maintenance().run();
            saas.operations().cancel(started.id());
            fixture.clock.advance(Duration.ofMinutes(10));
            saas.maintenance().run();
            assertThat(saas.operations().get(started.id()))
                    .returns(ErrorCodes.OPERATION_CANCELLED, Operation::errorCode)
                    .extracting(Operation::errorMessage)
                    .asString()
                    .contains("stay changed")
                    .doesNotContain("undone");
            assertThat(saas.campaigns().status(started.id())).returns(1L, CampaignStatus::done);
        }
    }

    @Test
    void refusesBackupsWithoutAStore() {
        try (Saas saas = fixture.builderWithoutKey(fixture.backend)
                .tenantAction("count", (view, tenant) -> {})
                .open()) {
            Refusals.assertRefusal(() ->
                            saas.campaigns().start(counting().backupBefore(true).build()))
                    .isEqualTo(ErrorCodes.BACKUP_NO_STORE);
        }
    }
}
