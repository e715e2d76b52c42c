// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Health;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.api.function.Executable;

/** A backend is up while it is open. A closed backend refuses every call and leaves no thread running. */
public abstract class LifeCycleContract extends Contract {
    private static final DatabaseRef SHOP = ref("shop.example", 1);

    /** For subclasses. */
    protected LifeCycleContract() {}

    @Test
    void anOpenBackendIsUp() {
        Health health = Race.endWithin(3, Race.start(backend()::health));
        assertThat(health.up()).isTrue();
        assertThat(health.message()).isEmpty();
    }

    @TestFactory
    Stream<DynamicTest> nothingIsStoredAfterTheBackendWasClosed() {
        return Stream.of(
                dynamicTest("in the catalog", () -> checkClosedMeanwhile(catalogPlace())),
                dynamicTest("in a database", () -> checkClosedMeanwhile(databasePlace())));
    }

    private void checkClosedMeanwhile(RecordPlace place) {
        CountDownLatch inserted = new CountDownLatch(1);
        CountDownLatch closed = new CountDownLatch(1);
        AtomicBoolean worked = new AtomicBoolean();
        CompletableFuture<Parameter> late = Race.start(() -> place.transact(tx -> {
            Parameter parameter = insertParameter(tx, "late");
            inserted.countDown();
            Race.awaitBriefly(closed);
            worked.set(true);
            return parameter;
        }));
        Race.await(inserted);
        backend().close();
        boolean waited = worked.get();
        closed.countDown();

        Race.Outcome<Parameter> outcome = Race.end(late);
        // If the close did not wait for the transaction, another process may have the storage by now.
        if (!waited) {
            assertThat(outcome.failure()).isInstanceOf(SaasException.class);
        }
        restart();
    }

    @Test
    void closingTwiceDoesNothing() {
        Backend backend = backend();
        backend.close();
        backend.close();
        assertThat(backend.health().up()).isFalse();
        assertThat(backend.health().message()).isNotBlank();
    }

    @Test
    void aBackendThatWasNeverUsedCanBeClosed() {
        Backend backend = open();
        backend.close();
        assertThat(backend.health().up()).isFalse();
    }

    @TestFactory
    Stream<DynamicTest> aClosedBackendRefusesEveryUse() {
        databases().create(SHOP);
        Catalog catalog = catalog();
        Databases databases = databases();
        backend().close();
        Map<String, Executable> uses = new LinkedHashMap<>();
        uses.put("catalog: migrate", catalog::migrate);
        uses.put("catalog: transact", () -> catalog.transact(tx -> 1));
        uses.put("catalog, requested after the close", () -> backend().catalog().transact(tx -> 1));
        uses.put("databases, requested after the close", () -> databases().list());
        uses.put("create", () -> databases.create(ref("other.example", 2)));
        uses.put("copy", () -> databases.copy(SHOP, ref("other.example", 2)));
        uses.put("open", () -> databases.open(SHOP));
        uses.put("close", () -> databases.close(SHOP));
        uses.put("rename", () -> databases.rename(SHOP, "other.example"));
        uses.put("drop", () -> databases.drop(SHOP));
        uses.put("exists", () -> databases.exists(SHOP.name()));
        uses.put("list", databases::list);
        uses.put("size", () -> databases.size(SHOP));
        uses.put("transact", () -> databases.transact(SHOP, tx -> 1));
        uses.put("configure", () -> databases.configure(SHOP, tx -> 1));
        return uses.entrySet().stream()
                .map(use -> dynamicTest(
                        use.getKey(),
                        () -> assertRefused(
                                ErrorCodes.BACKEND_CLOSED, () -> use.getValue().execute())));
    }

    @Test
    void closingABackendKeepsOtherStoragesOpen() throws Exception {
        try (BackendFixture otherFixture = newFixture();
                Backend other = otherFixture.open()) {
            other.catalog().migrate();
            other.catalog().transact(tx -> insertParameter(tx, "other"));
            catalog().transact(tx -> insertParameter(tx, "this"));
            backend().close();

            assertThat(other.health().up()).isTrue();
            assertThat(RecordPlace.of(other.catalog()).<Object>transact(Contract::parameters))
                    .isEqualTo(List.of("other"));
        }
    }

    @Test
    void noThreadOutlivesTheBackend() throws InterruptedException {
        // Code that starts one thread for all backends of a process starts it now.
        backend().databases(BackendFixture.DEFAULT_SERVER).create(SHOP);
        Set<Thread> before = threads();
        restart();
        Backend second = backend();
        second.databases(BackendFixture.DEFAULT_SERVER).create(SHOP);
        second.databases(BackendFixture.DEFAULT_SERVER).transact(SHOP, Contract::parameters);
        Set<Thread> started = threads();
        started.removeAll(before);
        second.close();

        for (Thread thread : started) {
            // The threads of connection pools need a moment to finish.
            thread.join(TimeUnit.SECONDS.toMillis(3));
            assertThat(thread.isAlive())
                    .as("%s is still running", thread.getName())
                    .isFalse();
        }
    }

    private static Set<Thread> threads() {
        return Thread.getAllStackTraces().keySet().stream()
                .filter(thread ->
                        !thread.getName().startsWith("kit") && !thread.getName().startsWith("junit"))
                .collect(Collectors.toSet());
    }
}
