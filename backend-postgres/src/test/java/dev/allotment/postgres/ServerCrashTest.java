// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** If a server crashes during transactions, callers get a result or a retryable error, and retrying works. */
final class ServerCrashTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(9, 1));
    private static final int CRASHES = 3;

    private final AtomicInteger stored = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();

    @Test
    void everyCallerGetsAResultOrARetryableError() throws Exception {
        PostgresTestServer server = PostgresTestServer.start();
        try (Backend backend =
                new PostgresBackendProvider().open(Settings.of(server.newCatalog(PostgresTestServer.Admin.KEEPER)))) {
            backend.catalog().migrate();
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            AtomicInteger made = new AtomicInteger();
            List<CompletableFuture<Void>> callers = IntStream.range(0, 6)
                    .mapToObj(i -> start(() -> call(
                            i % 3 == 0
                                    ? () -> backend.catalog().transact(insert(made))
                                    : i % 3 == 1
                                            ? () -> databases.transact(SHOP, insert(made))
                                            : () -> databases.configure(SHOP, insert(made)))))
                    .toList();
            for (int crash = 0; crash < CRASHES; crash++) {
                awaitMore(20);
                server.crash();
                awaitServer(server, backend);
            }
            awaitMore(20);
            enough.set(true);
            for (CompletableFuture<Void> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }

            long there = backend.catalog()
                            .<Long>transact(
                                    tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()))
                    + databases.<Long>transact(
                            SHOP, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
            assertThat(there).isBetween((long) stored.get(), (long) stored.get() + unknown.get());
            assertThat(unknown).hasPositiveValue();
            databases.rename(SHOP, "renamed.example");
            databases.drop(new DatabaseRef("renamed.example", SHOP.uuid()));
        } finally {
            server.stop();
        }
    }

    @Test
    void aTransactionThatLosesItsConnectionRunsAgainAndSparesOtherCallsTheDeadOnes() {
        PostgresTestServer server = PostgresTestServer.shared();
        try (PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
                Backend backend = fixture.open()) {
            backend.catalog().migrate();
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            databases.open(SHOP);
            AtomicBoolean lost = new AtomicBoolean();
            backend.catalog().transact(tx -> {
                if (lost.compareAndSet(false, true)) {
                    databases.close(SHOP);
                    server.execute(
                            "postgres",
                            "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = '"
                                    + PostgresTestServer.Admin.KEEPER.user() + "'");
                }
                return insert(new AtomicInteger()).apply(tx);
            });

            databases.rename(SHOP, "renamed.example");
            assertThat(databases.size(new DatabaseRef("renamed.example", SHOP.uuid())))
                    .isPositive();
        }
    }

    private static Function<Transaction, Parameter> insert(AtomicInteger made) {
        return tx -> {
            String key = "key " + made.incrementAndGet();
            tx.records(RecordTypes.PARAMETERS).count(Filter.equal(Parameter.KEY, key));
            return tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, key, "value", false));
        };
    }

    private void call(Runnable transaction) {
        while (!enough.get()) {
            try {
                transaction.run();
                stored.incrementAndGet();
            } catch (SaasException e) {
                if (!e.code().equals(ErrorCodes.BACKEND_UNAVAILABLE) || !e.retryable()) {
                    throw e;
                }
                unknown.incrementAndGet();
            }
        }
    }

    /** Waits until a number of further transactions were stored. */
    private void awaitMore(int more) throws InterruptedException {
        int target = stored.get() + more;
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 6000 && stored.get() < target; i++) {
            never.await(10, TimeUnit.MILLISECONDS);
        }
        assertThat(stored).hasValueGreaterThanOrEqualTo(target);
    }

    /** Waits for the server. The health check succeeds at once, although every connection in the pool has died. */
    private static void awaitServer(PostgresTestServer server, Backend backend) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 600 && !server.answers(); i++) {
            never.await(100, TimeUnit.MILLISECONDS);
        }
        assertThat(backend.health().up()).isTrue();
    }

    /**
     * Runs work on a new thread. The common pool may have one thread only, depending on Java version and processors.
     */
    private static CompletableFuture<Void> start(Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task).start());
    }
}
