// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.export;

import static dev.allotment.core.Refusals.assertRefusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ConfigurationChange;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.ExportId;
import dev.allotment.backup.PreparedExport;
import dev.allotment.core.Consistency;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.core.Watched;
import dev.allotment.core.internal.operation.OperationLeases;
import dev.allotment.spi.backup.BackupStore;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.testing.InterruptibleBackend;
import dev.allotment.testing.ProcessKilled;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Consumer;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

final class PreparedExportsTest {
    /** A script that makes an export larger than a piece. */
    private static final String LARGE = incompressible();
    /** The calls of the store, and their ends. */
    private static final Set<String> STORE = Set.of(
            "before write", "after write", "before read", "before list of files", "before delete", "after delete");

    private final Fixture fixture = new Fixture(TestAddon.of("large").script("1.0", LARGE));
    private final Saas saas = fixture.saas;
    private final Tenant shop = fixture.tenant("shop");
    private final User owner = saas.accounts().findByLogin("owner@shop").orElseThrow();
    private final Saas own = saas.actingAs(owner.id());

    private static String incompressible() {
        byte[] bytes = new byte[4_400_000];
        new Random(1).nextBytes(bytes);
        return Base64.getEncoder().encodeToString(bytes);
    }

    @AfterEach
    void close() {
        fixture.backend.unwatch();
        Consistency.check(fixture.storage);
        fixture.close();
    }

    private PreparedExport prepare() {
        fixture.clock.advance(Duration.ofMinutes(1));
        Operation operation = own.async().prepareExport(shop.id(), null);
        saas.maintenance().run();
        Operation ended = saas.operations().get(operation.id());
        assertThat(ended.state()).as(ended.errorMessage()).isEqualTo(OperationState.DONE);
        return own.exports().prepared(shop.id()).orElseThrow();
    }

    /** Makes the export larger than a piece. */
    private void fill() {
        ConfigurationChange.Builder change = ConfigurationChange.builder().install("large");
        saas.configuration().apply(shop.id(), change.build());
    }

    private static byte[] download(Saas view, ExportId export, long offset, long length) {
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        view.exports().download(export, offset, length, out);
        return out.toByteArray();
    }

    private static byte[] download(Saas view, PreparedExport export) {
        return download(view, export.id(), 0, Long.MAX_VALUE);
    }

    private static List<String> files(byte[] archive) {
        List<String> files = new ArrayList<>();
        try (ZipInputStream zip = new ZipInputStream(new ByteArrayInputStream(archive))) {
            for (ZipEntry entry = zip.getNextEntry(); entry != null; entry = zip.getNextEntry()) {
                files.add(entry.getName());
            }
        } catch (IOException e) {
            throw new AssertionError(e);
        }
        return files;
    }

