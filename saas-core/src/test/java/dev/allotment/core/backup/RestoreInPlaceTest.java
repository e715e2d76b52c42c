// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
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
import dev.allotment.RecordQuota;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.Member;
import dev.allotment.access.NewApiKey;
import dev.allotment.access.TenantDatabase;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.Story;
import dev.allotment.core.TestAddon;
import dev.allotment.core.WatchedBackend;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backup.StoredFile;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class RestoreInPlaceTest {
    private static final String KEY = "shop.setting";

    private final Fixture fixture = new Fixture(TestAddon.of("sale").script("1.0", "create table sale_order (id int)"));
    private final Saas saas = fixture.saas;
    private final User owner = fixture.signUp("owner@example.com");
    private final Saas own = saas.actingAs(owner.id());
    private final Plan plan = fixture.plan(
            Plan.builder("Basic").dbNameTemplate("client-%i.example.com").published(true));
    private final CreatedTenant created = saas.tenants()
            .create(CreateTenant.onPlan(plan)
                    .owner(owner)
                    .name("shop.example.com")
                    .build());
    private final Tenant shop = created.tenant();

    RestoreInPlaceTest() {
        set("first");
    }

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private void configure(ConfigurationChange.Builder change) {
        saas.configuration().apply(shop.id(), change.build());
    }

    private void set(String value) {
        configure(ConfigurationChange.builder().parameter(KEY, value));
    }

    private TenantDatabase inside() {
        return saas.database(shop.name());
    }

    private String value() {
        return inside().parameters().value(KEY).orElse("");
    }

    private Backup backUp() {
        fixture.clock.advance(Duration.ofMinutes(1));
        return saas.backups().create(shop.id(), null);
    }

    private Tenant restore(Saas by, Backup backup) {
        fixture.clock.advance(Duration.ofMinutes(1));
        return by.backups().restoreInPlace(shop.id(), backup.id(), null);
    }

    private List<Event> events(EventType type) {
        return saas.events().list(Query.where(Filter.equal(Event.TYPE, type)));
    }

    @Test
    void saysWhatTheServerRefusesAndRestoresTheRest() {
        fixture.storage.setTransferDoubts(List.of("extension amcheck", "setting\nx"));
        Backup backup = backUp();
        set("second");
        fixture.storage.setRefused(List.of("extension amcheck", "index orders_ref"));

        restore(saas, backup);

        assertThat(backup.content().doubts()).containsExactly("extension amcheck", "setting x");
        assertThat(saas.backups().list(shop.id()))
                .last()
                .satisfies(listed -> assertThat(listed.content().doubts()).hasSize(2));
        assertThat(value()).isEqualTo("first");
        assertThat(events(EventType.PART_NOT_RESTORED))
                .extracting(event -> event.details().get("part"))
                .containsExactlyInAnyOrder("extension amcheck", "index orders_ref");
        fixture.storage.setTransferDoubts(List.of());
        saas.backups().drill(shop.id(), backup.id());
        assertThat(events(EventType.PART_NOT_RESTORED)).hasSize(4);
        Tenant other = saas.backups()
                .restore(RestoreBackup.builder(shop.id(), backup.id())
                        .name("again.example.com")
                        .build())
                .tenant();
        assertThat(events(EventType.PART_NOT_RESTORED))
                .filteredOn(event -> other.id().equals(event.tenantId()))
                .hasSize(2);
    }

    @Test
    void bringsTheDatabaseBackAndKeepsWhoTheTenantIs() {
        Backup backup = backUp();
        set("second");
        saas.customDomains().add(shop.id(), "www.example.org");
        Tenant before = saas.tenants()
                .update(shop.id(), each -> each.toBuilder().maxUsers(5).build());

        Tenant restored = restore(saas, backup);

        assertThat(value()).isEqualTo("first");
        assertThat(restored)
                .usingRecursiveComparison()
                .comparingOnlyFields(
                        "id", "uuid", "name", "ownerId", "customerId", "planId", "serverId", "state", "maxUsers")
                .isEqualTo(before);
        assertThat(saas.tenants().findByHost("www.example.org")).isPresent();
        assertThat(inside().parameters().value(Parameter.MAX_USERS)).hasValue("5");
        assertThat(inside().parameters().value(Parameter.NEUTRALISED)).isEmpty();
        Backup present = saas.backups().list(shop.id()).get(0);
        assertThat(events(EventType.TENANT_RESTORED_IN_PLACE))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("backup", backup.id().toString())
                        .containsEntry("before", present.id().toString()));

        restore(saas, present);
        assertThat(value()).as("nothing is lost").isEqualTo("second");
    }

    @Test
    void isDoneOnceForAKey() {
        Backup backup = backUp();
        saas.backups().restoreInPlace(shop.id(), backup.id(), "key");
        set("second");
        saas.backups().restoreInPlace(shop.id(), backup.id(), "key");
        assertThat(value()).isEqualTo("second");
        assertRefusal(() -> saas.backups().create(shop.id(), "key")).isEqualTo(ErrorCodes.IDEMPOTENCY_MISMATCH);
    }

    @Test
    void isDoneInTheBackgroundOnceForAKey() {
        Backup backup = backUp();
        set("second");
        Operation started = saas.async().restoreInPlace(shop.id(), backup.id(), "key");
        assertThat(saas.async().restoreInPlace(shop.id(), backup.id(), "key").id())
                .isEqualTo(started.id());
        assertThat(value()).isEqualTo("second");
        assertRefusal(() -> saas.async().restoreInPlace(shop.id(), backup.id(), "another"))
                .isEqualTo(ErrorCodes.TENANT_BUSY);
        saas.maintenance().run();
        assertThat(value()).isEqualTo("first");
        assertThat(saas.async().restoreInPlace(shop.id(), backup.id(), "key").state())
                .isEqualTo(OperationState.DONE);

        set("third");
        Operation cancelled = saas.async().restoreInPlace(shop.id(), backup.id(), null);
        saas.operations().cancel(cancelled.id());
        saas.maintenance().run();
        assertThat(value()).isEqualTo("third");
        assertThat(saas.backups().list(shop.id())).hasSize(2);
    }

    @Test
    void keepsTheBackupOfTheStateBeforeForSevenDays() {
        Backup backup = backUp();
        Backup latest = backUp();
        restore(saas, backup);
        restore(saas, backup);
        restore(saas, backup);
        assertThat(saas.backups().list(shop.id())).hasSize(5).endsWith(latest, backup);

        fixture.clock.advance(Duration.ofDays(7));
        Backup newer = backUp();

        assertThat(saas.backups().list(shop.id())).containsExactly(newer, latest);
    }

    @Test
    void keepsTheBackupThatItRestoresSoThatItCanBeRepeatedIfItFails() {
        restore(saas, backUp());
        Backup before = saas.backups().list(shop.id()).get(0);
        set("second");
        fixture.clock.advance(Duration.ofDays(8));
        fixture.backend.once("before replace", () -> {
            throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "unreachable", null);
        });

        assertRefusal(() -> restore(saas, before)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
        assertThat(saas.backups().list(shop.id())).contains(before);

        restore(saas, before);
        assertThat(value()).isEqualTo("first");
    }

    @Test
    void endsSessionsAndUnusedSignInLinks() {
        Backup backup = backUp();
        String session = saas.access().openSession(shop.name(), Member.ADMINISTRATOR.value());

        restore(saas, backup);

        assertThat(saas.access().findSession(session)).isEmpty();
        assertThat(saas.access()
                        .redeem(
                                shop.name(),
                                Objects.requireNonNull(created.signInLink()).token()))
                .isEmpty();
        Story.letsIn(saas, shop.name(), own.access().issue(shop.id()));
    }

    @Test
    void letsNoKeyWorkThatWasRevokedOrChangedSince() {
        String kept = key("kept");
        String revoked = key("revoked");
        Backup backup = backUp();
        inside().actingAs(Member.ADMINISTRATOR).apiKeys().revoke(revoked);
        String later = key("later");
        saas.database(shop.name()).apiKeys().authenticate(kept, null);

        restore(saas, backup);
        fixture.seconds(9);

        assertThat(inside().apiKeys().authenticate(kept, null)).isPresent();
        assertThat(inside().apiKeys().authenticate(revoked, null)).isEmpty();
        assertThat(inside().apiKeys().authenticate(later, null)).isEmpty();
    }

    @Test
    void refusesARevocationThatTheRestoredDatabaseWouldNotHave() {
        String secret = key("kept");
        Backup backup = backUp();
        List<String> refused = new ArrayList<>();
        fixture.backend.watch(step -> {
            if (List.of("before send", "before replace", "after replace").contains(step)) {
                try (Saas other =
                        fixture.builder(fixture.storage).node("node-b").open()) {
                    assertRefusal(() -> other.database(shop.name())
                                    .actingAs(Member.ADMINISTRATOR)
                                    .apiKeys()
                                    .revoke(secret))
                            .isEqualTo(ErrorCodes.TENANT_BUSY);
                    refused.add(step);
                }
            }
        });

        restore(saas, backup);

        assertThat(refused).containsExactly("before send", "before replace", "after replace");
    }

    private String key(String name) {
        return inside().actingAs(Member.ADMINISTRATOR)
                .apiKeys()
                .create(new NewApiKey(name, ApiKeyScope.EVERYTHING, null))
                .secret();
    }

    @Test
    void appliesThePresentQuotasNotThoseOfTheBackup() {
        configure(ConfigurationChange.builder().install("sale").recordQuota("sale.order", 1000));
        Backup backup = backUp();
        configure(ConfigurationChange.builder().recordQuota("sale.order", 10).recordQuota("res.partner", 5));

        restore(saas, backup);

        assertThat(inside().recordQuotas().list(Query.all()))
                .extracting(RecordQuota::model, RecordQuota::maxRecords)
                .containsExactlyInAnyOrder(tuple("sale.order", 10), tuple("res.partner", 5));
    }

    @Test
    void updatesAddonsThatTheTenantHasInANewerVersionAndMigratesItsSchema() {
        configure(ConfigurationChange.builder().install("sale"));
        Backup backup = backUp();
        fixture.addons.set(
                0,
                TestAddon.of("sale", "2.0")
                        .script("1.0", "create table sale_order (id int)")
                        .script("2.0", "alter table sale_order add total int"));
        List<String> done = new ArrayList<>();
        try (Saas node = fixture.builder(RecordingSchema.withLogins(fixture.storage))
                .node("node-b")
                .tenantSchema(new RecordingSchema(done))
                .open()) {
            node.tenants().migrate(shop.id());
            node.configuration()
                    .apply(
                            shop.id(),
                            ConfigurationChange.builder().update("sale").build());

            Tenant restored = restore(node, backup);

            assertThat(done).containsExactly("migrated", "migrated");
            assertThat(restored.schemaVersion()).isEqualTo("1");
            assertThat(fixture.row(shop.id()).addonVersions()).isEqualTo("sale 2.0");
            assertThat(fixture.storage.scripts(shop.name())).endsWith("alter table sale_order add total int");
        }
    }

    @Test
    void leavesTheTenantInUseUntilTheEndAndNothingForACheckToFind() {
        Backup backup = backUp();
        List<Boolean> open = new ArrayList<>();
        fixture.backend.watch(step -> {
            switch (step) {
                case "before receive", "after receive", "before send" -> open.add(isOpen());
                case "before replace" -> {
                    open.add(isOpen());
                    try (Saas other =
                            fixture.builder(fixture.storage).node("node-b").open()) {
                        assertThat(other.reconciliation().check().findings()).isEmpty();
                        assertRefusal(() -> other.tenants().rename(shop.id(), "renamed"))
                                .isEqualTo(ErrorCodes.TENANT_BUSY);
                    }
                }
                default -> {}
            }
        });

        restore(saas, backup);

        assertThat(open)
                .as("open while the backup is restored, closed while the present state is backed up and replaced")
                .containsExactly(true, true, false, false);
    }

    @Test
    void stopsReceivingWhenASuspensionSupersedesIt() {
        Backup backup = backUp();
        List<String> steps = new ArrayList<>();
        fixture.backend.watch(step -> {
            steps.add(step);
            if (step.equals("before receive")) {
                try (Saas other =
                        fixture.builder(fixture.storage).node("node-b").open()) {
                    other.tenants().suspend(shop.id());
                }
                fixture.seconds(10);
            }
        });

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

        assertThat(steps).contains("before receive").doesNotContain("after receive");
    }

    @Test
    void touchesNothingIfTheBackupCannotBeUsed() {
        Backup backup = backUp();
        set("second");
        String file = fixture.backups.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(".content"))
                .findFirst()
                .orElseThrow();
        byte[] whole = fixture.backups.get(file);
        fixture.backups.replace(file, Arrays.copyOf(whole, whole.length - 1));
        fixture.backend.watch(step -> assertThat(step).isNotEqualTo("before close"));

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.BACKUP_DAMAGED);

        assertThat(value()).isEqualTo("second");
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
    }

    @Test
    void keepsTheStateBeforeIfANodeThatStalledWakesUp() {
        Backup backup = backUp();
        set("second");
        fixture.backend.once(
                "before send",
                () -> fixture.backend.once("after write", () -> {
                    fixture.clock.advance(OperationLeases.LEASE);
                    try (Saas other =
                            fixture.builder(fixture.storage).node("node-b").open()) {
                        other.maintenance().run();
                    }
                }));

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);

        assertThat(value()).isEqualTo("first");
        Backup before = saas.backups().list(shop.id()).get(0);
        restore(saas, before);
        assertThat(value()).isEqualTo("second");
    }

    @Test
    void isNotRepeatedIfAnOlderCatalogBringsItBack() {
        Backup backup = backUp();
        AtomicReference<Runnable> older = new AtomicReference<>(() -> {});
        fixture.backend.once("before receive", () -> older.set(fixture.storage.backUpCatalog()));
        restore(saas, backup);
        fixture.backend.unwatch();
        set("since then");

        older.get().run();
        fixture.clock.advance(OperationLeases.LEASE);
        try (Saas restored = fixture.builder(fixture.storage).open()) {
            restored.maintenance().run();
            assertThat(restored.operations()
                            .list(Query.where(Filter.equal(Operation.KIND, OperationKind.RESTORE_IN_PLACE))))
                    .extracting(Operation::state)
                    .containsExactly(OperationState.DONE);
            assertThat(restored.database(shop.name()).parameters().value(KEY)).hasValue("since then");
        }
    }

    @Test
    void isKeptByASuspensionThatComesAfterTheReplacement() {
        Backup backup = backUp();
        set("second");
        fixture.backend.once("before open", () -> {
            try (Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
                other.tenants().suspend(shop.id());
            }
        });

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

        assertThat(events(EventType.TENANT_RESTORED_IN_PLACE)).hasSize(1);
        assertThat(saas.tenants().resume(shop.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(value()).isEqualTo("first");
    }

    @Test
    void isRecordedAlthoughTheServerFailsWhenADeletionThatCanBeTakenBackFindsItOut() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Backup backup = backUp();
        set("second");
        WatchedBackend failing = WatchedBackend.over(fixture.storage);
        failing.watch(step -> {
            boolean settling = StackWalker.getInstance()
                    .walk(frames ->
                            frames.anyMatch(frame -> frame.getMethodName().equals("settle")));
            if (settling && step.equals("before transact")) {
                throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "The server was killed.", null);
            }
        });
        fixture.backend.once("before open", () -> {
            try (Saas other = fixture.builder(failing).node("node-b").open()) {
                assertRefusal(() -> other.tenants().delete(shop.id())).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            }
        });

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

        fixture.clock.advance(OperationLeases.LEASE.plusSeconds(1));
        saas.operations().recover();
        assertThat(saas.tenants().restore(shop.id()).state()).isEqualTo(TenantState.OPEN);
        assertThat(value()).isEqualTo("first");
        assertThat(events(EventType.TENANT_RESTORED_IN_PLACE)).hasSize(1);
    }

    @Test
    void isUndoneByASuspensionThatComesBeforeTheReplacement() {
        Backup backup = backUp();
        set("second");
        fixture.backend.once("before replace", () -> {
            try (Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
                other.tenants().suspend(shop.id());
            }
        });

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

        assertThat(events(EventType.TENANT_RESTORED_IN_PLACE)).isEmpty();
        saas.tenants().resume(shop.id());
        assertThat(value()).isEqualTo("second");
    }

    @Test
    void isRecordedOnceIfTheSuspensionThatKeepsItIsSupersededItself() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Backup backup = backUp();
        WatchedBackend suspending = WatchedBackend.over(fixture.storage);
        suspending.once("before drop", () -> {
            try (Saas third = fixture.builder(fixture.storage).node("node-c").open()) {
                third.tenants().delete(shop.id());
            }
        });
        fixture.backend.once("before open", () -> {
            try (Saas other = fixture.builder(suspending).node("node-b").open()) {
                assertRefusal(() -> other.tenants().suspend(shop.id())).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
            }
        });

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

        assertThat(events(EventType.TENANT_RESTORED_IN_PLACE)).hasSize(1);
    }

    @Test
    void leavesNothingWhenTheTenantIsDeletedForGood() {
        Backup backup = backUp();
        WatchedBackend suspending = WatchedBackend.over(fixture.storage);
        suspending.once("before drop", RestoreInPlaceTest::fail);
        fixture.backend.watch(step -> {
            if (step.equals("before replace")) {
                try (Saas other = fixture.builder(suspending).node("node-b").open()) {
                    other.tenants().suspend(shop.id());
                }
            } else if (step.equals("before discard")) {
                fail();
            }
        });
        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
        fixture.backend.unwatch();
        assertThat(databases()).hasSize(2);

        saas.tenants().purge(shop.id());

        assertThat(databases()).isEmpty();
    }

    @Test
    void opensTheTenantAgainIfTheRestoredDatabaseCannotBeDropped() {
        Backup backup = backUp();
        set("second");
        fixture.backend.watch(step -> {
            if (List.of("before send", "before discard").contains(step)) {
                fail();
            }
        });

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);

        assertThat(databases()).hasSize(2).contains(new DatabaseRef(shop.name(), shop.uuid()));
        assertThat(isOpen()).isTrue();
        fixture.backend.unwatch();
        fixture.clock.advance(OperationLeases.LEASE);
        saas.operations().recover();
        assertThat(databases()).hasSize(1);
        assertThat(value()).isEqualTo("second");
    }

    private static void fail() {
        throw SaasException.unavailable(ErrorCodes.BACKEND_UNAVAILABLE, "The server does not answer.", null);
    }

    /** Under whatever name the database has. */
    private boolean isOpen() {
        return databases().stream()
                .filter(each -> each.uuid().equals(shop.uuid()))
                .allMatch(each -> fixture.storage.isOpen(each.name()));
    }

    private List<DatabaseRef> databases() {
        Server server = saas.servers().list(Query.all()).get(0);
        return fixture.storage.databases(server).list();
    }

    @Test
    void endsSessionsAndIsRecordedEvenIfItIsAbandoned() {
        Backup backup = backUp();
        for (String step : List.of("before replace", "after replace", "before open")) {
            List<String> sessions = new ArrayList<>();
            sessions.add(saas.access().openSession(shop.name(), Member.ADMINISTRATOR.value()));
            fixture.backend.once(step, () -> {
                try (Saas other =
                        fixture.builder(fixture.storage).node("node-b").open()) {
                    // The restore itself has ended the sessions from before.
                    sessions.add(other.access().openSession(shop.name(), Member.ADMINISTRATOR.value()));
                    abandonRestore(other);
                }
            });
            assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.OPERATION_ABANDONED);
            fixture.backend.unwatch();
            assertThat(sessions)
                    .as(step)
                    .hasSize(2)
                    .allMatch(each -> saas.access().findSession(each).isEmpty());
        }
        assertThat(events(EventType.TENANT_RESTORED_IN_PLACE)).hasSize(1);
    }

    private static void abandonRestore(Saas by) {
        by.operations()
                .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .forEach(each -> by.operations().abandon(each.id(), "it is stuck"));
    }

    @Test
    void keepsATenantSuspended() {
        Backup backup = backUp();
        set("second");
        saas.tenants().suspend(shop.id());

        assertRefusal(() -> restore(own, backup)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(restore(saas, backup).state()).isEqualTo(TenantState.SUSPENDED);

        saas.tenants().resume(shop.id());
        assertThat(value()).isEqualTo("first");
    }

    @Test
    void refusesADeletedTenantWhichCanBeRestoredAsANewOneUntilItsRetentionEnds() {
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        Backup backup = backUp();
        own.selfService().delete(shop.id());

        assertRefusal(() -> restore(saas, backup)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> restore(own, backup)).isEqualTo(ErrorCodes.TENANT_STATE);
        RestoreBackup wish =
                RestoreBackup.builder(shop.id(), backup.id()).name("again").build();
        fixture.clock.advance(Duration.ofDays(6));
        saas.maintenance().run();
        assertThat(own.backups().restore(wish).tenant().state()).isEqualTo(TenantState.OPEN);
        fixture.clock.advance(Duration.ofDays(2));
        saas.maintenance().run();
        assertRefusal(() -> saas.backups().restore(wish.toBuilder().name("late").build()))
                .isEqualTo(ErrorCodes.TENANT_STATE);
    }

    @Test
    void ownersRestoreTheirOwnTenantsInTheLimitsOfTheirBackups() {
        Backup backup = backUp();
        User stranger = fixture.signUp("stranger@example.com");
        assertRefusal(() -> restore(saas.actingAs(stranger.id()), backup)).isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.plans().update(plan.id(), each -> each.toBuilder().published(false).build());
        assertRefusal(() -> restore(own, backup)).isEqualTo(ErrorCodes.RECORD_MISSING);
        saas.plans().update(plan.id(), each -> each.toBuilder().published(true).build());
        set("second");

        Tenant restored = restore(own, backup);

        assertThat(value()).isEqualTo("first");
        assertThat(restored.ownerId()).isEqualTo(owner.id());
        own.backups().create(shop.id(), null);
        assertRefusal(() -> restore(own, backup)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        fixture.clock.advance(Duration.ofDays(1));
        assertThat(restore(own, backup).uuid()).isEqualTo(shop.uuid());
    }

    @Test
    void takesNoBackupOfAnotherTenant() {
        Tenant other = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
        Backup others = saas.backups().create(other.id(), null);
        assertRefusal(() -> restore(saas, others)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(value()).isEqualTo("first");
    }
}
