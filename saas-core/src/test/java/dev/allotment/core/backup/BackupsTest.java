// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
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
import dev.allotment.backup.BackupId;
import dev.allotment.backup.Backups;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.BrokenStore;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.Story;
import dev.allotment.core.TestAddon;
import dev.allotment.core.WatchedBackend;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.spi.backend.FencingToken;
import dev.allotment.spi.backend.TransferFormat;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.testing.DelegatingBackend;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class BackupsTest {
    private static final String KEY = "shop.setting";

    private final Fixture fixture = new Fixture(TestAddon.of("sale").script("1.0", "create table sale_order (id int)"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Plan plan = fixture.plan(
            Plan.builder("Basic").dbNameTemplate("client-%i.example.com").published(true));
    private final Tenant shop = saas.tenants()
            .create(CreateTenant.onPlan(plan)
                    .owner(owner)
                    .name("shop.example.com")
                    .build())
            .tenant();

    BackupsTest() {
        saas.configuration()
                .apply(shop.id(), ConfigurationChange.builder().install("sale").build());
        set("first");
    }

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private void set(String value) {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().parameter(KEY, value).build());
    }

    private static String value(Saas saas, Tenant tenant) {
        return saas.database(tenant.name()).parameters().value(KEY).orElse("");
    }

    private Backup backUp() {
        fixture.clock.advance(Duration.ofMinutes(1));
        return saas.backups().create(shop.id(), null);
    }

    private RestoreBackup.Builder restoring(Backup backup) {
        return RestoreBackup.builder(shop.id(), backup.id());
    }

    private List<String> files(String end) {
        return fixture.backups.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(end))
                .toList();
    }

    private void change(String file, UnaryOperator<byte[]> change) {
        fixture.backups.replace(file, change.apply(fixture.backups.get(file)));
    }

    /** The restore is refused, and leaves nothing: no tenant, no database, no reserved name; the shop is as it was. */
    private SaasException refused(Saas node, Backup backup) {
        SaasException refusal = refusal(
                () -> node.backups().restore(restoring(backup).name("copy").build()));
        assertThat(refusal.getMessage()).doesNotContain("/").doesNotContain("Exception");
        assertThat(saas.tenants().list(Query.all())).extracting(Tenant::name).containsExactly(shop.name());
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
        assertThat(value(saas, shop)).isEqualTo("first");
        Consistency.check(fixture.storage);
        return refusal;
    }

    private void assertDamaged(Backup backup) {
        assertThat(refused(saas, backup).code()).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
    }

    @Test
    void restoresAPreviewCopyThatIsDeletedForGood() {
        Backup backup = backUp();
        assertRefusal(() -> saas.actingAs(owner.id())
                        .backups()
                        .restore(restoring(backup).previewHours(1).build()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() ->
                        saas.backups().restore(restoring(backup).previewHours(0).build()))
                .isEqualTo(ErrorCodes.CONFIGURATION_INVALID);

        Tenant preview = saas.backups()
                .restore(restoring(backup).name("then").previewHours(2).build())
                .tenant();

        assertThat(preview.previewOf()).isEqualTo(shop.id());
        assertThat(value(saas, preview)).isEqualTo("first");
        fixture.clock.advance(Duration.ofHours(3));
        saas.maintenance().run();
        assertThat(saas.tenants().get(preview.id()).state()).isEqualTo(TenantState.DELETED);
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void restoresTheStateOfThatMomentAsANewTenant() {
        Backup backup = backUp();
        set("second");
        saas.tenants().update(shop.id(), each -> each.toBuilder().maxUsers(5).build());

        CreatedTenant restored =
                saas.backups().restore(restoring(backup).name("shop-old").build());

        Tenant tenant = restored.tenant();
        assertThat(value(saas, tenant)).isEqualTo("first");
        assertThat(value(saas, shop)).isEqualTo("second");
        assertThat(tenant.uuid()).isNotEqualTo(shop.uuid());
        assertThat(tenant.planId()).isEqualTo(plan.id());
        assertThat(tenant.ownerId()).isEqualTo(owner.id());
        assertThat(tenant.maxUsers()).isEqualTo(5);
        Story.letsIn(saas, "shop-old", restored.signInLink());
        Event event = saas.events()
                .list(Query.where(Filter.equal(Event.TYPE, EventType.BACKUP_RESTORED)))
                .get(0);
        assertThat(event.tenantId()).isEqualTo(tenant.id());
        assertThat(event.details())
                .containsEntry("source", shop.uuid().toString())
                .containsEntry("backup", backup.id().toString())
                .containsEntry("neutralised", "mail");
    }

    @Test
    void describesWhatWasBackedUp() {
        Backup backup = backUp();

        assertThat(backup.tenant()).isEqualTo(shop.uuid());
        assertThat(backup.name()).isEqualTo("shop.example.com");
        assertThat(backup.plan()).isEqualTo("Basic");
        assertThat(backup.createdAt()).isEqualTo(fixture.clock.instant());
        assertThat(backup.addons()).containsExactly(Map.entry("sale", "1.0"));
        assertThat(backup.format()).isEqualTo("memory");
        assertThat(backup.contentBytes()).isPositive();
        String content = files(".content").get(0);
        assertThat(fixture.backups.get(content)).hasSize(Math.toIntExact(backup.storedBytes()));
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        assertThat(saas.events()
                        .list(Query.where(Filter.equal(Event.TYPE, EventType.BACKUP_CREATED)))
                        .get(0)
                        .details())
                .containsEntry("backup", backup.id().toString());
    }

    @Test
    void showsNothingOfTheDatabaseInTheStore() {
        set("a value that compresses badly: 4f9a61c07be2");
        backUp();
        for (StoredFile file : fixture.backups.list("")) {
            assertThat(new String(fixture.backups.get(file.name()), StandardCharsets.ISO_8859_1))
                    .doesNotContain("4f9a61c07be2")
                    .doesNotContain(owner.login());
        }
    }

    @Test
    void leavesARestoredTenantAsItWasIfItReplacesALostOne() {
        Backup backup = backUp();
        Tenant restored = saas.backups()
                .restore(restoring(backup).name("copy").neutralise(false).build())
                .tenant();
        assertThat(saas.database("copy").parameters().value(Parameter.NEUTRALISED))
                .isEmpty();
        assertThat(restored.state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void worksForSuspendedTenantsAndLeavesThemSuspended() {
        saas.tenants().suspend(shop.id());
        Backup backup = backUp();
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.SUSPENDED);

        Tenant restored =
                saas.backups().restore(restoring(backup).name("copy").build()).tenant();

        assertThat(restored.state()).isEqualTo(TenantState.OPEN);
        assertThat(value(saas, restored)).isEqualTo("first");
    }

    @Test
    void restoresOnAnotherServer() {
        Server second = saas.servers().create(Server.builder("second").build());
        Tenant restored = saas.backups()
                .restore(restoring(backUp()).name("copy").server(second.id()).build())
                .tenant();
        assertThat(restored.serverId()).isEqualTo(second.id());
        assertThat(value(saas, restored)).isEqualTo("first");
    }

    @Test
    void areCompletedWithTheContentOfARunThatStalled() {
        WatchedBackend dying = WatchedBackend.over(fixture.storage);
        AtomicBoolean dead = new AtomicBoolean();
        dying.watch(step -> {
            if (dead.get() || step.equals("before write")) {
                dead.set(true);
                throw new IllegalStateException("The node is dead");
            }
        });
        Runnable takeOver = () -> {
            fixture.clock.advance(OperationLeases.LEASE);
            try (Saas other = fixture.builder(dying).node("node-b").open()) {
                other.maintenance().run();
            } catch (IllegalStateException expected) {
                assertThat(dead).isTrue();
            }
        };
        fixture.backend.once(
                "before send",
                () -> fixture.backend.once("after write", () -> fixture.backend.once("before read", takeOver)));
        assertRefusal(() -> saas.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        fixture.backend.unwatch();

        fixture.clock.advance(OperationLeases.LEASE);
        saas.maintenance().run();

        Backup made = saas.backups().list(shop.id()).get(0);
        Tenant copy =
                saas.backups().restore(restoring(made).name("copy").build()).tenant();
        assertThat(value(saas, copy)).isEqualTo("first");
    }

    @Test
    void areNotListedWithoutTheContentThatTheNodeThatTookOverHasDeleted() {
        WatchedBackend failing = WatchedBackend.over(fixture.storage);
        failing.once("before write", () -> {
            throw new IllegalStateException("broken");
        });
        Runnable takeOver = () -> {
            fixture.clock.advance(OperationLeases.LEASE);
            try (Saas other = fixture.builder(failing).node("node-b").open()) {
                other.maintenance().run();
            }
            assertThat(files(".content")).isEmpty();
        };
        fixture.backend.once(
                "before send",
                () -> fixture.backend.once("after write", () -> fixture.backend.once("before write", takeOver)));

        assertRefusal(() -> saas.backups().create(shop.id(), null)).isNotNull();

        assertThat(files(".json")).allMatch(file -> file.endsWith("/key.json"));
    }

    @Test
    void keepsTheNewestBackupsOfEachTenant() {
        Tenant other = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
        Backup others = saas.backups().create(other.id(), null);
        Backup first = backUp();
        Backup second = backUp();
        Backup third = backUp();

        assertThat(saas.backups().list(shop.id())).containsExactly(third, second);
        assertThat(saas.backups().list(other.id())).containsExactly(others);
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.BACKUP_DELETED))))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("backup", first.id().toString())
                        .containsEntry("reason", "retention"));
        assertRefusal(() -> saas.backups().restore(restoring(first).name("copy").build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void ofAnOwnerReplaceNoneOfAnAdministratorAndNoneOfTheLastDays() {
        Backup first = backUp();
        Backup second = backUp();
        Backup third = backUpAsOwner();
        Backup fourth = backUpAsOwner();
        SaasException refusal = refusal(this::backUpAsOwner);
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(refusal).hasMessageContaining("2 backups");
        assertThat(saas.backups().list(shop.id())).containsExactly(fourth, third, second, first);

        Backup fifth = backUp();
        assertThat(saas.backups().list(shop.id())).containsExactly(fifth, fourth, third, second);

        fixture.clock.advance(Duration.ofDays(2));
        Backup sixth = backUpAsOwner();
        assertThat(saas.backups().list(shop.id())).containsExactly(sixth, fifth, fourth, third, second);

        fixture.clock.advance(Duration.ofDays(7));
        Backup seventh = backUpAsOwner();
        assertThat(saas.backups().list(shop.id())).containsExactly(seventh, sixth, fifth, fourth, second);
    }

    private Backup backUpAsOwner() {
        fixture.clock.advance(Duration.ofMinutes(1));
        return saas.actingAs(owner.id()).backups().create(shop.id(), null);
    }

    @Test
    void areDeletedWithTheirTenantAndItsKey() {
        backUp();
        Backup copied = backUp();
        byte[] content = fixture.backups.get(files(".content").get(1));
        String file = files(".content").get(1);
        saas.tenants().delete(shop.id());

        assertThat(fixture.backups.list("")).isEmpty();
        assertThat(saas.events()
                        .list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_DELETED)))
                        .get(0)
                        .details())
                .containsEntry("backups", "deleted");
        assertThat(saas.backups().list(shop.id())).isEmpty();
        // A node that was taken over comes too late, or a copy of the store comes back.
        fixture.backups.replace(file, content);
        assertRefusal(() ->
                        saas.backups().restore(restoring(copied).name("copy").build()))
                .isEqualTo(ErrorCodes.TENANT_STATE);
        fixture.seconds(86_400);
        saas.maintenance().run();
        assertThat(fixture.backups.list("")).isEmpty();
    }

    @Test
    void surviveACatalogThatWasRestoredToAnEarlierState() {
        Runnable restore = fixture.storage.backUpCatalog();
        Backup backup = backUp();
        restore.run();
        Saas restored = fixture.builder(fixture.storage).open();

        assertThat(restored.backups().list(shop.id())).containsExactly(backup);
        fixture.clock.advance(Duration.ofDays(3));
        restored.maintenance().run();
        assertThat(restored.backups().list(shop.id())).containsExactly(backup);
        restored.close();
    }

    @Test
    void areMigratedFromTheirOwnVersionBeforeTheyAreNeutralised() {
        Backup backup = backUp();
        List<String> done = new ArrayList<>();
        fixture.neutraliser = (copy, tx) -> done.add("neutralised");
        Saas node = fixture.builder(RecordingSchema.withLogins(fixture.storage))
                .node("node-b")
                .tenantSchema(new RecordingSchema(done))
                .open();
        node.tenants().migrate(shop.id());
        assertThat(done).containsExactly("migrated");

        Tenant restored =
                node.backups().restore(restoring(backup).name("copy").build()).tenant();

        assertThat(done).containsExactly("migrated", "migrated", "neutralised");
        assertThat(restored.schemaVersion()).isEqualTo("1");
        node.close();
    }

    @Test
    void areNotTakenForRemainsIfTheyAreListedWhileTheStoreIsTidied() {
        Backup backup = backUp();
        List<String> stored = files(".content");
        fixture.clock.advance(Duration.ofDays(2));
        Saas node = fixture.builder(fixture.storage)
                .node("node-b")
                .backupStore(new BrokenStore(fixture.backups) {
                    @Override
                    public List<StoredFile> list(String prefix) throws IOException {
                        return super.list(prefix).stream()
                                .filter(file ->
                                        !prefix.isEmpty() || !file.name().endsWith(backup.id() + ".json"))
                                .toList();
                    }
                })
                .open();

        node.maintenance().run();

        assertThat(files(".content")).isEqualTo(stored);
        node.close();
    }

    @Test
    void areTidiedAlthoughTheStoreOrAnotherTenantFails() {
        backUp();
        List<String> stored = files(".content");
        String abandoned = "/20260301T110000000000Z-" + new UUID(0, 2) + ".1.content";
        String refused = new UUID(0, 1) + abandoned;
        String remains = stored.get(0).substring(0, stored.get(0).indexOf('/')) + abandoned;
        fixture.backups.replace(refused, new byte[1]);
        fixture.backups.replace(remains, new byte[1]);
        fixture.clock.advance(Duration.ofDays(2));
        Saas node = fixture.builder(fixture.storage)
                .node("node-b")
                .backupStore(new BrokenStore(fixture.backups) {
                    @Override
                    public void delete(String name) throws IOException {
                        if (name.equals(refused)) {
                            throw new IOException("403 AccessDenied");
                        }
                        super.delete(name);
                    }

                    @Override
                    public void tidy() throws IOException {
                        throw new IOException("403 AccessDenied");
                    }
                })
                .open();

        node.maintenance().run();

        assertThat(files(".content")).contains(refused).containsAll(stored).doesNotContain(remains);
        node.close();
    }

    @Test
    void ownersUseThoseOfTheirOwnTenantsOnly() {
        User stranger = fixture.signUp("stranger@example.com");
        Saas own = saas.actingAs(owner.id());
        Saas other = saas.actingAs(stranger.id());
        Backup backup = own.backups().create(shop.id(), "key");

        assertThat(own.backups().create(shop.id(), "key")).isEqualTo(backup);
        assertThat(own.backups().list(shop.id())).containsExactly(backup);
        Tenant restored =
                own.backups().restore(restoring(backup).name("old").build()).tenant();
        assertThat(restored.name()).isEqualTo("old.example.com");
        assertThat(restored.ownerId()).isEqualTo(owner.id());
        assertRefusal(() -> own.backups().delete(shop.id(), backup.id())).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() -> other.backups().list(shop.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> other.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> other.backups().restore(restoring(backup).build())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> other.backups()
                        .restore(RestoreBackup.builder(restored.id(), backup.id())
                                .build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> own.backups()
                        .restore(RestoreBackup.builder(restored.id(), backup.id())
                                .name("again")
                                .build()))
                .as("the backup of another tenant")
                .isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void areMadeAndRestoredInTheBackground() {
        Saas own = saas.actingAs(owner.id());
        Operation making = own.async().createBackup(shop.id(), "key");
        assertThat(own.async().createBackup(shop.id(), "key")).isEqualTo(making);
        assertThat(making.step()).isEqualTo("queued");
        assertRefusal(() -> own.async().createBackup(shop.id(), "another")).isEqualTo(ErrorCodes.TENANT_BUSY);
        assertThat(own.backups().list(shop.id())).isEmpty();
        saas.maintenance().run();
        Backup backup = own.backups().list(shop.id()).get(0);
        assertThat(backup.id().value()).isEqualTo(making.uuid());
        assertThat(backup.madeBy()).isEqualTo("owner");
        assertThat(saas.backups().create(shop.id(), null).madeBy()).isEqualTo("administrator");
        assertThat(own.async().createBackup(shop.id(), "key").state()).isEqualTo(OperationState.DONE);

        set("second");
        RestoreBackup wish = restoring(backup).name("old").idempotencyKey("k").build();
        Operation restoring = own.async().restoreBackup(wish);
        assertThat(own.async().restoreBackup(wish)).isEqualTo(restoring);
        Tenant draft = saas.tenants().findByName("old.example.com").orElseThrow();
        assertThat(draft.state()).isEqualTo(TenantState.DRAFT);
        assertThat(restoring.tenantId()).isEqualTo(draft.id());
        saas.maintenance().run();
        assertThat(value(saas, own.tenants().get(draft.id()))).isEqualTo("first");
    }

    @Test
    void areNotMadeInTheBackgroundForOthers() {
        Saas other = saas.actingAs(fixture.signUp("stranger@example.com").id());
        RestoreBackup wish = restoring(backUp()).name("old").build();
        assertRefusal(() -> other.async().createBackup(shop.id(), null)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> other.async().restoreBackup(wish)).isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.tenants().suspend(shop.id());
        assertRefusal(() -> saas.actingAs(owner.id()).async().restoreBackup(wish))
                .isEqualTo(ErrorCodes.TENANT_STATE);
        Operation queued = saas.async().createBackup(shop.id(), null);
        saas.operations().cancel(queued.id());
        saas.maintenance().run();
        assertThat(saas.operations().get(queued.id()).errorCode()).isEqualTo(ErrorCodes.OPERATION_CANCELLED);
        assertThat(saas.backups().list(shop.id())).hasSize(1);
    }

    @Test
    void giveAnOwnerNothingThatAnAdministratorHasClosed() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Saas own = saas.actingAs(owner.id());
        RestoreBackup wish = restoring(backUp()).name("copy").build();
        assertRefusal(() -> own.backups()
                        .restore(wish.toBuilder().server(shop.serverId()).build()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertRefusal(() ->
                        own.backups().restore(wish.toBuilder().neutralise(false).build()))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.plans().update(plan.id(), each -> each.toBuilder().published(false).build());
        assertRefusal(() -> own.backups().restore(wish)).isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.plans().update(plan.id(), each -> each.toBuilder().published(true).build());
        saas.tenants().suspend(shop.id());
        assertRefusal(() -> own.backups().restore(wish)).isEqualTo(ErrorCodes.TENANT_STATE);
        saas.tenants().resume(shop.id());
        saas.tenants().delete(shop.id());
        assertRefusal(() -> own.backups().restore(wish)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        assertThat(saas.tenants().findByName("copy.example.com")).isEmpty();

        saas.tenants().restore(shop.id());
        own.selfService().delete(shop.id());
        assertThat(own.backups().restore(wish).tenant().state()).isEqualTo(TenantState.OPEN);
    }

    @Test
    void countsRestoredTenantsInTheLimitsOfThePlan() {
        Plan single = fixture.plan(Plan.builder("One each").maxDatabasesPerCustomer(1));
        Tenant only = saas.tenants()
                .create(CreateTenant.onPlan(single)
                        .owner(fixture.signUp("second@example.com"))
                        .name("only")
                        .build())
                .tenant();
        Backup backup = saas.backups().create(only.id(), null);
        assertRefusal(() -> saas.backups()
                        .restore(RestoreBackup.builder(only.id(), backup.id())
                                .name("two")
                                .build()))
                .isEqualTo(ErrorCodes.PLAN_LIMIT_REACHED);
    }

    @Test
    void refusesContentThatWasCutOff() {
        Backup backup = backUp();
        String file = files(".content").get(0);
        byte[] whole = fixture.backups.get(file);
        for (int length : new int[] {0, 10, 50, 51, 60, whole.length / 2, whole.length - 1}) {
            fixture.backups.replace(file, Arrays.copyOf(whole, length));
            assertDamaged(backup);
        }
        fixture.backups.replace(file, Arrays.copyOf(whole, whole.length + 1));
        assertDamaged(backup);
        fixture.backups.delete(file);
        assertDamaged(backup);
        fixture.backups.replace(file, whole);
        assertThat(value(
                        saas,
                        saas.backups()
                                .restore(restoring(backup).name("copy").build())
                                .tenant()))
                .isEqualTo("first");
    }

    @Test
    void refusesAFlippedBitAnywhere() {
        Backup backup = backUp();
        for (String file : List.of(
                files(".content").get(0), files("Z-" + backup.id() + ".json").get(0))) {
            byte[] whole = fixture.backups.get(file);
            for (int at = 0; at < whole.length; at += Math.max(1, whole.length / 20)) {
                byte[] flipped = whole.clone();
                flipped[at] ^= 4;
                fixture.backups.replace(file, flipped);
                assertThat(refused(saas, backup).code()).isIn(ErrorCodes.BACKUP_DAMAGED, ErrorCodes.BACKUP_NEWER);
            }
            fixture.backups.replace(file, whole);
        }
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
    }

    @Test
    void refusesWhatBelongsToAnotherBackupOrTenant() {
        Backup first = backUp();
        Backup second = backUp();
        String contentOfFirst = files(".content").get(0);
        String contentOfSecond = files(".content").get(1);
        byte[] whole = fixture.backups.get(contentOfFirst);
        fixture.backups.replace(contentOfFirst, fixture.backups.get(contentOfSecond));
        assertDamaged(first);
        fixture.backups.replace(contentOfFirst, whole);
        String manifestOfFirst = files(first.id() + ".json").get(0);
        String manifestOfSecond = files(second.id() + ".json").get(0);
        byte[] manifest = fixture.backups.get(manifestOfFirst);
        fixture.backups.replace(manifestOfFirst, fixture.backups.get(manifestOfSecond));
        assertDamaged(first);
        assertThat(saas.backups().list(shop.id())).containsExactly(second);
        fixture.backups.replace(manifestOfFirst, manifest);

        User mallory = fixture.signUp("mallory@example.com");
        Tenant theirs = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(mallory).name("theirs").build())
                .tenant();
        for (StoredFile file : fixture.backups.list(shop.uuid() + "/")) {
            fixture.backups.replace(
                    file.name().replace(shop.uuid().toString(), theirs.uuid().toString()),
                    fixture.backups.get(file.name()));
        }
        assertRefusal(() -> saas.actingAs(mallory.id())
                        .backups()
                        .restore(RestoreBackup.builder(theirs.id(), first.id())
                                .name("stolen")
                                .build()))
                .as("backups that were copied into the folder of another tenant")
                .isEqualTo(ErrorCodes.BACKUP_KEY_WRONG);
        saas.tenants().purge(theirs.id());
    }

    @Test
    void neitherCountsNorDeletesABackupThatItCannotRead() {
        Backup first = backUp();
        Backup newer = backUp();
        String manifest = files(newer.id() + ".json").get(0);
        byte[] whole = fixture.backups.get(manifest);
        change(
                manifest,
                bytes -> new String(bytes, StandardCharsets.UTF_8)
                        .replace("\"manifest\":\"1\"", "\"manifest\":\"3\"")
                        .getBytes(StandardCharsets.UTF_8));
        Backup third = backUp();
        assertThat(saas.backups().list(shop.id())).containsExactly(third, first);
        change(manifest, bytes -> Arrays.copyOf(bytes, 10));
        Backup fourth = backUp();
        fixture.backups.replace(manifest, whole);
        assertThat(saas.backups().list(shop.id())).containsExactly(fourth, third, newer);
    }

    @Test
    void areNotReadWithoutNeed() {
        Backup first = backUp();
        Backup second = backUp();
        AtomicInteger read = new AtomicInteger();
        fixture.backend.watch(step -> {
            if (step.equals("before read")) {
                read.incrementAndGet();
            }
        });
        Backups backups = fixture.saas.actingAs(owner.id()).backups();

        assertThat(backups.listNewest(shop.id(), 1)).containsExactly(second);
        assertThat(read).as("its manifest and the key").hasValue(2);
        read.set(0);
        assertThat(backups.find(shop.id(), first.id())).contains(first);
        assertThat(read).as("its manifest and the key").hasValue(2);
        fixture.backend.unwatch();
        assertThat(backups.listNewest(shop.id(), 3)).containsExactly(second, first);
        change(files(second.id() + ".json").get(0), bytes -> Arrays.copyOf(bytes, 10));
        assertThat(backups.listNewest(shop.id(), 1))
                .as("without the damaged one")
                .containsExactly(first);
        assertThat(backups.find(shop.id(), second.id())).as("damaged").isEmpty();
        assertThat(backups.find(shop.id(), new BackupId(new UUID(1, 2)))).isEmpty();
    }

    @Test
    void refusesABackupOfANewerVersion() {
        Backup backup = backUp();
        Saas older = fixture.builder(older(0)).node("node-b").open();
        assertThat(refused(older, backup).code()).isEqualTo(ErrorCodes.BACKUP_NEWER);
        older.close();
        change(
                files(backup.id() + ".json").get(0),
                bytes -> new String(bytes, StandardCharsets.UTF_8)
                        .replace("\"manifest\":\"1\"", "\"manifest\":\"3\"")
                        .getBytes(StandardCharsets.UTF_8));
        assertThat(refused(saas, backup).code()).isEqualTo(ErrorCodes.BACKUP_NEWER);
        assertThat(saas.backups().list(shop.id())).isEmpty();
    }

    /** The same storage, with another version of the base schema. */
    private DelegatingBackend older(int version) {
        return new DelegatingBackend(fixture.storage) {
            @Override
            public Databases databases(Server server) {
                return databases(super.databases(server));
            }

            private Databases databases(Databases all) {
                return new DelegatingDatabases(all) {
                    @Override
                    public Databases fencedBy(FencingToken token) {
                        return databases(all.fencedBy(token));
                    }

                    @Override
                    public TransferFormat transferFormat() {
                        return new TransferFormat("memory", version);
                    }
                };
            }
        };
    }

    @Test
    void needsTheSecretKeyOfTheInstallationAndAStore() {
        Backup backup = backUp();
        Saas wrong = fixture.builder(fixture.storage)
                .node("node-b")
                .secretKey("another secret key")
                .open();
        assertThat(refused(wrong, backup).code()).isEqualTo(ErrorCodes.BACKUP_KEY_WRONG);
        assertRefusal(() -> wrong.backups().list(shop.id())).isEqualTo(ErrorCodes.BACKUP_KEY_WRONG);
        assertRefusal(() -> wrong.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.BACKUP_KEY_WRONG);
        Saas keyless = fixture.builderWithoutKey(fixture.storage)
                .node("node-c")
                .backupStore(fixture.backups)
                .open();
        SaasException refusal = refusal(() -> keyless.backups().create(shop.id(), null));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKUP_KEY_MISSING);
        assertThat(refusal).hasMessageContainingAll("secretKey", "SAAS_SECRET_KEY");
        Saas storeless =
                fixture.builderWithoutKey(fixture.storage).node("node-d").open();
        assertRefusal(() -> storeless.backups().list(shop.id())).isEqualTo(ErrorCodes.BACKUP_NO_STORE);
        assertThat(storeless.backups().hasStore()).isFalse();
        assertThat(keyless.backups().hasStore()).isTrue();
        List.of(wrong, keyless, storeless).forEach(Saas::close);
    }

    @Test
    void refusesAKeyThatWasChangedOrIsMissing() {
        Backup backup = backUp();
        String key = files("/key.json").get(0);
        byte[] whole = fixture.backups.get(key);
        change(key, bytes -> Arrays.copyOf(bytes, bytes.length - 5));
        assertDamaged(backup);
        fixture.backups.delete(key);
        assertDamaged(backup);
        fixture.backups.replace(key, whole);
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
    }

    private void assertNoBackupIn(BackupStore store) {
        Saas node = fixture.builder(fixture.storage)
                .node("node-b")
                .backupStore(store)
                .open();
        SaasException refusal = refusal(() -> node.backups().create(shop.id(), null));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        assertThat(refusal.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
        assertThat(refusal).hasMessageNotContaining("/var/backups");
        assertThat(saas.backups().list(shop.id())).isEmpty();
        assertThat(files(".content")).isEmpty();
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
        assertThat(fixture.storage.isOpen(shop.name())).isTrue();
        node.close();
    }

    @Test
    void leavesNothingInAFullStore() {
        for (String end : List.of("key.json", ".content", ".json")) {
            assertNoBackupIn(new BrokenStore(fixture.backups) {
                @Override
                public void write(String name, InputStream content) throws IOException {
                    if (name.endsWith(end)) {
                        content.readNBytes(100);
                        throw new IOException("/var/backups: No space left on device");
                    }
                    super.write(name, content);
                }
            });
        }
        assertThat(backUp()).isNotNull();
    }

    @Test
    void givesUpAStoreThatIsTooSlow() {
        assertNoBackupIn(new BrokenStore(fixture.backups) {
            @Override
            public void write(String name, InputStream content) throws IOException {
                if (name.endsWith(".content")) {
                    content.read();
                    fixture.seconds(61);
                }
                super.write(name, content);
            }
        });
        Backup backup = backUp();
        Saas node = fixture.builder(fixture.storage)
                .node("node-b")
                .backupStore(new BrokenStore(fixture.backups) {
                    @Override
                    public InputStream read(String name) throws IOException {
                        return name.endsWith(".content") ? slowly(super.read(name)) : super.read(name);
                    }
                })
                .open();
        assertThat(refused(node, backup).code()).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        node.close();
    }

    private InputStream slowly(InputStream content) {
        return new FilterInputStream(content) {
            @Override
            public int read(byte[] target, int offset, int length) throws IOException {
                fixture.seconds(61);
                return super.read(target, offset, length);
            }
        };
    }

    @Test
    void findsAtOnceThatTheStoreKeepsSomethingElse() {
        Saas node = fixture.builder(fixture.storage)
                .node("node-b")
                .backupStore(new BrokenStore(fixture.backups) {
                    @Override
                    public void write(String name, InputStream content) throws IOException {
                        super.write(name, content);
                        if (name.endsWith(".content")) {
                            change(name, bytes -> Arrays.copyOf(bytes, bytes.length - 1));
                        }
                    }
                })
                .open();
        assertRefusal(() -> node.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(saas.backups().list(shop.id())).isEmpty();
        assertThat(files(".content")).isEmpty();
        node.close();
    }

    @Test
    void saysThatTheDatabaseIsToBlameIfItCannotBeRead() {
        Saas node = fixture.builder(failingSource(new IOException("the disk of the database is broken")))
                .node("node-b")
                .open();
        assertRefusal(() -> node.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertThat(files(".content")).isEmpty();
        node.close();
    }

    /** Trying again would not help, so the caller learns the reason. */
    @Test
    void saysWhyADatabaseRefusesToBeReadFurther() {
        SaasException refused = SaasException.conflict(
                ErrorCodes.DATABASE_NOT_TRANSFERABLE, "A row of table orders is larger than the memory allows.");
        Saas node = fixture.builder(failingSource(new IOException("reading failed", refused)))
                .node("node-b")
                .open();
        SaasException refusal = refusal(() -> node.backups().create(shop.id(), null));
        assertThat(refusal.code()).isEqualTo(ErrorCodes.DATABASE_NOT_TRANSFERABLE);
        assertThat(refusal.category()).isEqualTo(ErrorCategory.CONFLICT);
        assertThat(refusal.retryable()).isFalse();
        assertThat(refusal).hasMessageContaining("table orders");
        assertThat(files(".content")).isEmpty();
        node.close();
    }

    private DelegatingBackend failingSource(IOException failure) {
        return new DelegatingBackend(fixture.storage) {
            @Override
            public Databases databases(Server server) {
                return new DelegatingDatabases(super.databases(server)) {
                    @Override
                    public void send(DatabaseRef database, Consumer<? super InputStream> receiver) {
                        receiver.accept(new InputStream() {
                            @Override
                            public int read() throws IOException {
                                throw failure;
                            }

                            @Override
                            public int read(byte[] target, int offset, int length) throws IOException {
                                return read();
                            }
                        });
                    }
                };
            }
        };
    }

    @Test
    void doNotKeepATenantFromBeingSuspended() {
        backUp();
        fixture.backend.once("before send", () -> {
            Saas other = fixture.builder(fixture.storage).node("node-b").open();
            assertThat(other.tenants().suspend(shop.id()).state()).isEqualTo(TenantState.SUSPENDED);
            other.close();
        });
        assertRefusal(() -> saas.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
        assertThat(saas.backups().list(shop.id())).hasSize(1);
        assertThat(files(".content")).hasSize(1);
    }

    @Test
    void refusesWhatDoesNotExist() {
        assertThat(saas.backups().list(shop.id())).isEmpty();
        saas.backups().delete(shop.id(), new BackupId(new UUID(1, 2)));
        assertRefusal(() -> saas.backups()
                        .restore(RestoreBackup.builder(shop.id(), new BackupId(new UUID(1, 2)))
                                .name("copy")
                                .build()))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(saas.tenants().findByName("copy")).isEmpty();
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Backup backup = backUp();
        saas.tenants().delete(shop.id());
        assertRefusal(() -> saas.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        assertThat(saas.backups()
                        .restore(restoring(backup).name("copy").build())
                        .tenant()
                        .state())
                .isEqualTo(TenantState.OPEN);
    }
}
