// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.RecordingSchema;
import dev.allotment.core.TestAddon;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A tenant is backed up before a change that may have to be taken back. */
final class BackupBeforeChangesTest {
    private final Fixture fixture = new Fixture(TestAddon.of("sale")
            .script("1.0", "create table sale_order (id int)")
            .uninstall("drop table sale_order"));
    private final Tenant shop = fixture.tenant();
    private final List<String> migrated = new ArrayList<>();
    private final Saas saas = builder().open();

    private SaasBuilder builder() {
        return fixture.builder(RecordingSchema.withLogins(fixture.storage))
                .node("node-b")
                .backupBeforeChanges(true)
                .tenantSchema(new RecordingSchema(migrated));
    }

    @AfterEach
    void close() {
        Consistency.check(fixture.storage);
        saas.close();
        fixture.close();
    }

    private void configure(ConfigurationChange.Builder change) {
        fixture.clock.advance(Duration.ofMinutes(1));
        saas.configuration().apply(shop.id(), change.build());
    }

    private List<Backup> backups() {
        return saas.backups().list(shop.id());
    }

    private Event last(EventType type) {
        List<Event> events =
                saas.events().list(Query.where(Filter.equal(Event.TYPE, type)).orderBy(Event.ID));
        return events.get(events.size() - 1);
    }

    @Test
    void isMadeBeforeAddonsAreUninstalledOrUpdatedOnly() {
        configure(ConfigurationChange.builder().install("sale").parameter("shop.setting", "value"));
        assertThat(backups()).isEmpty();
        assertThat(last(EventType.TENANT_CONFIGURED).details()).doesNotContainKeys("before", "safety");

        configure(ConfigurationChange.builder().update("sale"));
        configure(ConfigurationChange.builder().uninstall("sale"));

        assertThat(backups()).hasSize(2);
        Backup before = backups().get(0);
        assertThat(before.addons()).containsKey("sale");
        assertThat(last(EventType.TENANT_CONFIGURED).details())
                .containsEntry("before", before.id().toString())
                .doesNotContainKey("safety");
        saas.backups().restoreInPlace(shop.id(), before.id(), null);
        assertThat(fixture.row(shop.id()).addonVersions()).isEqualTo("sale 1.0");
    }

    @Test
    void isMadeBeforeAMigrationThatIsDue() {
        saas.tenants().migrate(shop.id());
        saas.tenants().migrate(shop.id());

        assertThat(backups()).hasSize(1);
        assertThat(last(EventType.TENANT_MIGRATED).details())
                .containsEntry("before", backups().get(0).id().toString());
    }

    @Test
    void isKeptForSevenDaysApartFromOthers() {
        configure(ConfigurationChange.builder().install("sale"));
        for (int i = 0; i < 4; i++) {
            configure(ConfigurationChange.builder().update("sale"));
        }
        assertThat(backups()).hasSize(4);
        fixture.clock.advance(Duration.ofDays(7).plusMinutes(1));
        Backup latest = saas.backups().create(shop.id(), null);
        assertThat(backups()).containsExactly(latest);
    }

