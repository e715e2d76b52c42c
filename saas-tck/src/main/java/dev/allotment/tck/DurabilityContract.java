// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Parameter;
import dev.allotment.spi.backend.Capability;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.RecordTypes;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** If a backend declares {@link Capability#DURABLE}, what was committed exists after it is opened again. */
public abstract class DurabilityContract extends Contract {
    private static final DatabaseRef SHOP = ref("shop.example", 1);
    private static final DatabaseRef OTHER = ref("other.example", 2);

    /** For subclasses. */
    protected DurabilityContract() {}

    @TestFactory
    Stream<DynamicTest> afterClosing() {
        return checksAfter(this::restart);
    }

    @TestFactory
    Stream<DynamicTest> afterKilling() {
        return Stream.concat(
                checksAfter(this::killAndRestart),
                with(
                        Capability.DURABLE,
                        dynamicTest("a transaction that was at work is stored if it said so", this::checkUnfinished)));
    }

    @TestFactory
    Stream<DynamicTest> withAnotherProcess() {
        return with(
                Capability.DURABLE,
                dynamicTest(
                        "it opens the storage or is refused, and what it reported before it was killed is stored",
                        this::checkOtherProcess));
    }

    /** The process is killed inside a call. Each kind of change runs in its own thread. */
    @TestFactory
    Stream<DynamicTest> whatAKilledProcessWasChanging() {
        return with(
                Capability.DURABLE,
                dynamicTest("is changed completely or not at all, and the change can be repeated", this::checkChanged));
    }

    private void checkChanged() throws IOException {
        boolean transfer = databases().transfer() != null;
        Set<String> before = fixture().objects().orElse(null);
        if (!declares(Capability.SHARED)) {
            restart();
        }
        Map<String, Long> reported;
        try (OtherProcess other = OtherProcess.start(fixture())) {
            assertThat(other.open()).isEqualTo(OtherProcess.OPEN);
            reported = other.killWhileItChanges(transfer);
        }
        ChangedDatabases changed = new ChangedDatabases(databases());
        changed.checkRenamed(reported.getOrDefault(ChangedDatabases.RENAME, 0L));
        if (transfer) {
            changed.checkReplaced(reported.getOrDefault(ChangedDatabases.REPLACE, 0L));
            changed.checkExchanged(reported.getOrDefault(ChangedDatabases.EXCHANGE, 0L));
        }
        databases().list().forEach(databases()::drop);
        assertThat(databases().inventory()).isEmpty();
        if (before != null) {
            assertThat(fixture().objects()).hasValue(before);
        }
    }

    private void checkOtherProcess() throws IOException {
        boolean shared = declares(Capability.SHARED);
        if (!shared) {
            // Some systems release all locks of a process on a file if it closes the file once.
            assertRefused(ErrorCodes.BACKEND_IN_USE, this::open);
        }
        Map<String, Long> reported;
        try (OtherProcess other = OtherProcess.start(fixture())) {
            assertThat(other.open())
                    .as("another process, while this one has the storage open")
                    .isEqualTo(shared ? OtherProcess.OPEN : ErrorCodes.BACKEND_IN_USE);
            if (!shared) {
                restart();
                assertThat(other.open()).as("after this process closed it").isEqualTo(OtherProcess.OPEN);
                assertRefused(ErrorCodes.BACKEND_IN_USE, this::open);
            }
            reported = other.killAfter(40);
        }
        for (RecordPlace place : List.of(catalogPlace(), databasePlace())) {
            List<Parameter> stored = all(place, RecordTypes.PARAMETERS);
            int pairs = stored.size() / 2;
            List<Parameter> expected = LongStream.rangeClosed(1, pairs)
                    .boxed()
                    .flatMap(pair -> Stream.of(OtherProcess.first(pair), OtherProcess.second(pair)))
                    .toList();
            assertThat(stored)
                    .usingRecursiveFieldByFieldElementComparatorIgnoringFields("id")
                    .isEqualTo(expected);
            // The last transaction may have been stored and not reported.
            long known = reported.getOrDefault(place.name(), 0L);
            assertThat((long) pairs).as(place.name()).isBetween(known, known + 1);
        }
    }

    private Stream<DynamicTest> checksAfter(Runnable end) {
        return with(
                Capability.DURABLE,
                fresh("every record of the catalog exists", () -> {
                    catalogPlace().fill();
                    Map<String, List<?>> before = catalogPlace().contents();
                    end.run();
                    assertThat(catalogPlace().contents()).isEqualTo(before);
                }),
                fresh("databases exist with every record, and are as open or closed as before", () -> {
                    databases().create(SHOP);
                    RecordPlace.of(databases(), SHOP).fill();
                    databases().copy(SHOP, OTHER);
                    databases().open(OTHER);
                    Map<String, List<?>> before =
                            RecordPlace.of(databases(), SHOP).contents();
                    end.run();
                    assertThat(databases().list()).containsExactly(OTHER, SHOP);
                    assertThat(RecordPlace.of(databases(), SHOP).contents()).isEqualTo(before);
                    assertThat(RecordPlace.of(databases(), OTHER).contents()).isEqualTo(before);
                    fixture()
                            .isOpen(backend(), SHOP)
                            .ifPresent(open -> assertThat(open).isFalse());
                    fixture()
                            .isOpen(backend(), OTHER)
                            .ifPresent(open -> assertThat(open).isTrue());
                }),
                fresh("ids and sequences continue", () -> {
                    Parameter last =
                            insert(catalogPlace(), RecordTypes.PARAMETERS, new Parameter(0, "last", "", false));
                    long number = catalog().<Long>transact(tx -> tx.next(RecordTypes.TENANT_NUMBER));
                    inside(
                            catalogPlace(),
                            tx -> tx.records(RecordTypes.PARAMETERS).delete(last.id()));
                    end.run();
                    Parameter next =
                            insert(catalogPlace(), RecordTypes.PARAMETERS, new Parameter(0, "next", "", false));
                    assertThat(next.id()).isGreaterThan(last.id());
                    assertThat(catalog().<Long>transact(tx -> tx.next(RecordTypes.TENANT_NUMBER)))
                            .isGreaterThan(number);
                }),
                fresh("a name that was freed by a rename or a drop stays free", () -> {
                    databaseWith(SHOP.name(), 1, "first");
                    databases().rename(SHOP, "renamed.example");
                    databases().create(OTHER);
                    databases().drop(OTHER);
                    end.run();
                    assertThat(databases().list()).containsExactly(ref("renamed.example", 1));
                    assertThat(written(ref("renamed.example", 1))).containsExactly("first");
                }),
                fresh("the mark of the catalog is the same", () -> {
                    marks().setMark("7 of the catalog");
                    end.run();
                    assertThat(marks().mark()).isEqualTo("7 of the catalog");
                }),
                fresh("the place of the catalog is the same", () -> {
                    need(BackendFixture.Optionally.PLACE);
                    String place = catalog().place();
                    end.run();
                    assertThat(catalog().place()).isNotNull().isEqualTo(place);
                }),
                fresh("scripts have taken effect if all of them ran, and otherwise none has", () -> {
                    need(Capability.SCRIPTS);
                    databases().create(SHOP);
                    databases().create(OTHER);
                    databases().configure(SHOP, tx -> {
                        tx.run(fixture().scripts().createTable());
                        return insertParameter(tx, "configured");
                    });
                    assertRefused(
                            ErrorCodes.ADDON_FAILED,
                            () -> databases().configure(OTHER, tx -> {
                                tx.run(fixture().scripts().createTable());
                                tx.run(fixture().scripts().failing());
                                return 1;
                            }));
                    end.run();
                    assertThat(fixture().hasTable(backend(), SHOP)).isTrue();
                    assertThat(fixture().hasTable(backend(), OTHER)).isFalse();
                    assertThat(written(SHOP)).containsExactly("configured");
                }));
    }

    private void checkUnfinished() {
        CountDownLatch started = new CountDownLatch(1);
        CountDownLatch never = new CountDownLatch(1);
        CompletableFuture<Parameter> unfinished = Race.start(() -> catalog().transact(tx -> {
            Parameter inserted = insertParameter(tx, "unfinished");
            started.countDown();
            Race.awaitBriefly(never);
            return inserted;
        }));
        Race.await(started);
        killAndRestart();

        boolean reported = Race.end(unfinished).failure() == null;
        boolean stored = catalog().<List<String>>transact(Contract::parameters).contains("unfinished");
        assertThat(stored).isEqualTo(reported);
    }

    /** A test without the databases of previous tests, because the tests of one factory share a storage. */
    private DynamicTest fresh(String name, Executable check) {
        return dynamicTest(name, () -> {
            databases().list().forEach(databases()::drop);
            check.execute();
        });
    }
}
