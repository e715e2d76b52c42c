// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.BackupSchedule;
import dev.allotment.BackupSchedule.Unit;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.OverdueBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.fleet.NodeStatistics;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class ScheduledBackupsTest {
    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan daily =
            fixture.plan(Plan.builder("Daily").backups(BackupSchedule.parse("every 24h keep 3d 2w")));
    private final Plan never = fixture.plan(Plan.builder("Never"));
    private final Tenant shop = create(daily, "shop.example.com");

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant create(Plan plan, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private int backUpAfter(Duration time) {
        fixture.clock.advance(time);
        return saas.maintenance().makeBackups();
    }

    private void schedule(String text) {
        saas.plans()
                .update(
                        daily.id(),
                        plan -> plan.toBuilder()
                                .backups(BackupSchedule.parse(text))
                                .build());
    }

    private List<Instant> times(Tenant tenant) {
        return saas.backups().list(tenant.id()).stream().map(Backup::createdAt).toList();
    }

    @Test
    void areOverdueAfterAnHour() {
        create(never, "never.example.com");
        fixture.clock.advance(Duration.ofMinutes(59));
        assertThat(saas.backups().overdue(9)).isEmpty();
        fixture.clock.advance(Duration.ofMinutes(2));
        assertThat(saas.backups().overdue(9))
                .containsExactly(new OverdueBackup(shop.id(), shop.name(), shop.createdAt()));
        assertRefusal(() -> saas.actingAs(owner.id()).backups().overdue(9)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);

        saas.maintenance().makeBackups();
        Instant made = fixture.clock.instant();
        assertThat(saas.backups().overdue(9)).isEmpty();
        fixture.clock.advance(Duration.ofHours(26));
        assertThat(saas.backups().overdue(9))
                .containsExactly(new OverdueBackup(shop.id(), shop.name(), made.plus(Duration.ofHours(24))));
    }

    @Test
    void backsUpEachTenantOfThePlanOnceInEachPeriod() {
        create(never, "other.example.com");
        assertThat(backUpAfter(Duration.ZERO)).as("the first one at once").isOne();
        assertThat(backUpAfter(Duration.ofHours(23))).isZero();
        assertThat(backUpAfter(Duration.ofHours(1))).isOne();
        assertThat(times(shop)).hasSize(2);
        Tenant second = create(daily, "second.example.com");
        assertThat(backUpAfter(Duration.ofHours(24))).isEqualTo(2);
        assertThat(times(second)).hasSize(1);
        assertThat(saas.maintenance().makeBackups()).isZero();
    }

    @Test
    void keepsTheNewestOfEachDayAndEachWeek() {
        for (int day = 0; day < 30; day++) {
            backUpAfter(Duration.ofHours(24));
        }
        List<LocalDate> days = times(shop).stream()
                .map(each -> each.atOffset(ZoneOffset.UTC).toLocalDate())
                .toList();
        LocalDate today = days.get(0);
        LocalDate lastSunday = today.minusDays(today.getDayOfWeek().getValue());
        assertThat(days).contains(today, today.minusDays(1), today.minusDays(2), lastSunday);
        assertThat(days).hasSizeBetween(3, 4);
    }

    @Test
    void leavesOtherBackupsAlone() {
        Backup mine = saas.backups().create(shop.id(), null);
        Backup owners = saas.actingAs(owner.id()).backups().create(shop.id(), null);
        for (int day = 0; day < 10; day++) {
            backUpAfter(Duration.ofHours(24));
        }
        assertThat(saas.backups().list(shop.id())).contains(mine, owners);
        int scheduled = saas.backups().list(shop.id()).size() - 2;
        for (int more = 0; more < 5; more++) {
            fixture.clock.advance(Duration.ofMinutes(1));
            saas.backups().create(shop.id(), null);
        }
        assertThat(saas.backups().list(shop.id())).hasSize(scheduled + 1 + 2).doesNotContain(mine);
    }

    @Test
    void backsUpSuspendedTenantsButNoDeletedOnes() {
        saas.tenants().suspend(shop.id());
        assertThat(backUpAfter(Duration.ofHours(24))).isOne();
        saas.tenants().delete(shop.id());
        assertThat(backUpAfter(Duration.ofHours(24))).isZero();
    }

    @Test
    void triesAgainAnHourAfterAFailure() {
        fixture.backend.once("before send", () -> {
            throw new IllegalStateException("a backend with a defect");
        });
        assertThat(saas.maintenance().makeBackups()).isZero();
        assertThat(saas.maintenance().makeBackups()).isZero();
        assertThat(backUpAfter(Duration.ofHours(1))).isOne();
        assertThat(times(shop)).hasSize(1);
    }

    @Test
    void triesAgainAnHourAfterAFailureOnAnotherNode() {
        long running = 0;
        for (int points = 0; running == 0; points++) {
            fixture.clock.advance(Duration.ofHours(2));
            InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
            Saas victim = fixture.builder(process).node("victim").open();
            process.killAfter(points);
            assertThatThrownBy(() -> victim.maintenance().makeBackups()).isInstanceOf(ProcessKilled.class);
            running = operations(OperationState.RUNNING);
        }
        fixture.backend.once("before write", () -> {
            throw new IllegalStateException("a store with a defect");
        });
        fixture.clock.advance(Duration.ofHours(1));
        saas.maintenance().recover();
        assertThat(operations(OperationState.FAILED)).isOne();
        assertThat(saas.maintenance().makeBackups()).isZero();
        assertThat(backUpAfter(Duration.ofHours(1))).isOne();
    }

    private long operations(OperationState state) {
        return saas.operations()
                .count(Filter.and(
                        Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT),
                        Filter.equal(Operation.STATE, state)));
    }

    @Test
    void triesOneTenantInFiveMinutesWhileTheStoreFails() {
        create(daily, "second.example.com");
        create(daily, "third.example.com");
        AtomicInteger calls = new AtomicInteger();
        AtomicBoolean down = new AtomicBoolean(true);
        BackupStore failing = new BackupStore() {
            @Override
            public void write(String name, InputStream content) throws IOException {
                fixture.backups.write(name, content);
            }

            @Override
            public InputStream read(String name) throws IOException {
                if (down.get()) {
                    calls.incrementAndGet();
                    throw new IOException("The store is down");
                }
                return fixture.backups.read(name);
            }

            @Override
            public List<StoredFile> list(String prefix) {
                return fixture.backups.list(prefix);
            }

            @Override
            public void delete(String name) {
                fixture.backups.delete(name);
            }

            @Override
            public void tidy() throws IOException {
                fixture.backups.tidy();
            }
        };
        try (Saas node = fixture.builder(fixture.storage).backupStore(failing).open()) {
            assertThat(node.maintenance().makeBackups()).isZero();
            assertThat(node.maintenance().makeBackups()).isZero();
            assertThat(calls).hasValue(1);
            down.set(false);
            fixture.seconds(301);
            fixture.clock.advance(Duration.ofSeconds(301));
            assertThat(node.maintenance().makeBackups()).isEqualTo(3);
        }
    }

    @Test
    void whatNeverStartsIsAmongTheFailedOnes() {
        assertThat(saas.maintenance().makeBackups()).isOne();
        fixture.clock.advance(Duration.ofDays(1));
        try (Saas wrong = fixture.builderWithoutKey(fixture.storage)
                .node("wrong")
                .secretKey("another secret key")
                .backupStore(fixture.backups)
                .open()) {
            assertThat(wrong.maintenance().makeBackups()).isZero();
        }
        assertThat(saas.operations()
                        .list(Query.where(Filter.and(
                                Filter.equal(Operation.STATE, OperationState.FAILED),
                                Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT)))))
                .singleElement()
                .returns(shop.id(), Operation::tenantId)
                .returns(ErrorCodes.BACKUP_KEY_WRONG, Operation::errorCode);
        assertThat(saas.maintenance().makeBackups()).isZero();
        assertThat(backUpAfter(Duration.ofMinutes(5))).isOne();
    }

    @Test
    void leavesTheTenantsToOtherNodesIfItHasNoKey() {
        try (Saas keyless = fixture.builderWithoutKey(fixture.storage)
                .node("keyless")
                .backupStore(fixture.backups)
                .open()) {
            assertThat(keyless.maintenance().makeBackups()).isZero();
        }
        assertThat(saas.maintenance().makeBackups()).isOne();
    }

    @Test
    void theTenantThatHasWaitedLongestIsFirstWhateverItsPlan() {
        Plan hourly = fixture.plan(Plan.builder("Hourly").backups(BackupSchedule.parse("every 1h")));
        Tenant other = create(hourly, "other.example.com");
        assertThat(backUpAfter(Duration.ZERO)).isEqualTo(2);
        assertThat(backUpAfter(Duration.ofHours(25))).isEqualTo(2);
        List<Operation> made = saas.operations()
                .list(Query.where(Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT))
                        .orderBy(Operation.ID));
        assertThat(made.subList(2, 4)).extracting(Operation::tenantId).containsExactly(other.id(), shop.id());
    }

    @Test
    void anotherNodeDoesNotBackUpTheSameTenant() {
        assertThat(saas.maintenance().makeBackups()).isOne();
        try (Saas other = fixture.builder(fixture.storage).node("other").open()) {
            assertThat(other.maintenance().makeBackups()).isZero();
        }
        assertThat(saas.operations().count(Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT)))
                .isOne();
    }

    @Test
    void followsAShorterScheduleSoon() {
        backUpAfter(Duration.ZERO);
        schedule("every 1h");
        assertThat(backUpAfter(Duration.ofMinutes(1))).isOne();
        assertThat(saas.operations()
                        .count(Filter.and(
                                Filter.equal(Operation.KIND, OperationKind.BACK_UP_TENANT),
                                Filter.equal(Operation.STATE, OperationState.DONE))))
                .isEqualTo(2);
    }

    @Test
    void aShorterScheduleDeletesNothingBeforeItIsSevenDaysOld() {
        backUpAfter(Duration.ZERO);
        backUpAfter(Duration.ofDays(1));
        fixture.clock.advance(Duration.ofDays(30));
        schedule("every 1h");
        for (int hour = 0; hour < 5; hour++) {
            assertThat(backUpAfter(Duration.ofHours(1))).isOne();
        }
        backUpAfter(Duration.ofDays(6));
        assertThat(times(shop)).hasSize(2 + 5 + 1);
        backUpAfter(Duration.ofDays(1));
        assertThat(times(shop)).containsExactly(fixture.clock.instant());
        backUpAfter(Duration.ofHours(1));
        assertThat(times(shop)).containsExactly(fixture.clock.instant());
    }

    @Test
    void isKeptAlthoughAClockWasAheadWhenAnotherOneWasMade() {
        schedule("every 1h");
        Instant now = fixture.clock.instant();
        backUpAfter(Duration.ofDays(5));
        saas.backups().create(shop.id(), null);
        saas.backups().create(shop.id(), null);
        Instant ahead = fixture.clock.instant();
        fixture.clock.set(now);
        saas.backups().create(shop.id(), null);
        assertThat(saas.maintenance().makeBackups()).isOne();
        assertThat(times(shop)).containsExactly(ahead, ahead, ahead, now, now);
        assertThat(backUpAfter(Duration.ofHours(1))).isOne();
        assertThat(times(shop))
                .as("by the schedule one of now, by the administrator one of an hour ago")
                .containsExactly(ahead, ahead, ahead, fixture.clock.instant(), now);
    }

    @Test
    void isPartOfTheWholeMaintenance() {
        saas.maintenance().runDue();
        assertThat(times(shop)).isEmpty();
        saas.maintenance().run();
        assertThat(times(shop)).hasSize(1);
        assertThat(saas.maintenance().statistics().parts())
                .extracting(NodeStatistics.Part::name)
                .contains("backups");
    }

    @Test
    void readsWhatItWrites() {
        BackupSchedule schedule = BackupSchedule.parse(" Every 6h, keep 24h, 7d  4w 12m 3y ");
        assertThat(schedule.text()).isEqualTo("every 6h keep 24h 7d 4w 12m 3y");
        assertThat(schedule.every()).isEqualTo(Duration.ofHours(6));
        assertThat(schedule.kept(Unit.HOUR)).isEqualTo(24);
        assertThat(schedule.kept(Unit.YEAR)).isEqualTo(3);
        assertThat(BackupSchedule.of(
                        6,
                        new TreeMap<>(Map.of(Unit.HOUR, 24, Unit.DAY, 7, Unit.WEEK, 4, Unit.MONTH, 12, Unit.YEAR, 3))))
                .isEqualTo(schedule);
        assertThat(BackupSchedule.parse("every 1h").kept(Unit.DAY)).isZero();
        assertThat(BackupSchedule.parse("every 1h keep 500h 500d").kept(Unit.DAY))
                .isEqualTo(500);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "daily",
                "every 0h",
                "every 24",
                "every 99999h",
                "every 999999999999h",
                "every 24h keep",
                "every 24h keep 0d",
                "every 24h keep 1001d",
                "every 24h keep 500h 500d 1y",
                "every 24h keep 4w 7d",
                "every 24h keep 7d 7d",
                "every -1h",
                "every 24h keep 7d; drop table plans"
            })
    void refusesWhatIsNoSchedule(String text) {
        assertThat(refusal(() -> BackupSchedule.parse(text)).code()).isEqualTo(ErrorCodes.PLAN_INVALID);
        assertThat(refusal(() -> saas.plans()
                                .update(
                                        daily.id(),
                                        plan -> plan.toBuilder()
                                                .backups(new BackupSchedule(text))
                                                .build()))
                        .code())
                .isEqualTo(ErrorCodes.PLAN_INVALID);
    }
}