    @Test
    void refusesTheChangeIfItFails() {
        configure(ConfigurationChange.builder().install("sale"));
        BackupStore full = new BackupStore() {
            @Override
            public void write(String name, InputStream content) throws IOException {
                throw new IOException("No space left on device");
            }

            @Override
            public InputStream read(String name) throws IOException {
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
        try (Saas node = builder().node("node-c").backupStore(full).open()) {
            assertRefusal(() -> node.configuration()
                            .apply(
                                    shop.id(),
                                    ConfigurationChange.builder()
                                            .uninstall("sale")
                                            .build()))
                    .isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
            assertRefusal(() -> node.tenants().migrate(shop.id())).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        }
        assertThat(saas.database(shop.name()).addons().count(Filter.all())).isEqualTo(1);
        assertThat(fixture.row(shop.id()).addonVersions()).isEqualTo("sale 1.0");
        assertThat(migrated).isEmpty();
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
        assertThat(saas.tenants().get(shop.id()).state()).isEqualTo(TenantState.OPEN);
    }

    /** A store that fails with the first content on, also when what was stored is to be deleted. */
    private final class FailingStore implements BackupStore {
        private boolean failing;

        private void use() throws IOException {
            if (failing) {
                throw new IOException("Connection refused");
            }
        }

        @Override
        public void write(String name, InputStream content) throws IOException {
            failing |= !name.endsWith(".json");
            use();
            fixture.backups.write(name, content);
        }

        @Override
        public InputStream read(String name) throws IOException {
            use();
            return fixture.backups.read(name);
        }

        @Override
        public List<StoredFile> list(String prefix) throws IOException {
            use();
            return fixture.backups.list(prefix);
        }

        @Override
        public void delete(String name) throws IOException {
            use();
            fixture.backups.delete(name);
        }

        @Override
        public void tidy() throws IOException {
            fixture.backups.tidy();
        }
    }

    @Test
    void endsTheChangeIfTheStoreFailsAltogether() {
        configure(ConfigurationChange.builder().install("sale"));
        BackupId earlier = saas.backups().create(shop.id(), null).id();

        assertEnds(
                node -> node.configuration()
                        .apply(
                                shop.id(),
                                ConfigurationChange.builder().uninstall("sale").build()),
                OperationKind.CONFIGURE_TENANT);
        assertEnds(node -> node.tenants().migrate(shop.id()), OperationKind.MIGRATE_TENANT);
        assertEnds(node -> node.backups().restoreInPlace(shop.id(), earlier, null), OperationKind.RESTORE_IN_PLACE);
        assertEnds(node -> node.backups().create(shop.id(), null), OperationKind.BACK_UP_TENANT);
    }

    private void assertEnds(Consumer<Saas> change, OperationKind kind) {
        FailingStore store = new FailingStore();
        try (Saas node = builder().node("node-c").backupStore(store).open()) {
            assertRefusal(() -> change.accept(node)).as("%s", kind).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
            assertThat(node.operations()
                            .list(Query.where(Filter.equal(Operation.KIND, kind))
                                    .orderBy(Operation.ID)))
                    .as("%s", kind)
                    .last()
                    .extracting(Operation::state)
                    .isEqualTo(OperationState.FAILED);
            long operations = node.operations().count(Filter.all());
            assertRefusal(() -> change.accept(node)).as("%s", kind).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
            assertThat(node.operations().count(Filter.all()))
                    .as("%s does not start while the store fails", kind)
                    .isEqualTo(operations);
        }
        assertThat(fixture.storage.isOpen(shop.name())).as("%s", kind).isTrue();
        assertThat(saas.database(shop.name()).addons().count(Filter.all())).isEqualTo(1);
    }

    @Test
    void isDeletedIfTheChangeFailsAndChangedNothing() {
        configure(ConfigurationChange.builder().install("sale"));
        fixture.addons.set(
                0,
                TestAddon.of("sale", "2.0")
                        .script("1.0", "create table sale_order (id int)")
                        .script("2.0", "fail here"));
        assertRefusal(() ->
                        configure(ConfigurationChange.builder().refreshAddons().update("sale")))
                .isEqualTo(ErrorCodes.ADDON_FAILED);
        assertThat(backups()).isEmpty();
        assertThat(fixture.backups.list("").stream().map(StoredFile::name)).hasSize(1);
    }

    @Test
    void isLeftToCampaignsForTheirTenants() {
        saas.campaigns().start(Campaign.of(CampaignChange.schema()).build());
        saas.maintenance().run();
        assertThat(migrated).containsExactly("migrated");
        assertThat(backups()).isEmpty();
    }

    @Test
    void needsAStore() {
        assertThat(refusal(() -> fixture.builderWithoutKey(fixture.storage)
                        .backupBeforeChanges(true)
                        .open()))
                .hasMessageContaining("backupBeforeChanges");
    }
}
