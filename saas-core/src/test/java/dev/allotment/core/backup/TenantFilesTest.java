// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.backup;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
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
import dev.allotment.SwapTenants;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.FolderFiles;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.hook.TenantFiles;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Databases;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Stream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class TenantFilesTest {
    private static final String KEY = "shop.setting";
    private static final String NOTE = "note.txt";
    /** Longer than a piece. */
    private static final String LONG = "x".repeat(200_000);

    private final Path root;
    private final FolderFiles files;
    private final Fixture fixture = new Fixture();
    private final Saas saas;
    private final Tenant shop = fixture.tenant();

    TenantFilesTest(@TempDir Path root) {
        this.root = root;
        files = new FolderFiles(root);
        saas = open(fixture.backend, files);
        place(shop, Map.of(NOTE, "first", "docs/long.txt", LONG, "docs-old/ü 1.txt", "", "docs/a/b.txt", "b"));
        set("first");
    }

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        saas.close();
        fixture.close();
    }

    private Saas open(Backend over, TenantFiles hook) {
        return fixture.builder(over).tenantFiles(hook).open();
    }

    private Saas other() {
        return fixture.builder(fixture.storage)
                .node("node-b")
                .tenantFiles(files)
                .open();
    }

    private void place(Tenant tenant, Map<String, String> contents) {
        try {
            files.create(tenant.uuid());
            for (Map.Entry<String, String> each : contents.entrySet()) {
                write(tenant, each.getKey(), each.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void write(Tenant tenant, String name, String content) {
        try {
            files.write(tenant.uuid(), name, new ByteArrayInputStream(content.getBytes(StandardCharsets.UTF_8)));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private Map<String, String> files(Tenant tenant) {
        Map<String, String> found = new TreeMap<>();
        try (Stream<String> names = files.list(tenant.uuid())) {
            for (String name : names.toList()) {
                found.put(name, Files.readString(files.place(tenant.uuid()).resolve(name)));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return found;
    }

    /** The UUIDs that have a place, and what was left halfway. */
    private List<String> places() {
        try (Stream<Path> found = Files.list(root)) {
            return found.map(each -> each.getFileName().toString()).toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void set(String value) {
        saas.configuration()
                .apply(
                        shop.id(),
                        ConfigurationChange.builder().parameter(KEY, value).build());
    }

    private static String value(Saas by, Tenant tenant) {
        return by.database(tenant.name()).parameters().value(KEY).orElse("");
    }

    private Backup backUp() {
        fixture.clock.advance(Duration.ofMinutes(1));
        return saas.backups().create(shop.id(), null);
    }

    /** Makes a backup, and then another state of the tenant, which has one file. */
    private Backup backUpAndChange() {
        Backup backup = backUp();
        set("second");
        place(shop, Map.of(NOTE, "second"));
        fixture.clock.advance(Duration.ofMinutes(1));
        return backup;
    }

    private RestoreBackup restoring(Backup backup) {
        return RestoreBackup.builder(shop.id(), backup.id()).name("copy").build();
    }

    @Test
    void areRestoredAsThoseOfTheNewTenant() {
        Map<String, String> before = files(shop);
        Backup backup = backUpAndChange();

        Tenant restored = saas.backups().restore(restoring(backup)).tenant();

        assertThat(backup.files()).isEqualTo(4);
        assertThat(backup.contentBytes()).isGreaterThan(LONG.length());
        assertThat(files(restored)).isEqualTo(before).hasSize(4);
        assertThat(files(shop)).containsExactly(Map.entry(NOTE, "second"));
        saas.backups().drill(shop.id(), backup.id());
        assertThat(places()).containsExactlyInAnyOrder(uuid(shop), uuid(restored));
    }

    private static String uuid(Tenant tenant) {
        return tenant.uuid().toString();
    }

    @Test
    void areReplacedTogetherWithTheDatabase() {
        Map<String, String> before = files(shop);
        Backup backup = backUpAndChange();

        saas.backups().restoreInPlace(shop.id(), backup.id(), null);

        assertThat(files(shop)).isEqualTo(before);
        assertThat(places()).containsExactly(uuid(shop));
        fixture.clock.advance(Duration.ofMinutes(1));
        saas.backups()
                .restoreInPlace(shop.id(), saas.backups().list(shop.id()).get(0).id(), null);
        assertThat(files(shop)).as("the state before was backed up, too").containsExactly(Map.entry(NOTE, "second"));
    }

    @Test
    void areGoneAfterTheRestoreOfABackupThatHasNone() {
        place(shop, Map.of());
        Backup backup = backUpAndChange();

        saas.backups().restoreInPlace(shop.id(), backup.id(), null);

        assertThat(backup.files()).isZero();
        assertThat(files(shop)).isEmpty();
    }

    @Test
    void areLeftAloneByABackupThatWasMadeWithoutThem() {
        fixture.clock.advance(Duration.ofMinutes(1));
        Backup backup = fixture.saas.backups().create(shop.id(), null);
        assertThat(backup.files()).isNull();
        set("second");
        place(shop, Map.of(NOTE, "second"));

        saas.backups().restoreInPlace(shop.id(), backup.id(), null);
        Tenant restored = saas.backups().restore(restoring(backup)).tenant();

        assertThat(value(saas, shop)).isEqualTo("first");
        assertThat(files(shop)).containsExactly(Map.entry(NOTE, "second"));
        assertThat(files(restored)).isEmpty();
    }

    @Test
    void keepABackupFromBeingRestoredWhereThereIsNoPlaceForThem() {
        Backup backup = backUpAndChange();

        assertRefusal(() -> fixture.saas.backups().restore(restoring(backup)))
                .isEqualTo(ErrorCodes.BACKUP_FILES_UNSUPPORTED);
        assertRefusal(() -> fixture.saas.backups().restoreInPlace(shop.id(), backup.id(), null))
                .isEqualTo(ErrorCodes.BACKUP_FILES_UNSUPPORTED);

        assertThat(value(saas, shop)).isEqualTo("second");
        assertThat(saas.tenants().list(Query.all())).hasSize(1);
        assertThat(fixture.saas.backups().drill(shop.id(), backup.id()).members())
                .isPositive();
    }

    @Test
    void areCopiedAndDeletedForGood() {
        Tenant copy = saas.tenants()
                .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build())
                .tenant();
        assertThat(files(copy)).isEqualTo(files(shop)).hasSize(4);

        saas.tenants().purge(shop.id());

        assertThat(places()).containsExactly(uuid(copy));
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_DELETED))))
                .singleElement()
                .satisfies(event -> assertThat(event.details()).containsEntry("files", "deleted"));
    }

    @Test
    void areInExports() throws IOException {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        saas.exports().write(shop.id(), out);
        assertExported(out, files(shop));
    }

    @Test
    void areInExportsOfBackups() throws IOException {
        Map<String, String> before = files(shop);
        Backup backup = backUpAndChange();
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        saas.exports().writeBackup(shop.id(), backup.id(), out);
        assertThat(before).isNotEqualTo(files(shop));
        assertExported(out, before);
    }

    private static void assertExported(ByteArrayOutputStream archive, Map<String, String> files) throws IOException {
        Map<String, String> found = new TreeMap<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive.toByteArray()))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                found.put(entry.getName(), new String(zip.readAllBytes(), StandardCharsets.UTF_8));
            }
        }
        files.forEach((name, content) -> assertThat(found).containsEntry("files/" + name, content));
        assertThat(found.get("README.txt")).contains("files/ ").doesNotContain("stores outside of its database,");
        assertThat(found.get("manifest.json")).contains("\"files\":\"" + files.size() + "\"");
    }

    @Test
    void areNotCopiedOrExportedInPartWhileTheyAreReplacedOrDeleted() {
        Backup backup = backUpAndChange();
        Consumer<Saas> restore = by -> by.backups().restoreInPlace(shop.id(), backup.id(), null);
        Consumer<Saas> purge = by -> by.tenants().purge(shop.id());
        Consumer<Saas> duplicate =
                by -> by.tenants().duplicate(DuplicateTenant.builder(shop.id()).build());
        Consumer<Saas> export = by -> by.exports().write(shop.id(), OutputStream.nullOutputStream());
        readWhile(restore, duplicate);
        readWhile(restore, export);
        assertThat(places()).containsExactly(uuid(shop));
        duplicate.accept(saas);
        export.accept(saas);
        readWhile(purge, duplicate);
        assertThat(places()).hasSize(1);
    }

    @Test
    void areNotExportedInPartWhileTheyAreDeleted() {
        readWhile(
                by -> by.tenants().purge(shop.id()),
                by -> by.exports().write(shop.id(), OutputStream.nullOutputStream()));
    }

    private void readWhile(Consumer<Saas> change, Consumer<Saas> reading) {
        List<String> once = new ArrayList<>(List.of("before open"));
        Steps steps = new Steps(files, (step, name) -> {
            if (once.remove(step)) {
                fixture.clock.advance(Duration.ofMinutes(1));
                try (Saas other = other()) {
                    change.accept(other);
                }
            }
        });
        try (Saas node = open(fixture.storage, steps)) {
            assertRefusal(() -> reading.accept(node)).isEqualTo(ErrorCodes.TENANT_BUSY);
        }
    }

    /**
     * Calls something at each step: the name of a method of {@link TenantFiles} after {@code before} or {@code after}.
     */
    private record Steps(TenantFiles files, BiConsumer<String, String> step) implements TenantFiles {
        @Override
        public Stream<String> list(UUID tenant) throws IOException {
            step.accept("before list", "");
            return files.list(tenant);
        }

        @Override
        public InputStream open(UUID tenant, String name) throws IOException {
            step.accept("before open", name);
            return files.open(tenant, name);
        }

        @Override
        public void create(UUID tenant) throws IOException {
            step.accept("before create", "");
            files.create(tenant);
            step.accept("after create", "");
        }

        @Override
        public void write(UUID tenant, String name, InputStream content) throws IOException {
            step.accept("before write", name);
            files.write(tenant, name, content);
            step.accept("after write", name);
        }

        @Override
        public void replace(UUID tenant, UUID by) throws IOException {
            step.accept("before replace", "");
            files.replace(tenant, by);
            step.accept("after replace", "");
        }

        @Override
        public void delete(UUID tenant) throws IOException {
            step.accept("before delete", "");
            files.delete(tenant);
            step.accept("after delete", "");
        }
    }

    /** A hook that lists other names. */
    private record Listed(TenantFiles files, List<String> names) implements TenantFiles {
        @Override
        public Stream<String> list(UUID tenant) {
            return names.stream();
        }

        @Override
        public InputStream open(UUID tenant, String name) throws IOException {
            if (name.equals("gone")) {
                throw new NoSuchFileException(name);
            }
            return new ByteArrayInputStream(new byte[1]) {
                @Override
                public void close() throws IOException {
                    if (name.equals("broken")) {
                        throw new IOException("connection reset");
                    }
                }
            };
        }

        @Override
        public void create(UUID tenant) throws IOException {
            files.create(tenant);
        }

        @Override
        public void write(UUID tenant, String name, InputStream content) throws IOException {
            files.write(tenant, name, content);
        }

        @Override
        public void replace(UUID tenant, UUID by) throws IOException {
            files.replace(tenant, by);
        }

        @Override
        public void delete(UUID tenant) throws IOException {
            files.delete(tenant);
        }
    }

    @Test
    void haveNamesThatLeadNowhereElseAndComeOnce() {
        for (List<String> names :
                List.of(List.of("a/../../b"), List.of("/etc/passwd"), List.of("a", "a"), List.of("b", "a"))) {
            try (Saas node = open(fixture.storage, new Listed(files, names))) {
                assertRefusal(() -> node.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.FILES_INVALID);
                assertRefusal(() -> node.tenants()
                                .duplicate(DuplicateTenant.builder(shop.id()).build()))
                        .isEqualTo(ErrorCodes.FILES_INVALID);
            }
        }
        assertThat(saas.backups().list(shop.id())).isEmpty();
        assertThat(places()).containsExactly(uuid(shop));
    }

    @Test
    void areLeftOutIfTheyAreDeletedWhileTheyAreRead() {
        try (Saas node = open(fixture.storage, new Listed(files, List.of("a", "gone", "h")))) {
            assertThat(node.backups().create(shop.id(), null).files()).isEqualTo(2);
        }
    }

    @Test
    void failABackupAndARestoreWithoutATraceIfTheyCannotBeReadOrWritten() {
        Backup backup = backUp();
        for (String failing : List.of("before list", "before open", "before write", "before create")) {
            Steps steps = new Steps(files, (step, name) -> {
                if (step.equals(failing)) {
                    throw new UncheckedIOException(new IOException("disk full"));
                }
            });
            boolean reading = failing.equals("before list") || failing.equals("before open");
            try (Saas node = open(fixture.storage, steps)) {
                assertRefusal(() -> {
                            if (reading) {
                                node.backups().create(shop.id(), null);
                            } else {
                                node.backups().restore(restoring(backup));
                            }
                        })
                        .as(failing)
                        .isEqualTo(ErrorCodes.FILES_FAILED);
            }
        }
        assertThat(saas.backups().list(shop.id())).containsExactly(backup);
        assertThat(saas.tenants().list(Query.all())).hasSize(1);
        assertThat(places()).containsExactly(uuid(shop));
    }

    @Test
    void failABackupIfTheyCannotBeClosed() {
        try (Saas node = open(fixture.storage, new Listed(files, List.of("a", "broken")))) {
            assertRefusal(() -> node.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.FILES_FAILED);
        }
        assertThat(saas.backups().list(shop.id())).isEmpty();
    }

    @Test
    void followTheDatabaseIfASuspensionSupersedesTheRestore() {
        for (String when : List.of("before replace", "after replace")) {
            Backup backup = backUpAndChange();
            fixture.backend.once(when, () -> {
                try (Saas other = other()) {
                    other.tenants().suspend(shop.id());
                }
            });

            assertRefusal(() -> saas.backups().restoreInPlace(shop.id(), backup.id(), null))
                    .isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

            fixture.backend.unwatch();
            saas.tenants().resume(shop.id());
            assertThat(value(saas, shop)).as(when).isEqualTo(when.startsWith("after") ? "first" : "second");
            assertThat(files(shop)).as(when).containsEntry(NOTE, value(saas, shop));
            assertThat(places()).as(when).containsExactly(uuid(shop));
            set("first");
            place(shop, Map.of(NOTE, "first"));
        }
    }

    @Test
    void areNotDisturbedByANodeThatHadStalled() {
        Backup backup = backUpAndChange();
        List<String> once = new ArrayList<>(List.of("before write"));
        Steps steps = new Steps(files, (step, name) -> {
            if (once.remove(step)) {
                fixture.clock.advance(OperationLeases.LEASE);
                try (Saas other = other()) {
                    other.maintenance().recover();
                    assertThat(value(other, shop)).isEqualTo("first");
                }
                write(shop, "later.txt", "later");
                fixture.seconds(10);
            }
        });
        try (Saas stalled = open(fixture.storage, steps)) {
            assertRefusal(() -> stalled.backups().restoreInPlace(shop.id(), backup.id(), null))
                    .isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
        }
        assertThat(files(shop)).containsEntry(NOTE, "first").containsEntry("later.txt", "later");
        assertThat(places()).containsExactly(uuid(shop));
    }

    @Test
    void changeSidesWhenTwoTenantsAreSwappedAlsoIfANodeHadStalled() {
        Tenant copy = saas.backups().restore(restoring(backUpAndChange())).tenant();
        SwapTenants swap =
                SwapTenants.builder(shop.id(), copy.id()).neutralised(true).build();
        for (int stalling = 0; stalling < 4; stalling++) {
            AtomicInteger replaces = new AtomicInteger(stalling);
            String later = "later-" + stalling;
            Steps steps = new Steps(files, (step, name) -> {
                if (step.equals("before replace") && replaces.getAndDecrement() == 0) {
                    fixture.clock.advance(OperationLeases.LEASE);
                    recover();
                    write(shop, later, "later");
                }
            });
            try (Saas stalled = open(fixture.storage, steps)) {
                assertRefusal(() -> stalled.tenants().swap(swap)).isEqualTo(ErrorCodes.OPERATION_IN_PROGRESS);
            }
            assertThat(files(shop))
                    .as("stalled before replacement %s", stalling)
                    .containsEntry(NOTE, value(saas, shop))
                    .containsEntry(later, "later");
            assertThat(files(copy)).containsEntry(NOTE, value(saas, copy)).doesNotContainKey(later);
            assertThat(value(saas, shop)).isEqualTo(stalling % 2 == 0 ? "first" : "second");
            assertThat(places()).containsExactlyInAnyOrder(uuid(shop), uuid(copy));
        }
    }

    /** The node that took over has put aside those of both tenants in four calls, and gives them in two. */
    @Test
    void changeSidesAlsoIfANodeHadStalledWhoseSuccessorHasNotFinished() {
        Tenant copy = saas.backups().restore(restoring(backUpAndChange())).tenant();
        SwapTenants swap =
                SwapTenants.builder(shop.id(), copy.id()).neutralised(true).build();
        int swaps = 0;
        for (int stalling : List.of(0, 1)) {
            for (int successor : List.of(2, 4, 5, 6)) {
                for (boolean killed : List.of(false, true)) {
                    swapWithAStalledNode(swap, stalling, successor, killed);
                    swaps++;
                    String when = "stalled before replacement " + stalling + " until replacement " + successor
                            + " of the other node" + (killed ? ", and killed" : "");
                    assertThat(value(saas, shop)).as(when).isEqualTo(swaps % 2 == 0 ? "second" : "first");
                    for (Tenant each : List.of(shop, copy)) {
                        assertThat(files(each)).as(when).containsEntry(NOTE, value(saas, each));
                    }
                    assertThat(places()).as(when).containsExactlyInAnyOrder(uuid(shop), uuid(copy));
                }
            }
        }
    }

    /** A node stalls before it puts files aside, and continues when its successor has replaced so many. */
    private void swapWithAStalledNode(SwapTenants swap, int stalling, int successor, boolean killed) {
        AtomicInteger replaces = new AtomicInteger(stalling);
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Steps steps = new Steps(files, (step, name) -> {
            if (step.equals("before replace") && replaces.getAndDecrement() == 0) {
                fixture.clock.advance(OperationLeases.LEASE);
                recoverUntilKilled(successor);
            } else if (killed && step.equals("after replace") && replaces.get() < 0) {
                process.killAfter(0);
                pass(process);
            }
        });
        Saas stalled = open(process, steps);
        Throwable thrown = catchThrowable(() -> stalled.tenants().swap(swap));
        assertThat(thrown).isInstanceOf(killed ? ProcessKilled.class : SaasException.class);
        if (!killed) {
            stalled.close();
        }
        recover();
    }

    /** Lets another node continue until it has replaced so many places. */
    private void recoverUntilKilled(int after) {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        AtomicInteger replaces = new AtomicInteger(after);
        Steps steps = new Steps(files, (step, name) -> {
            if (step.equals("after replace") && replaces.decrementAndGet() == 0) {
                process.killAfter(0);
                pass(process);
            }
        });
        Saas other = fixture.builder(process).node("node-b").tenantFiles(steps).open();
        assertThatThrownBy(() -> other.maintenance().recover()).isInstanceOf(ProcessKilled.class);
    }

    @Test
    void followTheDatabaseBeforeADeletionThatCanBeTakenBackEnds() {
        Tenant kept = saas.tenants()
                .create(CreateTenant.onPlan(fixture.plan(Plan.builder("Kept")))
                        .owner(fixture.signUp("owner@example.com"))
                        .name("kept")
                        .build())
                .tenant();
        saas.parameters().set(Parameter.RETENTION_DAYS, "7");
        place(kept, Map.of(NOTE, "first"));
        Backup backup = saas.backups().create(kept.id(), null);
        place(kept, Map.of(NOTE, "second"));
        Steps broken = new Steps(files, (step, name) -> {
            if (step.equals("before replace")) {
                throw new UncheckedIOException(new IOException("disk full"));
            }
        });
        AtomicReference<Throwable> deletion = new AtomicReference<>();
        fixture.backend.once("after replace", () -> {
            try (Saas other = fixture.builder(fixture.storage)
                    .node("node-b")
                    .tenantFiles(broken)
                    .open()) {
                deletion.set(catchThrowable(() -> other.tenants().delete(kept.id())));
            }
        });

        assertRefusal(() -> saas.backups().restoreInPlace(kept.id(), backup.id(), null))
                .isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);

        assertThat(deletion.get())
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.FILES_FAILED));
        fixture.backend.unwatch();
        fixture.clock.advance(OperationLeases.LEASE);
        saas.maintenance().recover();
        saas.tenants().restore(kept.id());
        assertThat(files(kept)).containsExactly(Map.entry(NOTE, "first"));
        assertThat(places()).containsExactlyInAnyOrder(uuid(shop), uuid(kept));
    }

    @Test
    void areNotLeftOutByANodeThatHasNoneOfThem() {
        Backup backup = backUpAndChange();
        killAt("before replace", by -> by.backups().restoreInPlace(shop.id(), backup.id(), null));
        recoverWithout();
        assertThat(files(shop)).containsEntry(NOTE, "second");
        recover();
        assertThat(value(saas, shop)).isEqualTo("first");
        assertThat(files(shop)).containsEntry(NOTE, "first");
    }

    @Test
    void areNotLeftOutOfNewTenantsByANodeThatHasNoneOfThem() {
        Backup backup = backUp();
        killAt("before write", by -> by.backups().restore(restoring(backup)));
        killAt(
                "before write",
                by -> by.tenants().duplicate(DuplicateTenant.builder(shop.id()).build()));
        recoverWithout();
        assertThat(saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.DRAFT))))
                .hasSize(2);
        recover();
        assertThat(saas.tenants().list(Query.where(Filter.equal(Tenant.STATE, TenantState.OPEN))))
                .hasSize(3)
                .allSatisfy(each -> assertThat(files(each)).isEqualTo(files(shop)));
    }

    @Test
    void areNamedWhenACopyIsAbandoned() {
        killAt(
                "before write",
                by -> by.tenants().duplicate(DuplicateTenant.builder(shop.id()).build()));
        Operation copy = saas.operations()
                .list(Query.where(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .get(0);
        UUID draft = saas.tenants()
                .list(Query.where(Filter.equal(Tenant.STATE, TenantState.DRAFT)))
                .get(0)
                .uuid();
        assertThat(saas.operations().abandon(copy.id(), "it is stuck").result().get("remains"))
                .contains("files of the application", draft.toString());
        Databases databases = fixture.storage.databases(saas.servers().get(shop.serverId()));
        databases.drop(Objects.requireNonNull(databases.find(draft)));
    }

    private void killAt(String when, Consumer<Saas> act) {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        Steps steps = new Steps(files, (step, name) -> {
            if (step.equals(when)) {
                process.killAfter(0);
                pass(process);
            }
        });
        assertThatThrownBy(() -> act.accept(open(process, steps))).isInstanceOf(ProcessKilled.class);
    }

    private void recoverWithout() {
        fixture.clock.advance(OperationLeases.LEASE);
        try (Saas without = fixture.builder(fixture.storage).node("node-c").open()) {
            without.maintenance().recover();
        }
    }

    private void recover() {
        fixture.clock.advance(OperationLeases.LEASE);
        try (Saas other = other()) {
            other.maintenance().recover();
        }
    }

    @Test
    void areWholeWhereverTheProcessIsKilled() throws IOException {
        Map<String, Function<Backup, BiConsumer<Saas, Tenant>>> actions = Map.of(
                "in place",
                backup -> (by, tenant) -> by.backups().restoreInPlace(tenant.id(), backup.id(), null),
                "new",
                backup -> (by, tenant) -> by.backups()
                        .restore(RestoreBackup.builder(tenant.id(), backup.id()).build()),
                "copy",
                backup -> (by, tenant) -> by.tenants()
                        .duplicate(DuplicateTenant.builder(tenant.id()).build()),
                "swap",
                backup -> (by, tenant) -> by.tenants()
                        .swap(SwapTenants.builder(
                                        tenant.id(),
                                        by.backups()
                                                .restore(RestoreBackup.builder(tenant.id(), backup.id())
                                                        .build())
                                                .tenant()
                                                .id())
                                .neutralised(true)
                                .build()),
                "purge",
                backup -> (by, tenant) -> by.tenants().purge(tenant.id()));
        for (Map.Entry<String, Function<Backup, BiConsumer<Saas, Tenant>>> action : actions.entrySet()) {
            boolean killed = true;
            for (int point = 0; killed; point++) {
                Path folder = Files.createDirectory(root.resolve(action.getKey().replace(' ', '-') + point));
                TenantFilesTest each = new TenantFilesTest(folder);
                Backup backup = each.backUpAndChange();
                killed = each.kill(point, by -> action.getValue().apply(backup).accept(by, each.shop));
                each.checkRecovered(action.getKey() + " at " + point);
                each.close();
                assertThat(killed || point > 1).as(action.getKey()).isTrue();
            }
        }
    }

    private boolean kill(int point, Consumer<Saas> act) {
        InterruptibleBackend process = InterruptibleBackend.over(fixture.storage);
        AtomicInteger passed = new AtomicInteger();
        Steps steps = new Steps(files, (step, name) -> {
            // Each file is treated like the first one.
            if ((name.isEmpty() || name.equals(NOTE)) && passed.getAndIncrement() == point) {
                process.killAfter(0);
            }
            pass(process);
        });
        Saas victim = open(process, steps);
        try {
            act.accept(victim);
            return false;
        } catch (ProcessKilled expected) {
            return true;
        }
    }

    /** Passes a point at which the process may be killed. */
    private void pass(InterruptibleBackend process) {
        try {
            process.store(fixture.backups).list("");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private void checkRecovered(String when) {
        fixture.clock.advance(OperationLeases.LEASE);
        try (Saas survivor = other()) {
            survivor.maintenance().recover();
            assertThat(survivor.operations().recover()).as(when).isZero();
            List<Tenant> live =
                    survivor.tenants().list(Query.where(Filter.notEqual(Tenant.STATE, TenantState.DELETED)));
            live.forEach(each -> assertThat(files(each))
                    .as(when)
                    .containsEntry(NOTE, value(survivor, each))
                    .hasSize(value(survivor, each).equals("first") ? 4 : 1));
            assertThat(places())
                    .as(when)
                    .containsExactlyInAnyOrderElementsOf(
                            live.stream().map(TenantFilesTest::uuid).toList());
        }
    }
}
