// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntSupplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Isolated;

/** On a full disk all calls end, nothing that was acknowledged is lost, and writing works again when there is room. */
@Isolated
final class H2FullDiskTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(5, 1));
    private static final int FILLS = Integer.getInteger("allotment.fills", 2);
    private static final int CALLERS = 6;

    private final AtomicInteger numbers = new AtomicInteger();
    private final AtomicInteger refused = new AtomicInteger();
    private final Set<String> stored = ConcurrentHashMap.newKeySet();

    @TempDir
    Path folder;

    @BeforeEach
    void install() {
        FullDisk.install();
    }

    @AfterEach
    void uninstall() {
        FullDisk.uninstall();
    }

    @Test
    void allCallsEndAndNothingIsLost() throws Exception {
        try (Backend backend = open()) {
            backend.catalog().migrate();
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            databases.open(SHOP);
            for (int fill = 0; fill < FILLS; fill++) {
                AtomicBoolean enough = new AtomicBoolean();
                List<CompletableFuture<Void>> callers = IntStream.range(0, CALLERS)
                        .mapToObj(i -> CompletableFuture.runAsync(
                                () -> {
                                    while (!enough.get()) {
                                        insert(backend, databases, i % 2 == 0);
                                    }
                                },
                                task -> new Thread(task).start()))
                        .toList();
                awaitMore(stored::size, 30);
                FullDisk.fill(true);
                refused.set(0);
                awaitMore(refused::get, 20);
                assertThat(backend.health().up()).isFalse();
                FullDisk.fill(false);
                awaitMore(stored::size, 30);
                awaitHealthy(backend);
                enough.set(true);
                CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new))
                        .get(60, TimeUnit.SECONDS);
            }
            assertThat(keys(backend, databases)).containsAll(stored);
        }
        try (Backend backend = open()) {
            assertThat(keys(backend, backend.databases(BackendFixture.DEFAULT_SERVER)))
                    .containsAll(stored);
        }
    }

    private Backend open() {
        return new H2BackendProvider().open(Settings.of(Map.of("path", folder.toString())));
    }

    private void insert(Backend backend, Databases databases, boolean inCatalog) {
        String key = "key " + numbers.incrementAndGet();
        try {
            if (inCatalog) {
                backend.catalog().transact(tx -> insert(tx, key));
            } else {
                databases.transact(SHOP, tx -> insert(tx, key));
            }
            stored.add(key);
        } catch (SaasException e) {
            assertThat(e.code()).as("%s", e).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            refused.incrementAndGet();
        }
    }

    private static Parameter insert(Transaction tx, String key) {
        tx.records(RecordTypes.PARAMETERS).count(Filter.equal(Parameter.KEY, key));
        return tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, key, "x".repeat(1000), false));
    }

    private static List<String> keys(Backend backend, Databases databases) {
        List<String> keys = new ArrayList<>();
        keys.addAll(backend.catalog().transact(H2FullDiskTest::keys));
        keys.addAll(databases.transact(SHOP, H2FullDiskTest::keys));
        return keys;
    }

    private static List<String> keys(Transaction tx) {
        return tx.records(RecordTypes.PARAMETERS).list(Query.all()).stream()
                .map(Parameter::key)
                .toList();
    }

    private static void awaitHealthy(Backend backend) {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(10);
        Health health = backend.health();
        while (!health.up()) {
            assertThat(System.nanoTime()).as(health.message()).isLessThan(end);
            health = backend.health();
        }
    }

    private static void awaitMore(IntSupplier count, int more) throws InterruptedException {
        int target = count.getAsInt() + more;
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(60);
        while (count.getAsInt() < target) {
            assertThat(System.nanoTime()).as("calls take too long").isLessThan(end);
            Thread.onSpinWait();
        }
    }
}
