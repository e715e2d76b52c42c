// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.BackupSchedule;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupDrill;
import dev.allotment.backup.BackupDrills;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.LastDrill;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.TestAddon;
import dev.allotment.hook.TenantSchema;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backup.StoredFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class DrillsTest {
    private static final Duration WITHIN = Duration.ofDays(30);

    private final Fixture fixture = new Fixture(TestAddon.of("sale").script("1.0", "create table sale_order (id int)"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan(
            Plan.builder("Daily").maxDatabasesPerCustomer(3).backups(BackupSchedule.parse("every 24h keep 3d")));
    private final Tenant shop = create("shop.example.com");
    private final Saas node =
            fixture.builder(fixture.storage).node("node-b").backupDrills(WITHIN).open();

    @AfterEach
    void close() {
        node.close();
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant create(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private Backup backUp() {
        fixture.clock.advance(Duration.ofMinutes(1));
        return saas.backups().create(shop.id(), null);
    }

    private void damage(Tenant tenant) {
        String content = fixture.backups.list(tenant.uuid() + "/").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(".content"))
                .reduce((older, newer) -> newer)
                .orElseThrow();
        byte[] whole = fixture.backups.get(content);
        fixture.backups.replace(content, Arrays.copyOf(whole, whole.length - 1));
    }

    private List<Event> events(EventType type) {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, type)).orderBy(Event.ID));
    }

    private List<DatabaseRef> databases() {
        return fixture.storage.databases(saas.servers().get(shop.serverId())).list();
    }

    /** Makes the backups that are due, and a drill. */
    private void nextDay() {
        fixture.clock.advance(Duration.ofHours(24));
        fixture.seconds(86_400);
        node.maintenance().makeBackups();
    }

    @Test
    void restoreTheNewestBackupAndLeaveNothing() {
        saas.configuration()
                .apply(shop.id(), ConfigurationChange.builder().install("sale").build());
        backUp();
        Backup newest = backUp();
        List<String> seen = new ArrayList<>();
        fixture.backend.once("after receive", () -> {
            databases().stream()
                    .map(DatabaseRef::name)
                    .filter(name -> name.startsWith("drill-"))
                    .forEach(seen::add);
            assertThat(seen).hasSize(1).noneMatch(fixture.storage::isOpen);
            assertThat(saas.tenants().list(Query.all())).hasSize(1);
            assertThat(saas.reconciliation().check().findings()).isEmpty();
            assertThat(saas.tenants().suspend(shop.id()).state())
                    .as("the tenant does not wait")
                    .isEqualTo(TenantState.SUSPENDED);
        });

        BackupDrill drill = saas.backups().drill(shop.id(), null);

        assertThat(drill.backup()).isEqualTo(newest);
        assertThat(drill.members()).isEqualTo(3);
        assertThat(seen).hasSize(1);
        assertThat(databases()).extracting(DatabaseRef::name).containsExactly(shop.name());
        LastDrill last = new LastDrill(shop.id(), newest.id(), fixture.clock.instant(), null);
        assertThat(saas.backups().drills()).isEqualTo(new BackupDrills(fixture.clock.instant(), 0, last, null, 0));
        assertRefusal(() -> saas.parameters().set("allotment.backup_drills", "{}"))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(events(EventType.BACKUP_DRILLED)).singleElement().satisfies(event -> {
            assertThat(event.tenantId()).isEqualTo(shop.id());
            assertThat(event.details())
                    .containsEntry("backup", newest.id().toString())
                    .containsEntry("members", "3");
        });
    }

    @Test
    void thatFailAreReportedAndLeaveNothing() {
        Backup backup = backUp();
        damage(shop);
        assertRefusal(() -> saas.backups().drill(shop.id(), backup.id())).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(databases()).extracting(DatabaseRef::name).containsExactly(shop.name());
        LastDrill last = new LastDrill(shop.id(), backup.id(), fixture.clock.instant(), ErrorCodes.BACKUP_DAMAGED);
        assertThat(saas.backups().drills()).isEqualTo(new BackupDrills(null, 1, last, null, 0));
        assertThat(events(EventType.BACKUP_DRILL_FAILED))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("error", ErrorCodes.BACKUP_DAMAGED)
                        .containsEntry("backup", backup.id().toString()));
        assertThat(failed(OperationKind.DRILL_BACKUP)).isOne();
    }

    @Test
    void areDoneInTheBackgroundOnceForAKey() {
        Backup older = backUp();
        backUp();
        Operation started = saas.async().drillBackup(shop.id(), older.id(), "key");
        assertThat(saas.async().drillBackup(shop.id(), older.id(), "key").id()).isEqualTo(started.id());
        assertRefusal(() -> saas.async().drillBackup(shop.id(), null, "key"))
                .isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
        assertThat(saas.backups().drills().last()).isNull();
        saas.backups().delete(shop.id(), older.id());
        saas.maintenance().run();
        assertThat(saas.operations().get(started.id()))
                .extracting(Operation::state, Operation::errorCode)
                .as("the backup was deleted before the drill started")
                .containsExactly(OperationState.FAILED, ErrorCodes.RECORD_MISSING);

        Operation newest = saas.async().drillBackup(shop.id(), null, "newest");
        saas.maintenance().run();
        assertThat(saas.operations().get(newest.id()).result()).containsEntry("members", "3");
        assertThat(saas.async().drillBackup(shop.id(), null, "newest").id()).isEqualTo(newest.id());
        assertThat(events(EventType.BACKUP_DRILLED)).hasSize(1);
        assertThat(databases()).extracting(DatabaseRef::name).containsExactly(shop.name());
    }

    @Test
    void findADatabaseThatIsNotWhatWasBackedUp() {
        Backup backup = backUp();
        fixture.backend.once("after receive", () -> {
            DatabaseRef drill = databases().stream()
                    .filter(each -> each.name().startsWith("drill-"))
                    .findFirst()
                    .orElseThrow();
            long removed = fixture.storage
                    .databases(saas.servers().get(shop.serverId()))
                    .transact(
                            drill,
                            tx -> tx.records(RecordTypes.PARAMETERS)
                                    .deleteAll(Filter.equal(Parameter.KEY, Parameter.DATABASE_UUID)));
            assertThat(removed).isOne();
        });
        assertRefusal(() -> saas.backups().drill(shop.id(), backup.id())).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
    }

    @Test
    void migrateTheTenantSchemaAsARestoreDoes() {
        backUp();
        List<String> done = new ArrayList<>();
        try (Saas migrating = fixture.builder(RecordingSchema.withLogins(fixture.storage))
                .node("node-c")
                .tenantSchema(new RecordingSchema(done))
                .open()) {
            migrating.backups().drill(shop.id(), null);
            assertThat(done).containsExactly("migrated");
        }
        TenantSchema faulty = new TenantSchema() {
            @Override
            public String version() {
                return "2";
            }

            @Override
            public void migrate(DatabaseLogin login) {
                throw new IllegalStateException("a faulty migration");
            }
        };
        try (Saas failing = fixture.builder(RecordingSchema.withLogins(fixture.storage))
                .node("node-c")
                .tenantSchema(faulty)
                .open()) {
            assertRefusal(() -> failing.backups().drill(shop.id(), null)).isEqualTo(ErrorCodes.SCHEMA_FAILED);
        }
    }

    @Test
    void takeTurnsAmongTheTenantsOnceADayOnOneNode() {
        Tenant second = create("second.example.com");
        Tenant third = create("third.example.com");
        try (Saas other = fixture.builder(fixture.storage)
                .node("node-c")
                .backupDrills(WITHIN)
                .open()) {
            for (int day = 0; day < 4; day++) {
                nextDay();
                other.maintenance().makeBackups();
                fixture.seconds(601);
                assertThat(node.maintenance().makeBackups()).isZero();
            }
        }
        assertThat(events(EventType.BACKUP_DRILLED))
                .extracting(Event::tenantId)
                .containsExactly(shop.id(), second.id(), third.id(), shop.id());
    }

    @Test
    void coverEveryTenantWithinTheirTime() {
        Plan monthly = fixture.plan(Plan.builder("Monthly")
                .maxDatabasesPerCustomer(100)
                .backups(BackupSchedule.parse("every 720h keep 60d")));
        int more = 12;
        for (int i = 0; i < more; i++) {
            saas.tenants()
                    .create(CreateTenant.onPlan(monthly)
                            .owner(owner)
                            .name("t" + i + ".example.com")
                            .build());
        }
        try (Saas hasty = fixture.builder(fixture.storage)
                .node("node-c")
                .backupDrills(Duration.ofDays(3))
                .open()) {
            for (int day = 0; day <= 3; day++) {
                hasty.maintenance().makeBackups();
                assertThat(hasty.backups().drills().overdue()).as("day " + day).isZero();
                fixture.clock.advance(Duration.ofHours(24));
                fixture.seconds(86_400);
            }
            assertThat(events(EventType.BACKUP_DRILLED))
                    .extracting(Event::tenantId)
                    .containsAll(saas.tenants().list(Query.all()).stream()
                            .map(Tenant::id)
                            .toList());

            fixture.clock.advance(Duration.ofDays(5));
            assertThat(hasty.backups().drills().overdue()).as("no node runs").isEqualTo(more + 1);
            assertThat(saas.backups().drills().overdue())
                    .as("a node that does no drills")
                    .isZero();
        }
    }

    @Test
    void thatFailAreDoneAgainAfterADay() {
        saas.maintenance().makeBackups();
        damage(shop);
        node.maintenance().makeBackups();
        assertThat(saas.backups().drills().failed()).isOne();
        nextDay();
        assertThat(saas.backups().drills().failed()).isZero();
        assertThat(events(EventType.BACKUP_DRILLED)).hasSize(1);
    }

    @Test
    void areDoneByOneOfTwoNodesThatLookAtTheSameTime() {
        saas.maintenance().makeBackups();
        try (Saas watched = fixture.builder(fixture.backend)
                .node("node-c")
                .backupDrills(WITHIN)
                .open()) {
            fixture.backend.once(
                    "before list of files",
                    () -> assertThat(node.maintenance().makeBackups()).isOne());
            assertThat(watched.maintenance().makeBackups()).isZero();
        }
        assertThat(events(EventType.BACKUP_DRILLED)).hasSize(1);
    }

    @Test
    void areNoPartOfTheMaintenanceByDefault() {
        saas.maintenance().run();
        assertThat(saas.backups().list(shop.id())).hasSize(1);
        assertThat(saas.backups().drills()).isEqualTo(new BackupDrills(null, 0, null, null, 0));
    }

    @Test
    void ofOtherTenantsFollowOneThatFails() {
        Tenant second = create("second.example.com");
        nextDay();
        assertThat(events(EventType.BACKUP_DRILLED)).extracting(Event::tenantId).containsExactly(shop.id());
        fixture.clock.advance(Duration.ofHours(24));
        assertThat(node.maintenance().makeBackups()).as("backups only").isEqualTo(2);
        damage(second);
        fixture.seconds(601);
        assertThat(node.maintenance().makeBackups()).isZero();
        assertThat(saas.backups().drills().failed()).isOne();
        assertThat(events(EventType.BACKUP_DRILL_FAILED))
                .extracting(Event::tenantId)
                .containsExactly(second.id());
        assertThat(node.backups().drills().nextAt())
                .isEqualTo(fixture.clock.instant().plus(Duration.ofHours(24)));
        nextDay();
        assertThat(saas.backups().drills())
                .returns(fixture.clock.instant(), BackupDrills::succeededAt)
                .returns(0, BackupDrills::failed);
    }

    @Test
    void skipTenantsWithoutAScheduledBackup() {
        Tenant second = create("second.example.com");
        saas.maintenance().makeBackups();
        saas.backups().delete(shop.id(), saas.backups().list(shop.id()).get(0).id());
        backUp();
        assertThat(node.maintenance().makeBackups()).isOne();
        assertThat(events(EventType.BACKUP_DRILLED)).extracting(Event::tenantId).containsExactly(second.id());
    }

    private long failed(OperationKind kind) {
        return saas.operations()
                .count(Filter.and(
                        Filter.equal(Operation.KIND, kind), Filter.equal(Operation.STATE, OperationState.FAILED)));
    }

    @Test
    void failIfTheKeyIsLost() {
        saas.maintenance().makeBackups();
        fixture.backups.delete(shop.uuid() + "/key.json");
        assertThat(node.maintenance().makeBackups()).isZero();
        assertThat(saas.backups().drills().failed()).isOne();
        assertRefusal(() -> saas.backups().drill(shop.id(), null)).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(saas.backups().drills().failed()).isEqualTo(2);
        fixture.clock.advance(Duration.ofHours(24));
        assertThat(saas.maintenance().makeBackups()).isZero();
        assertThat(failed(OperationKind.BACK_UP_TENANT)).isOne();
    }

    @Test
    void failIfTheNewestManifestIsDamaged() {
        saas.maintenance().makeBackups();
        fixture.clock.advance(Duration.ofHours(24));
        saas.maintenance().makeBackups();
        String newest = fixture.backups.list(shop.uuid() + "/2").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(".json"))
                .reduce((older, newer) -> newer)
                .orElseThrow();
        byte[] whole = fixture.backups.get(newest);
        fixture.backups.replace(newest, Arrays.copyOf(whole, whole.length / 2));
        assertThat(node.maintenance().makeBackups()).isZero();
        assertThat(events(EventType.BACKUP_DRILL_FAILED))
                .singleElement()
                .satisfies(event -> assertThat(event.details()).containsEntry("error", ErrorCodes.BACKUP_DAMAGED));
    }

    @Test
    void waitForTheStoreWithoutSkippingATenant() {
        create("second.example.com");
        saas.maintenance().makeBackups();
        try (Saas watched = fixture.builder(fixture.backend)
                .node("node-c")
                .backupDrills(WITHIN)
                .open()) {
            fixture.backend.once("before list of files", () -> {
                throw SaasException.unavailable(ErrorCodes.BACKUP_STORE_FAILED, "The store is unavailable.", null);
            });
            assertThat(watched.maintenance().makeBackups()).isZero();
            fixture.seconds(601);
            assertThat(watched.maintenance().makeBackups()).isEqualTo(2);
        }
        assertThat(events(EventType.BACKUP_DRILLED))
                .extracting(Event::tenantId)
                .startsWith(shop.id())
                .hasSize(2);
    }

    @Test
    void skipATenantThatAnotherOperationWorksOn() {
        Tenant second = create("second.example.com");
        saas.maintenance().makeBackups();
        fixture.backend.once(
                "before write",
                () -> assertThat(node.maintenance().makeBackups()).isOne());
        backUp();
        assertThat(events(EventType.BACKUP_DRILLED)).extracting(Event::tenantId).containsExactly(second.id());
    }

    @Test
    void doNotFailBecauseTheirBackupIsDeletedMeanwhile() {
        Backup first = backUp();
        Backup second = backUp();
        fixture.backend.once("before receive", () -> node.backups().delete(shop.id(), second.id()));
        assertThat(saas.backups().drill(shop.id(), second.id()).members()).isEqualTo(3);
        fixture.backend.once("before receive", () -> {
            node.backups().delete(shop.id(), first.id());
            throw SaasException.unavailable(ErrorCodes.BACKUP_STORE_FAILED, "The content is gone.", null);
        });
        assertRefusal(() -> saas.backups().drill(shop.id(), first.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.backups().drills().failed()).isZero();
        assertThat(events(EventType.BACKUP_DRILL_FAILED)).isEmpty();
    }

    @Test
    void endWhenTheirTenantIsDeletedForGood() {
        backUp();
        fixture.backend.once("after receive", () -> {
            assertThat(node.tenants().purge(shop.id()).state()).isEqualTo(TenantState.DELETED);
            assertThat(databases()).isEmpty();
        });
        assertRefusal(() -> saas.backups().drill(shop.id(), null)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
        assertThat(databases()).isEmpty();
        assertThat(fixture.backups.list("")).isEmpty();
        assertThat(saas.backups().drills()).isEqualTo(new BackupDrills(null, 0, null, null, 0));
        assertRefusal(() -> saas.backups().drill(shop.id(), null))
                .isIn(ErrorCodes.RECORD_MISSING, ErrorCodes.BACKUP_DAMAGED);
    }

    @Test
    void stopReceivingWhenTheirTenantIsDeletedForGood() {
        backUp();
        List<String> steps = new ArrayList<>();
        fixture.backend.watch(step -> {
            steps.add(step);
            if (step.equals("before receive")) {
                node.tenants().purge(shop.id());
                fixture.seconds(10);
            }
        });
        assertRefusal(() -> saas.backups().drill(shop.id(), null)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
        assertThat(steps).contains("before receive").doesNotContain("after receive");
        assertThat(databases()).isEmpty();
    }

    @Test
    void ofAStalledNodeAreDeletedByItIfItWakesUpAfterTheDeletion() {
        backUp();
        fixture.backend.once("before receive", () -> node.tenants().purge(shop.id()));
        assertRefusal(() -> saas.backups().drill(shop.id(), null)).isNotNull();
        assertThat(databases()).isEmpty();
    }

    @Test
    void areForAdministratorsOnly() {
        Backup backup = backUp();
        Saas own = saas.actingAs(owner.id());
        assertRefusal(() -> own.backups().drill(shop.id(), backup.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.async().drillBackup(shop.id(), backup.id(), null))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> own.backups().drills()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> saas.backups().drill(shop.id(), new BackupId(new UUID(1, 2))))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }
}