    private List<String> pieces() {
        return fixture.backups.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(".piece"))
                .toList();
    }

    /** What a dead node has left in the store is not deleted at once. */
    private void tidy() {
        fixture.clock.advance(Duration.ofDays(2));
        fixture.nanos.addAndGet(Duration.ofDays(2).toNanos());
        saas.maintenance().run();
    }

    @Test
    void isDownloadedInPartsAnyNumberOfTimes() {
        fill();
        PreparedExport export = prepare();

        byte[] all = download(own, export);

        assertThat(files(all))
                .contains("README.txt", "parameters.csv", "database/scripts.txt")
                .endsWith("files.csv");
        assertThat(export.bytes()).isEqualTo(all.length).isGreaterThan(4 << 20);
        assertThat(export.expiresAt()).isEqualTo(export.madeAt().plus(Duration.ofDays(7)));
        assertThat(pieces()).hasSize(2);
        long border = 4 << 20;
        assertThat(download(own, export.id(), border - 5, 10))
                .isEqualTo(Arrays.copyOfRange(all, (int) border - 5, (int) border + 5));
        assertThat(download(saas, export.id(), export.bytes() - 1, 10))
                .isEqualTo(Arrays.copyOfRange(all, all.length - 1, all.length));
        for (long[] wrong : new long[][] {{-1, 1}, {all.length, 1}, {0, -1}}) {
            assertRefusal(() -> download(own, export.id(), wrong[0], wrong[1])).isEqualTo(ErrorCodes.QUERY_INVALID);
        }
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_EXPORTED))))
                .as("the request, the download, and the part that another account reads")
                .hasSize(3)
                .allSatisfy(event -> assertThat(event.details())
                        .containsEntry("export", export.id().toString())
                        .containsEntry("name", "shop"));
        assertThat(fixture.backups.list("").stream().map(StoredFile::name))
                .allSatisfy(name -> assertThat(new String(fixture.backups.get(name), StandardCharsets.ISO_8859_1))
                        .doesNotContain("README.txt"));
    }

    @Test
    void recordsTheFirstPartThatAnAccountReadsInAnHour() {
        PreparedExport export = prepare();
        Filter<Event> exports = Filter.equal(Event.TYPE, EventType.TENANT_EXPORTED);
        for (int offset = 1; offset < 4; offset++) {
            download(own, export.id(), offset, 1);
        }
        assertThat(saas.events().count(exports)).as("the request, and a part").isEqualTo(2);
        download(saas, export.id(), 1, 1);
        download(saas.actingAs(owner.id(), "192.0.2.7"), export.id(), 1, 1);
        assertThat(saas.events().count(exports)).as("of others").isEqualTo(4);
        fixture.clock.advance(Duration.ofHours(1));
        download(own, export.id(), 4, 1);
        assertThat(saas.events().count(exports)).isEqualTo(5);
        download(own, export.id(), 0, 1);
        assertThat(saas.events().count(exports)).as("from the start").isEqualTo(6);
    }

    @Test
    void isForTheOwnerAndAdministratorsOnly() {
        PreparedExport export = prepare();
        Saas stranger = saas.actingAs(fixture.signUp("stranger@example.com").id());
        assertRefusal(() -> stranger.async().prepareExport(shop.id(), null)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> stranger.exports().prepared(shop.id())).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> download(stranger, export)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertRefusal(() -> download(own, new ExportId(new UUID(0, 1)), 0, 1)).isEqualTo(ErrorCodes.RECORD_MISSING);
        assertThat(download(saas, export)).isEqualTo(download(own, export));
    }

    @Test
    void isReplacedByTheNextOne() {
        PreparedExport first = prepare();
        PreparedExport second = prepare();
        assertRefusal(() -> download(own, first)).isEqualTo(ErrorCodes.RECORD_MISSING);
        tidy();
        assertThat(pieces()).singleElement().asString().contains(second.id().toString());
        assertThat(download(own, second)).hasSize((int) second.bytes());
    }

    @Test
    void takesNoMoreRoomThanTwoWhileItIsReplaced() {
        prepare();
        PreparedExport second = prepare();
        Operation third = own.async().prepareExport(shop.id(), null);
        runWatched(
                "after write",
                1,
                () -> assertThat(pieces())
                        .hasSize(2)
                        .anyMatch(name -> name.contains(second.id().toString())));
        assertThat(saas.operations().get(third.id()).state()).isEqualTo(OperationState.DONE);
    }

    /** Runs an action at each call of the store while an export is prepared for the third time. */
    private void atEachCall(Runnable action) {
        prepareAsAdministrator();
        boolean reached = true;
        int call = 1;
        for (; reached; call++) {
            prepareAsAdministrator();
            fixture.clock.advance(Duration.ofMinutes(1));
            saas.async().prepareExport(shop.id(), null);
            reached = runWatched(STORE, call, () -> {
                fixture.backend.unwatch();
                action.run();
            });
            PreparedExport listed = saas.exports().prepared(shop.id()).orElseThrow();
            assertThat(download(saas, listed)).as("at call " + call).hasSize((int) listed.bytes());
            assertThat(pieces()).as("at call " + call).hasSizeLessThanOrEqualTo(2);
        }
        assertThat(call).as("calls of the store").isGreaterThan(6);
    }

    private void prepareAsAdministrator() {
        fixture.clock.advance(Duration.ofMinutes(1));
        saas.async().prepareExport(shop.id(), null);
        saas.maintenance().run();
    }

    @Test
    void theListedOneIsCompleteWheneverTheStoreFails() {
        atEachCall(() -> {
            throw SaasException.unavailable(ErrorCodes.BACKUP_STORE_FAILED, "The store is down", null);
        });
    }

    @Test
    void theListedOneIsCompleteWheneverTheTenantIsSuspended() {
        atEachCall(() -> {
            saas.tenants().suspend(shop.id());
            saas.tenants().resume(shop.id());
        });
    }

    /** The run stalls for longer than its lease, and finds later that another node has completed the export. */
    @Test
    void theListedOneIsCompleteWheneverAnotherNodeTakesOver() {
        try (Saas other = fixture.builder(fixture.storage).node("node-b").open()) {
            atEachCall(() -> {
                fixture.clock.advance(OperationLeases.LEASE);
                other.maintenance().run();
            });
        }
    }

    @Test
    void isPreparedOnceForAKeyAndFiveTimesADayForAnOwner() {
        Operation first = own.async().prepareExport(shop.id(), "key");
        assertThat(own.async().prepareExport(shop.id(), "key").id()).isEqualTo(first.id());
        assertRefusal(() -> own.async().prepareExport(shop.id(), "other")).isEqualTo(ErrorCodes.TENANT_BUSY);
        saas.maintenance().run();
        for (int i = 0; i < 3; i++) {
            prepare();
        }
        Operation cancelled = own.async().prepareExport(shop.id(), null);
        saas.operations().cancel(cancelled.id());
        saas.maintenance().run();
        prepareAsAdministrator();
        prepare();
        assertRefusal(() -> own.async().prepareExport(shop.id(), null)).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED);
        saas.async().prepareExport(shop.id(), null);
        saas.maintenance().run();
    }

    @Test
    void expires() {
        PreparedExport export = prepare();
        fixture.clock.advance(Duration.ofDays(7).minusSeconds(1));
        assertThat(download(own, export)).isNotEmpty();
        fixture.clock.advance(Duration.ofSeconds(1));
        assertThat(own.exports().prepared(shop.id())).isEmpty();
        assertRefusal(() -> download(own, export)).isEqualTo(ErrorCodes.RECORD_MISSING);
        tidy();
        assertThat(pieces()).isEmpty();
    }

    @Test
    void isGoneWithItsTenant() {
        PreparedExport export = prepare();
        saas.tenants().purge(shop.id());
        assertThat(fixture.backups.list("")).isEmpty();
        assertRefusal(() -> download(saas, export)).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void isGoneWithAnErasedCustomer() {
        PreparedExport export = prepare();
        saas.erasures().erase(owner.customerId());
        assertThat(fixture.backups.list("")).isEmpty();
        assertRefusal(() -> download(saas, export)).isEqualTo(ErrorCodes.RECORD_MISSING);
    }

    @Test
    void isNotDownloadedIfAPieceIsDamagedOrMissing() {
        fill();
        PreparedExport export = prepare();
        String last = pieces().get(1);
        byte[] stored = fixture.backups.get(last);
        for (byte[] damaged : List.of(
                Arrays.copyOf(stored, stored.length - 1),
                Arrays.copyOf(stored, 10),
                fixture.backups.get(pieces().get(0)))) {
            fixture.backups.replace(last, damaged);
            assertRefusal(() -> download(own, export)).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        }
        fixture.backups.delete(last);
        assertRefusal(() -> download(own, export)).isEqualTo(ErrorCodes.BACKUP_DAMAGED);
        assertThat(download(own, export.id(), 0, 100)).hasSize(100);
    }

    private void runWatched(String step, int time, Runnable action) {
        runWatched(Set.of(step), time, action);
    }

    /** Whether the step was reached. */
    private boolean runWatched(Set<String> steps, int time, Runnable action) {
        AtomicInteger left = new AtomicInteger(time);
        fixture.backend.watch(each -> {
            if (steps.contains(each) && left.decrementAndGet() == 0) {
                action.run();
            }
        });
        saas.maintenance().run();
        fixture.backend.unwatch();
        return left.get() <= 0;
    }

    @Test
    void endsAtTheNextPieceIfItIsCancelledOrItsTenantIsSuspended() {
        fill();
        Operation cancelled = own.async().prepareExport(shop.id(), null);
        runWatched("after write", 1, () -> {
            assertThat(saas.operations().get(cancelled.id()).state()).isEqualTo(OperationState.RUNNING);
            saas.operations().cancel(cancelled.id());
        });
        assertThat(saas.operations().get(cancelled.id()).errorCode()).isEqualTo(ErrorCodes.OPERATION_CANCELLED);
        assertThat(pieces()).isEmpty();

        fixture.clock.advance(Duration.ofMinutes(2));
        Operation superseded = own.async().prepareExport(shop.id(), null);
        runWatched("after write", 1, () -> {
            fixture.backend.unwatch();
            saas.tenants().suspend(shop.id());
        });
        assertThat(saas.operations().get(superseded.id()).errorCode()).isEqualTo(ErrorCodes.OPERATION_SUPERSEDED);
        assertThat(pieces()).isEmpty();
        assertThat(own.exports().prepared(shop.id())).isEmpty();
        assertThat(prepare().bytes()).as("also of a suspended tenant").isPositive();
    }

    @Test
    void failsIfTheStoreDoes() {
        PreparedExport before = prepare();
        fixture.clock.advance(Duration.ofMinutes(1));
        Operation operation = own.async().prepareExport(shop.id(), null);
        runWatched("before write", 1, () -> {
            throw SaasException.unavailable(ErrorCodes.BACKUP_STORE_FAILED, "The disk is full", null);
        });
        Operation failed = saas.operations().get(operation.id());
        assertThat(failed.state()).isEqualTo(OperationState.FAILED);
        assertThat(failed.errorCode()).isEqualTo(ErrorCodes.BACKUP_STORE_FAILED);
        assertThat(own.exports().prepared(shop.id())).contains(before);
        assertThat(download(own, before)).hasSize((int) before.bytes());
    }

    /** Direct exports last as long as their readers want, so they have other places. */
    @Test
    void doesNotWaitForReadersOfDirectExports() {
        Tenant market = fixture.tenant("market");
        Tenant third = fixture.tenant("third");
        Operation operation = own.async().prepareExport(shop.id(), null);
        whileWriting(market, () -> whileWriting(third, () -> saas.maintenance().run()));
        assertThat(saas.operations().get(operation.id()).state()).isEqualTo(OperationState.DONE);
    }

    @Test
    void waitsForAPlaceForSomeMinutes() {
        Tenant market = fixture.tenant("market");
        Tenant third = fixture.tenant("third");
        Tenant fourth = fixture.tenant("fourth");
        List<Operation> waiting = new ArrayList<>();
        Map<Integer, Consumer<Saas>> afterWrites =
                Map.of(2, node -> node.async().prepareExport(market.id(), null), 4, node -> {
                    waiting.add(node.async().prepareExport(third.id(), null));
                    fixture.clock.advance(Duration.ofMinutes(11));
                    node.maintenance().run();
                    waiting.add(node.async().prepareExport(fourth.id(), null));
                });
        AtomicInteger writes = new AtomicInteger();
        AtomicReference<Saas> preparing = new AtomicReference<>();
        BackupStore store = new Watched(step -> {
                    // Of each tenant, a key is written, and then a piece.
                    if (step.equals("after write")) {
                        afterWrites
                                .getOrDefault(writes.incrementAndGet(), node -> {})
                                .accept(preparing.get());
                    }
                })
                .over(fixture.backups);
        try (Saas node = fixture.builder(fixture.storage)
                .backupStore(store)
                .node("node-b")
                .executor(Runnable::run)
                .open()) {
            preparing.set(node);
            node.async().prepareExport(shop.id(), null);
            assertThat(saas.operations().get(waiting.get(0).id()).errorCode()).isEqualTo(ErrorCodes.EXPORT_BUSY);
            assertThat(saas.operations().get(waiting.get(1).id()).state()).isEqualTo(OperationState.RUNNING);
            fixture.clock.advance(Duration.ofMinutes(1));
            node.maintenance().run();
            assertThat(saas.operations().get(waiting.get(1).id()).state()).isEqualTo(OperationState.DONE);
        }
    }

    private static void whileDownloading(Saas view, PreparedExport export, Runnable meanwhile) {
        boolean[] done = {false};
        view.exports().download(export.id(), 0, 100, new OutputStream() {
            @Override
            public void write(int next) {
                if (!done[0]) {
                    done[0] = true;
                    meanwhile.run();
                }
            }
        });
        assertThat(done[0]).isTrue();
    }

    @Test
    void isDownloadedTwiceAtOnceByAnAccount() {
        PreparedExport export = prepare();
        whileDownloading(
                own,
                export,
                () -> whileDownloading(own, export, () -> {
                    assertRefusal(() -> download(own, export)).isEqualTo(ErrorCodes.EXPORT_BUSY);
                    assertThat(download(saas, export)).isNotEmpty();
                }));
        assertThat(download(own, export)).isNotEmpty();
    }

    @Test
    void aNodeSendsTwentyAtOnce() {
        PreparedExport export = prepare();
        Runnable most = () -> assertRefusal(() -> download(saas, export)).isEqualTo(ErrorCodes.EXPORT_BUSY);
        for (int i = 0; i < 20; i++) {
            Runnable inner = most;
            most = () -> whileDownloading(saas, export, inner);
        }
        most.run();
        assertThat(download(saas, export)).isNotEmpty();
    }

    /** @param perWrite how long the reader needs for 4 KiB */
    private void downloadSlowly(PreparedExport export, Duration perWrite) {
        saas.exports().download(export.id(), 0, Long.MAX_VALUE, new OutputStream() {
            @Override
            public void write(int next) {
                throw new AssertionError("One byte at a time");
            }

            @Override
            public void write(byte[] bytes, int offset, int length) {
                fixture.nanos.addAndGet(perWrite.toNanos());
            }
        });
    }

    @Test
    void isDownloadedSlowlyButNotForever() {
        fill();
        PreparedExport export = prepare();
        downloadSlowly(export, Duration.ofMillis(400));
        assertThatThrownBy(() -> downloadSlowly(export, Duration.ofMillis(700)))
                .isInstanceOf(UncheckedIOException.class)
                .hasMessageContaining("reader");
    }

    @Test
    void isMadeAsSlowlyAsTheStoreIs() {
        fill();
        own.async().prepareExport(shop.id(), null);
        fixture.backend.watch(step -> {
            if (step.equals("before write")) {
                fixture.nanos.addAndGet(Duration.ofSeconds(50).toNanos());
            }
        });
        saas.maintenance().run();
        fixture.backend.unwatch();
        assertThat(own.exports().prepared(shop.id())).isPresent();
    }

    @Test
    void aDownloadDoesNotListTheStoreForEachPiece() {
        fill();
        PreparedExport export = prepare();
        AtomicInteger lists = new AtomicInteger();
        fixture.backend.watch(step -> lists.addAndGet(step.equals("before list of files") ? 1 : 0));
        assertThat(download(saas, export)).hasSize((int) export.bytes());
        fixture.backend.unwatch();
        assertThat(pieces()).hasSize(2);
        assertThat(lists.get()).as("for the key").isEqualTo(1);
    }

    @Test
    void leavesNoKeyOfATenantThatWasDeletedForGood() {
        saas.tenants().purge(shop.id());
        assertRefusal(() -> saas.async().prepareExport(shop.id(), null)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertRefusal(() -> saas.backups().create(shop.id(), null)).isEqualTo(ErrorCodes.TENANT_STATE);
        assertThat(fixture.backups.list("")).isEmpty();
    }

    private void whileWriting(Tenant tenant, Runnable meanwhile) {
        AtomicInteger writes = new AtomicInteger();
        saas.exports().write(tenant.id(), new OutputStream() {
            @Override
            public void write(int next) {
                if (writes.getAndIncrement() == 0) {
                    meanwhile.run();
                }
            }
        });
    }

    @Test
    void isMadeByAnotherNodeIfItsNodeIsKilled() {
        boolean killed = true;
        int point = 0;
        for (; killed; point++) {
            try (Fixture world = new Fixture()) {
                Tenant tenant = world.tenant("shop");
                killed = killWhilePreparing(world, tenant, point);
                world.clock.advance(OperationLeases.LEASE);
                try (Saas other = world.builder(world.storage).node("node-b").open()) {
                    other.maintenance().run();
                    if (other.exports().prepared(tenant.id()).isEmpty()) {
                        other.async().prepareExport(tenant.id(), null);
                        other.maintenance().run();
                    }
                    PreparedExport export =
                            other.exports().prepared(tenant.id()).orElseThrow();
                    assertThat(files(download(other, export))).endsWith("files.csv");
                    world.clock.advance(Duration.ofDays(2));
                    world.nanos.addAndGet(Duration.ofDays(2).toNanos());
                    other.maintenance().run();
                    assertThat(download(other, export)).isNotEmpty();
                    assertThat(world.backups.list("")).as("a key and a piece").hasSize(2);
                    Consistency.check(world.storage);
                }
            }
        }
        assertThat(point).as("points at which the process is killed").isGreaterThan(4);
    }

    private static boolean killWhilePreparing(Fixture world, Tenant tenant, int point) {
        InterruptibleBackend process = InterruptibleBackend.over(world.storage);
        Saas victim = world.builder(process).executor(Runnable::run).open();
        process.killAfter(point);
        try {
            victim.async().prepareExport(tenant.id(), null);
            return false;
        } catch (ProcessKilled expected) {
            return true;
        }
    }
}
