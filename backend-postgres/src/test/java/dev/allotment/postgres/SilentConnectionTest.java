// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.Timeouts;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** If connections to the server die without a word, all calls end, and the process works again without a restart. */
final class SilentConnectionTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(5, 1));
    private static final DatabaseRef OTHER = new DatabaseRef("other.example", new UUID(5, 2));
    private static final Duration SHORT = Duration.ofMillis(500);
    private static final int CALLERS = 6;

    private final PostgresFixture fixture = new PostgresFixture(
            PostgresTestServer.Admin.KEEPER,
            true,
            Map.of("pool.size", "3", "client.connections", "6", "connect.seconds", "1"));
    private final SilentNetwork network =
            new SilentNetwork(PostgresTestServer.shared().port());
    private final PostgresBackend backend = new PostgresBackend(settings());
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private final AtomicInteger unavailable = new AtomicInteger();

    private PostgresSettings settings() {
        Map<String, String> values = new HashMap<>(fixture.settings());
        values.compute(
                "url",
                (any, url) -> url.replace(":" + PostgresTestServer.shared().port() + "/", ":" + network.port() + "/"));
        // The server never ends a statement here, so only this process can end the wait.
        Duration never = Duration.ofMinutes(10);
        return PostgresSettings.read(Settings.of(values))
                .withTimeouts(new Timeouts(never, SHORT, never, never, SHORT, SHORT, never, Duration.ofSeconds(1)));
    }

    @BeforeEach
    void make() {
        backend.catalog().migrate();
        databases.create(SHOP);
        databases.create(OTHER);
        run(1);
        assertThat(unavailable).hasValue(0);
    }

    @AfterEach
    void close() {
        backend.close();
        network.close();
        fixture.close();
    }

    @Test
    void allCallsEndAndThenTheProcessWorksAgain() {
        network.silenceConnections();
        run(1);
        unavailable.set(0);
        run(1);
        assertThat(unavailable).hasValue(0);

        network.silenceAll(true);
        run(1);
        assertThat(unavailable).hasValue(5 * CALLERS);
        assertThat(backend.health().up()).isFalse();

        network.silenceAll(false);
        assertThat(backend.health().up()).isTrue();
        unavailable.set(0);
        run(2);
        assertThat(unavailable).hasValue(0);
    }

    /** Each caller does each kind of work. All have to end in time. */
    private void run(int times) {
        List<CompletableFuture<Void>> callers = new ArrayList<>();
        for (int time = 0; time < times; time++) {
            for (Runnable work : work()) {
                IntStream.range(0, CALLERS)
                        .forEach(i -> callers.add(
                                CompletableFuture.runAsync(() -> call(work), task -> new Thread(task).start())));
            }
        }
        CompletableFuture.allOf(callers.toArray(CompletableFuture[]::new))
                .orTimeout(90, TimeUnit.SECONDS)
                .join();
    }

    private List<Runnable> work() {
        return List.of(
                () -> backend.catalog()
                        .<Long>transact(tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())),
                () -> databases.<Long>transact(
                        SHOP, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())),
                () -> databases.configure(
                        OTHER, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())),
                () -> databases.close(SHOP),
                () -> databases.exists("shop.example"));
    }

    private void call(Runnable work) {
        try {
            work.run();
        } catch (SaasException e) {
            assertThat(e.code()).as("%s", e).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            assertThat(e.retryable()).isTrue();
            unavailable.incrementAndGet();
        }
    }
}
