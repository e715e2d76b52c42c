// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreatedTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.backup.Backup;
import dev.allotment.backup.BackupId;
import dev.allotment.backup.ImportBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.FolderFiles;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.MemoryBackupStore;
import dev.allotment.testing.ProcessKilled;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup that another installation made, with another secret key, becomes a tenant of this one. */
final class ImportTest {
    private static final String SECRET = "the secret key of the other installation";
    private static final String KEY = "shop.setting";

    private final Fixture there = new Fixture();
    private final Fixture here = new Fixture();
    private final Saas saas = here.saas;
    private final User owner = here.signUp("buyer@example.com");
    private final Plan plan = here.plan();
    private final Tenant shop;
    private final Backup backup;
    private final Map<String, byte[]> files = new TreeMap<>();

    ImportTest() {
        there.secrets = List.of(SECRET);
        shop = there.tenant();
        there.saas
                .configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().parameter(KEY, "of there").build());
        backup = there.saas.backups().create(shop.id(), null);
        there.backups.list("").forEach(file -> files.put(file.name(), there.backups.get(file.name())));
    }

    @AfterEach
    void close() {
        here.backend.unwatch();
        Consistency.check(here.storage);
        here.close();
        there.close();
    }

    private ImportBackup.Builder command() {
        return command(backup.id());
    }

    private ImportBackup.Builder command(BackupId id) {
        return ImportBackup.builder(shop.uuid(), id, plan.id(), owner.id()).name("bought.example.com");
    }

    private static String value(Saas saas, Tenant tenant) {
        return saas.database(tenant.name()).parameters().value(KEY).orElse("");
    }

    private long running() {
        return saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING));
    }

    @Test
    void createsATenantOfTheNamedOwner() {
        CreatedTenant imported =
                saas.backups().importBackup(command().idempotencyKey("once").build(), there.backups, List.of(SECRET));

        Tenant tenant = imported.tenant();
        assertThat(value(saas, tenant)).isEqualTo("of there");
        assertThat(tenant.name()).isEqualTo("bought.example.com");
        assertThat(tenant.uuid()).isNotEqualTo(shop.uuid());
        assertThat(tenant.planId()).isEqualTo(plan.id());
        assertThat(tenant.ownerId()).isEqualTo(owner.id());
        assertThat(saas.database(tenant.name()).members().list(Query.all()))
                .filteredOn(Member::owner)
                .extracting(Member::login)
                .containsExactly(owner.login());
        assertThat(saas.database(tenant.name()).members().findByLogin("owner@shop.example.com"))
                .as("the owner there is an ordinary member")
                .isPresent();
        assertThat(imported.signInLink()).isNotNull();
        assertThat(saas.backups().list(tenant.id())).isEmpty();
        Backup own = saas.backups().create(tenant.id(), null);
        assertThat(saas.backups().drill(tenant.id(), own.id()).backup()).isEqualTo(own);
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.BACKUP_RESTORED))))
                .singleElement()
                .satisfies(event -> assertThat(event.details())
                        .containsEntry("source", shop.uuid().toString())
                        .containsEntry("backup", backup.id().toString())
                        .containsEntry("imported", "true")
                        .containsEntry("neutralised", "mail"));
        assertThat(saas.backups()
                        .importBackup(
                                command().idempotencyKey("once").build(),
                                new MemoryBackupStore(here.clock),
                                List.of(SECRET))
                        .tenant()
                        .id())
                .as("repeated, when the store is gone")
                .isEqualTo(tenant.id());
        assertThat(there.backups.list("")).extracting(StoredFile::name).containsExactlyElementsOf(files.keySet());
        assertThat(value(there.saas, shop)).isEqualTo("of there");
    }

    @Test
    void isOnlyForAdministrators() {
        assertRefusal(() -> saas.actingAs(owner.id())
                        .backups()
                        .importBackup(command().build(), there.backups, List.of(SECRET)))
                .isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
    }

    private String refused(MemoryBackupStore store, ImportBackup command, String secret) {
        var refusal = refusal(() -> saas.backups().importBackup(command, store, List.of(secret)));
        assertThat(refusal.getMessage()).doesNotContain("Exception").doesNotContain(SECRET);
        assertThat(saas.tenants().list(Query.all())).isEmpty();
        assertThat(here.backups.list("")).isEmpty();
        assertThat(running()).isZero();
        Consistency.check(here.storage);
        return refusal.code();
    }

    /** The copy of the store after one of its files was changed. */
    private MemoryBackupStore changed(String end, UnaryOperator<byte[]> change) {
        MemoryBackupStore store = new MemoryBackupStore(here.clock);
        files.forEach(
                (name, content) -> store.replace(name, name.endsWith(end) ? change.apply(content.clone()) : content));
        return store;
    }

    private static byte[] flipped(byte[] content, int at) {
        content[Math.floorMod(at, content.length)] ^= 1;
        return content;
    }

    @Test
    void refusesEverythingThatWasChangedAndLeavesNothing() {
        String manifest = backup.id() + ".json";
        Backup second = there.saas.backups().create(shop.id(), null);
        byte[] otherContent = there.backups.list("").stream()
                .filter(file -> file.name().contains(second.id().toString())
                        && file.name().endsWith(".content"))
                .map(file -> there.backups.get(file.name()))
                .findFirst()
                .orElseThrow();
        byte[] nested = ("{\"manifest\": " + "[".repeat(400_000)).getBytes(StandardCharsets.UTF_8);
        for (String end : List.of(".content", manifest, "key.json")) {
            String code = end.equals("key.json") ? "backup\\.(damaged|key-wrong)" : "backup\\.damaged";
            for (UnaryOperator<byte[]> change : List.<UnaryOperator<byte[]>>of(
                    content -> flipped(content, content.length / 2),
                    content -> flipped(content, -1),
                    content -> Arrays.copyOf(content, content.length - 1),
                    content -> Arrays.copyOf(content, content.length / 2),
                    content -> new byte[0],
                    content -> new byte[3 << 20],
                    content -> nested)) {
                assertThat(refused(changed(end, change), command().build(), SECRET))
                        .as(end)
                        .matches(code);
            }
        }
        assertThat(refused(
                        changed(".content", content -> flipped(content, 0)),
                        command().build(),
                        SECRET))
                .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(refused(
                        changed(".content", content -> otherContent), command().build(), SECRET))
                .as("of another backup")
                .isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(refused(
                        changed(
                                manifest,
                                content -> new String(content, StandardCharsets.UTF_8)
                                        .replace("\"manifest\": \"1\"", "\"manifest\": \"99\"")
                                        .replace("\"manifest\":\"1\"", "\"manifest\":\"99\"")
                                        .getBytes(StandardCharsets.UTF_8)),
                        command().build(),
                        SECRET))
                .isEqualTo(ErrorCodes.BACKUP_NEWER);
    }

    @Test
    void copiesNothingOfABackupThatCannotBeRestoredHere(@TempDir Path root) throws IOException {
        FolderFiles others = new FolderFiles(root);
        others.create(shop.uuid());
        others.write(shop.uuid(), "note.txt", new ByteArrayInputStream(new byte[1]));
        try (Saas withFiles =
                there.builder(there.storage).node("node-b").tenantFiles(others).open()) {
            Backup more = withFiles.backups().create(shop.id(), null);
            here.backend.watch(step -> assertThat(here.backups.list(""))
                    .extracting(StoredFile::name)
                    .noneMatch(name -> name.endsWith(".content")));
            assertThat(refused(there.backups, command(more.id()).build(), SECRET))
                    .isEqualTo(ErrorCodes.BACKUP_FILES_UNSUPPORTED);
        }
    }

    @Test
    void refusesAnotherKeyAndAnotherTenant() {
        MemoryBackupStore store = changed("nothing", content -> content);
        assertThat(refused(store, command().build(), "another key that is wrong"))
                .isEqualTo(ErrorCodes.BACKUP_KEY_WRONG);
        assertThat(refused(store, command(new BackupId(new UUID(1, 1))).build(), SECRET))
                .isEqualTo(ErrorCodes.RECORD_MISSING);
        UUID other = new UUID(7, 7);
        MemoryBackupStore renamed = new MemoryBackupStore(here.clock);
        files.forEach(
                (name, content) -> renamed.replace(name.replace(shop.uuid().toString(), other.toString()), content));
        assertThat(refused(
                        renamed,
                        ImportBackup.builder(other, backup.id(), plan.id(), owner.id())
                                .build(),
                        SECRET))
                .isEqualTo(ErrorCodes.BACKUP_KEY_WRONG);
    }

    @Test
    void isCompletedOrUndoneWhereverItsNodeDies() {
        boolean killed = true;
        int undone = 0;
        for (int points = 0; killed; points++) {
            InterruptibleBackend process = InterruptibleBackend.over(here.storage);
            Saas victim = here.builder(process).node("victim").open();
            process.killAfter(points);
            killed = false;
            try {
                victim.backups().importBackup(command().build(), there.backups, List.of(SECRET));
            } catch (ProcessKilled e) {
                killed = true;
            }
            here.clock.advance(OperationLeases.LEASE.plusSeconds(1));
            saas.operations().recover();
            assertThat(running()).isZero();
            List<Tenant> made = saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN)));
            if (made.isEmpty()) {
                undone++;
                assertThat(here.backups.list("")).isEmpty();
            } else {
                assertThat(value(saas, made.get(0))).isEqualTo("of there");
                assertThat(saas.backups().list(made.get(0).id())).isEmpty();
                saas.tenants().delete(made.get(0).id());
                assertThat(here.backups.list("")).isEmpty();
                // Then the name is free again.
                here.clock.advance(Duration.ofDays(31));
            }
        }
        assertThat(undone).isGreaterThan(3);
    }

    @Test
    void namesTheCopyWhenItIsAbandoned() {
        InterruptibleBackend process = InterruptibleBackend.over(here.storage);
        Saas victim = here.builder(process).node("victim").open();
        process.killAfter(10);
        assertThatThrownBy(() -> victim.backups().importBackup(command().build(), there.backups, List.of(SECRET)))
                .isInstanceOf(ProcessKilled.class);
        Operation left = saas.operations()
                .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .get(0);
        assertThat(saas.operations().abandon(left.id(), "it is stuck").result().get("remains"))
                .contains("copy of the backup");
    }
}
