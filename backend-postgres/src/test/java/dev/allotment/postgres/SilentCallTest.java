// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.Timeouts;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.spi.backend.Transaction;
import dev.allotment.tck.BackendFixture;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A call whose connections all died without a word waits for one of them only. */
@Tag("slow")
final class SilentCallTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(5, 1));

    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final SilentNetwork network =
            new SilentNetwork(PostgresTestServer.shared().port());

    @AfterEach
    void close() {
        network.close();
        fixture.close();
    }

    /** A backend behind the network that waits for the catalog for ten minutes, and for tenants for seconds. */
    private PostgresSettings settings() {
        Map<String, String> values = new HashMap<>(fixture.settings());
        values.compute(
                "url",
                (any, url) -> url.replace(":" + PostgresTestServer.shared().port() + "/", ":" + network.port() + "/"));
        Duration never = Duration.ofMinutes(10);
        return PostgresSettings.read(Settings.of(values))
                .withTimeouts(new Timeouts(
                        never, Duration.ofSeconds(3), never, never, never, never, never, Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void waitsOnce(boolean rollsBack) {
        try (Backend direct = fixture.open()) {
            direct.catalog().migrate();
            direct.databases(BackendFixture.DEFAULT_SERVER).create(SHOP);
        }
        try (PostgresBackend backend = new PostgresBackend(settings())) {
            Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
            CompletableFuture<@Nullable SaasException> end = new CompletableFuture<>();
            Thread caller = new Thread(() ->
                    end.complete(failure(() -> backend.catalog().transact(tx -> {
                        tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "in the catalog", "x", false));
                        SaasException inner = failure(() -> databases.<Long>transact(SHOP, tenant -> {
                            count(tenant);
                            network.silenceConnections();
                            return count(tenant);
                        }));
                        assertThat(inner).isNotNull();
                        if (rollsBack) {
                            throw inner;
                        }
                        return null;
                    }))));
            caller.setDaemon(true);
            caller.start();

            assertThat(end.orTimeout(120, TimeUnit.SECONDS).join())
                    .isNotNull()
                    .extracting(SaasException::code)
                    .isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            assertThat(backend.catalog().<Long>transact(SilentCallTest::count)).isZero();
        }
    }

    private static long count(Transaction tx) {
        return tx.records(RecordTypes.PARAMETERS).count(Filter.all());
    }

    private static @Nullable SaasException failure(Runnable work) {
        try {
            work.run();
            return null;
        } catch (SaasException e) {
            return e;
        }
    }
}
