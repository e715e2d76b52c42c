// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupKeysReport;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.WatchedBackend;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.StoredOperation;
import dev.allotment.spi.backup.StoredFile;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Comparator;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** The secret key of an installation that has backups is replaced. */
final class BackupKeysTest {
    private static final String OLD = "a secret key for tests";
    private static final String NEW = "another secret key for tests";

    private final Fixture fixture = new Fixture();
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan(Plan.builder("Basic").dbNameTemplate("client-%i.example.com"));
    private final Tenant shop = create("shop.example.com");
    private final Backup backup = saas.backups().create(shop.id(), null);

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private Tenant create(String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build())
                .tenant();
    }

    private Saas node(String... secrets) {
        List<String> keys = List.of(secrets);
        return fixture.builder(fixture.storage)
                .node("node-b")
                .secretKeys(() -> keys)
                .open();
    }

    private List<String> keys(Tenant tenant) {
        String folder = tenant.uuid() + "/";
        return fixture.backups.list(folder + "key").stream()
                .map(file -> file.name().substring(folder.length()))
                .toList();
    }

    private String key(String name) {
        return shop.uuid() + "/" + name;
    }

    private void assertNeedsOnly(String secret, Tenant tenant, Backup made) {
        fixture.secrets = List.of(secret);
        assertThat(saas.backups().list(tenant.id())).contains(made);
        Tenant restored = saas.backups()
                .restore(RestoreBackup.builder(tenant.id(), made.id()).build())
                .tenant();
        assertThat(restored.state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void allKeysAreEncryptedWithTheFirstSecretKeySoThatTheOldOneCanBeRemoved() {
        Tenant other = create("other.example.com");
        Backup others = saas.backups().create(other.id(), null);
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        saas.tenants().delete(other.id());
        List<StoredFile> contents = contents();
        fixture.secrets = List.of(OLD, NEW);
        assertThat(saas.backups().rotateBackupKeys())
                .as("the old key is still the first one")
                .isEqualTo(new BackupKeysReport(0, 0));
        fixture.secrets = List.of(NEW, OLD);
        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(2, 0));
        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(0, 0));
        assertThat(contents()).as("the backups are not touched").isEqualTo(contents);

        assertNeedsOnly(NEW, shop, backup);
        assertThat(keys(shop)).containsExactly("key-2.json");
        assertNeedsOnly(NEW, other, others);
        fixture.secrets = List.of(OLD);
        assertRefusal(() -> saas.backups().list(shop.id())).isEqualTo(ErrorCodes.BACKUP_KEY_WRONG);
        fixture.secrets = List.of("a third secret key", NEW);
        assertThat(saas.backups().rotateBackupKeys().encrypted()).isEqualTo(2);
        assertThat(keys(shop)).containsExactly("key-3.json");
    }

    private List<StoredFile> contents() {
        return fixture.backups.list("").stream()
                .filter(file -> !file.name().contains("/key"))
                .toList();
    }

    @Test
    void theMaintenanceOnlyContinuesWhatWasStartedWithItsFirstSecretKey() {
        fixture.secrets = List.of(NEW, OLD);
        assertThat(saas.maintenance().makeBackups())
                .as("an administrator has not started it")
                .isZero();
        Tenant late = create("late.example.com");
        try (Saas behind = node(OLD, NEW)) {
            fixture.backend.once(
                    "before write",
                    () -> assertThat(behind.maintenance().makeBackups())
                            .as("encrypted by the other node")
                            .isZero());
            assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(1, 0));
            behind.backups().create(late.id(), null);
            fixture.seconds(86_400);
            assertThat(behind.maintenance().makeBackups()).isZero();
            assertThat(saas.maintenance().makeBackups()).isOne();
            assertThat(keys(late)).containsExactly("key-2.json");
            fixture.seconds(86_400);
            assertThat(behind.maintenance().makeBackups()).isZero();

            assertThat(behind.backups().rotateBackupKeys())
                    .as("the change is taken back")
                    .isEqualTo(new BackupKeysReport(2, 0));
            fixture.seconds(86_400);
            assertThat(saas.maintenance().makeBackups()).isZero();
            assertThat(keys(late)).containsExactly("key-3.json");
        }
        fixture.secrets = List.of(OLD);
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
    }

    @Test
    void aNodeWithTheOldOrderThatTakesOverLeavesTheKey() {
        fixture.secrets = List.of(NEW, OLD);
        try (Saas behind = node(OLD, NEW)) {
            fixture.backend.once("after write", () -> {
                fixture.clock.advance(OperationLeases.LEASE);
                assertThat(behind.maintenance().recover()).isOne();
                assertThat(keys(shop)).containsExactly("key-2.json", "key.json");
            });
            assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(0, 1));
        }
        assertThat(saas.maintenance().makeBackups()).isOne();
        assertNeedsOnly(NEW, shop, backup);
        assertThat(keys(shop)).containsExactly("key-2.json");
    }

    @Test
    void theMaintenanceReadsEachKeyOnceADayAndWhatIsLeftOnceAnHour() {
        String unknown = new UUID(0, 1) + "/key.json";
        fixture.backups.replace(unknown, fixture.backups.get(key("key.json")));
        fixture.secrets = List.of(NEW, OLD);
        assertThat(readsOfTheMaintenance()).as("nothing can be due").isZero();
        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(1, 1));
        fixture.seconds(3600);
        assertThat(readsOfTheMaintenance()).isEqualTo(2);
        assertThat(readsOfTheMaintenance()).isZero();
        fixture.seconds(3600);
        assertThat(readsOfTheMaintenance()).as("what is left").isOne();
        fixture.seconds(86_400);
        assertThat(readsOfTheMaintenance()).isEqualTo(2);
    }

    private int readsOfTheMaintenance() {
        AtomicInteger reads = new AtomicInteger();
        fixture.backend.watch(step -> reads.addAndGet(step.equals("before read") ? 1 : 0));
        saas.maintenance().makeBackups();
        fixture.backend.unwatch();
        return reads.get();
    }

    @Test
    void theMaintenanceFindsKeysOfNodesThatFollowLaterOnTheNextDay() {
        fixture.secrets = List.of(NEW, OLD);
        saas.backups().rotateBackupKeys();
        saas.maintenance().makeBackups();
        Tenant late = create("late.example.com");
        try (Saas slow = node(OLD, NEW)) {
            slow.backups().create(late.id(), null);
        }
        assertThat(saas.maintenance().makeBackups()).isZero();
        fixture.seconds(86_400);
        assertThat(saas.maintenance().makeBackups()).isOne();
        assertThat(keys(late)).containsExactly("key-2.json");
    }

    @Test
    void nodesWithBothSecretKeysInAnyOrderReadTheBackupsMeanwhile() {
        try (Saas behind = node(OLD, NEW)) {
            fixture.secrets = List.of(NEW, OLD);
            fixture.backend.once("after write", () -> {
                assertThat(keys(shop)).containsExactly("key-2.json", "key.json");
                assertThat(behind.backups().list(shop.id())).containsExactly(backup);
            });
            assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(1, 0));
            assertThat(behind.backups().list(shop.id())).containsExactly(backup);
            assertThat(keys(shop)).containsExactly("key-2.json");
        }
    }

    @Test
    void oneOfTwoNodesEncryptsAKey() {
        fixture.secrets = List.of(NEW, OLD);
        try (Saas other = node(NEW, OLD)) {
            fixture.backend.once(
                    "before write",
                    () -> assertThat(other.backups().rotateBackupKeys())
                            .as("busy")
                            .isEqualTo(new BackupKeysReport(0, 1)));
            assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(1, 0));
            assertThat(other.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(0, 0));
        }
        assertThat(saas.operations().count(Filter.equal(Operation.KIND, OperationKind.ENCRYPT_BACKUP_KEY)))
                .isOne();
        assertNeedsOnly(NEW, shop, backup);
    }

    @Test
    void aTenantThatWasBusyIsTriedAgainBeforeItsKeyIsReported() {
        Tenant other = create("other.example.com");
        saas.backups().create(other.id(), null);
        fixture.secrets = List.of(NEW, OLD);
        Tenant first = Stream.of(shop, other)
                .min(Comparator.comparing(each -> each.uuid().toString()))
                .orElseThrow();
        Instant now = fixture.clock.instant();
        StoredOperation working = fixture.storage
                .catalog()
                .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                        .insert(StoredOperation.builder(
                                        UUID.randomUUID(),
                                        OperationKind.BACK_UP_TENANT,
                                        "another",
                                        now.plusSeconds(20),
                                        now)
                                .tenantId(first.id())
                                .build()));
        fixture.backend.once("before write", () -> {
            assertThat(keys(first)).as("the key of the other tenant is written").containsExactly("key.json");
            fixture.storage
                    .catalog()
                    .transact(tx -> tx.records(RecordTypes.OPERATIONS)
                            .delete(working.id().value()));
        });

        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(2, 0));
    }

    @Test
    void aDeletionWaitsSoThatNoKeyIsWrittenAfterIt() {
        fixture.secrets = List.of(NEW, OLD);
        try (Saas other = node(NEW, OLD)) {
            fixture.backend.once(
                    "before write",
                    () -> assertRefusal(() -> other.tenants().purge(shop.id())).isEqualTo(ErrorCodes.TENANT_BUSY));
            assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(1, 0));
            other.tenants().purge(shop.id());
        }
        assertThat(fixture.backups.list("")).isEmpty();
    }

    @Test
    void aNodeThatWasStalledDeletesTheKeyThatItWroteAfterADeletion() {
        fixture.secrets = List.of(NEW, OLD);
        fixture.backend.once("before write", () -> {
            fixture.clock.advance(Duration.ofMinutes(2));
            try (Saas other = node(NEW, OLD)) {
                assertThat(other.tenants().purge(shop.id()).state()).isEqualTo(TenantState.DELETED);
            }
            assertThat(fixture.backups.list("")).isEmpty();
        });
        saas.backups().rotateBackupKeys();
        assertThat(fixture.backups.list("")).isEmpty();
    }

    @Test
    void aDeletionDeletesAKeyThatAStalledNodeWroteMeanwhile() {
        byte[] key = fixture.backups.get(key("key.json"));
        fixture.backend.once("before remains", () -> fixture.backups.replace(key("key-2.json"), key));
        saas.tenants().purge(shop.id());
        assertThat(fixture.backups.list("")).isEmpty();
    }

    @Test
    void aNodeThatWasStalledDeletesTheKeyThatItWroteDuringADeletion() {
        fixture.secrets = List.of(NEW, OLD);
        WatchedBackend others = WatchedBackend.over(fixture.storage);
        others.once("before remains", () -> {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });
        fixture.backend.once("before write", () -> {
            fixture.clock.advance(Duration.ofMinutes(2));
            try (Saas other = fixture.builder(others).node("node-b").open()) {
                assertRefusal(() -> other.tenants().purge(shop.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            }
            assertThat(fixture.backups.list("")).isEmpty();
        });
        saas.backups().rotateBackupKeys();
        assertThat(fixture.backups.list("")).isEmpty();
        fixture.clock.advance(Duration.ofMinutes(2));
        saas.maintenance().run();
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.DELETED);
    }

    @Test
    void aKeyThatAnotherNodeMadeAndEncryptedAgainMeanwhileIsUsed() {
        Tenant fresh = create("fresh.example.com");
        fixture.secrets = List.of(NEW, OLD);
        try (Saas other = node(OLD, NEW);
                Saas newer = node(NEW, OLD)) {
            fixture.backend.once("before write", () -> {
                other.backups().create(fresh.id(), null);
                newer.backups().rotateBackupKeys();
                assertThat(keys(fresh)).containsExactly("key-2.json");
            });
            saas.backups().create(fresh.id(), null);
        }
        assertThat(keys(fresh)).containsExactly("key-2.json");
        assertThat(saas.backups().list(fresh.id())).hasSize(2);
    }

    @Test
    void aKeyThatWasLostIsNotReplaced() {
        byte[] key = fixture.backups.get(key("key.json"));
        fixture.backups.delete(key("key.json"));
        assertRefusal(() -> saas.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(keys(shop)).isEmpty();
        fixture.backups.replace(key("key.json"), key);
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        saas.backups().delete(shop.id(), backup.id());
        fixture.backups.delete(key("key.json"));
        assertThat(saas.backups().create(shop.id(), null))
                .as("there is nothing to lose")
                .isNotNull();
    }

    @Test
    void aStoreThatKeepsSomethingElseLosesNoKey() {
        fixture.secrets = List.of(NEW, OLD);
        fixture.backend.once("after write", () -> {
            byte[] written = fixture.backups.get(key("key-2.json"));
            fixture.backups.replace(key("key-2.json"), Arrays.copyOf(written, written.length - 9));
        });
        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(0, 1));
        assertThat(keys(shop)).containsExactly("key.json");
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(1, 0));
        assertNeedsOnly(NEW, shop, backup);
    }

    @Test
    void filesThatItCannotReadStayAndAreReported() {
        fixture.secrets = List.of(NEW, OLD);
        String unknown = new UUID(0, 1) + "/key.json";
        fixture.backups.replace(unknown, fixture.backups.get(key("key.json")));
        fixture.backups.replace(key("key-7.json"), new byte[] {'{', '}'});
        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(0, 2));
        assertThat(fixture.backups.list(unknown)).hasSize(1);
        assertThat(keys(shop)).containsExactly("key-7.json", "key-8.json", "key.json");
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        fixture.backups.delete(key("key-7.json"));
        fixture.backups.delete(unknown);
        assertThat(saas.backups().rotateBackupKeys()).isEqualTo(new BackupKeysReport(1, 0));
        assertNeedsOnly(NEW, shop, backup);
    }

    @Test
    void onlyAdministratorsEncryptKeysAgain() {
        assertRefusal(() -> saas.actingAs(owner.id()).backups().rotateBackupKeys())
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }
}
