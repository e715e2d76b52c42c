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
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/** A server that goes down in the middle of transactions: callers get a result or are told to come again, and then can. */
final class ServerCrashTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(9, 1));
    private static final int CRASHES = 3;

    private final AtomicInteger stored = new AtomicInteger();
    private final AtomicInteger unknown = new AtomicInteger();
    private final AtomicBoolean enough = new AtomicBoolean();

    @Test
    void everybodyGetsAResultOrIsToldToComeAgain() throws Exception {
        PostgresTestServer server = PostgresTestServer.start();
        try (Backend backend =
                new PostgresBackendProvider().open(Settings.of(server.newCatalog(PostgresTestServer.Admin.KEEPER)))) {
            backend.catalog().migrate();
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(SHOP);
            AtomicInteger made = new AtomicInteger();
            List<CompletableFuture<Void>> callers = IntStream.range(0, 6)
                    .mapToObj(i -> begin(() -> call(
                            i % 3 == 0
                                    ? () -> backend.catalog().transact(insert(made))
                                    : i % 3 == 1
                                            ? () -> databases.transact(SHOP, insert(made))
                                            : () -> databases.configure(SHOP, insert(made)))))
                    .toList();
            for (int crash = 0; crash < CRASHES; crash++) {
                goOn(20);
                server.crash();
                untilItAnswers(server, backend);
            }
            goOn(20);
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

    /** Until so many more transactions have been stored. */
    private void goOn(int more) throws InterruptedException {
        int target = stored.get() + more;
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 6000 && stored.get() < target; i++) {
            never.await(10, TimeUnit.MILLISECONDS);
        }
        assertThat(stored).hasValueGreaterThanOrEqualTo(target);
    }

    /** Whoever asks as soon as it is back learns that it is, although every connection in the pool has died. */
    private static void untilItAnswers(PostgresTestServer server, Backend backend) throws InterruptedException {
        CountDownLatch never = new CountDownLatch(1);
        for (int i = 0; i < 600 && !answers(server); i++) {
            never.await(100, TimeUnit.MILLISECONDS);
        }
        assertThat(backend.health().up()).isTrue();
    }

    private static boolean answers(PostgresTestServer server) {
        try {
            return server.value("postgres", "SELECT 1").equals("1");
        } catch (IllegalStateException e) {
            return false;
        }
    }

    /** On a thread of its own, however many processors there are: two of the common pool's may be one from Java 25 on. */
    private static CompletableFuture<Void> begin(Runnable work) {
        return CompletableFuture.runAsync(work, task -> new Thread(task).start());
    }
}
