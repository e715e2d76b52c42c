// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** However many callers have the connections to the catalog, the maintenance of the node and its health checks have some. */
final class MaintenanceConnectionsTest {
    private static final int CALLERS = 2;

    private final PostgresFixture fixture =
            new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of("pool.size", Integer.toString(CALLERS)));

    @AfterEach
    void close() {
        fixture.close();
    }

    @Test
    void theMaintenanceAndHealthChecksDoNotWaitForCallers() throws Exception {
        try (Backend backend = fixture.open()) {
            Catalog catalog = backend.catalog();
            catalog.migrate();
            CountDownLatch working = new CountDownLatch(CALLERS);
            CountDownLatch end = new CountDownLatch(1);
            List<CompletableFuture<Void>> callers = IntStream.range(0, CALLERS)
                    .mapToObj(i -> CompletableFuture.runAsync(
                            () -> catalog.<Long>transact(tx -> {
                                tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "caller " + i, "x", false));
                                working.countDown();
                                await(end);
                                return tx.records(RecordTypes.PARAMETERS).count(Filter.all());
                            }),
                            task -> new Thread(task).start()))
                    .toList();
            await(working);

            assertThatThrownBy(() -> count(catalog)).isInstanceOfSatisfying(SaasException.class, e -> {
                assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
                assertThat(e).hasMessageContaining("connections").hasMessageContaining("are in use");
            });
            assertThat(count(catalog.forMaintenance())).isZero();
            assertThat(backend.health().up()).isTrue();

            end.countDown();
            for (CompletableFuture<Void> caller : callers) {
                caller.get(60, TimeUnit.SECONDS);
            }
            assertThat(count(catalog)).isEqualTo(CALLERS);
        }
    }

    private static long count(Catalog catalog) {
        return catalog.<Long>transact(tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
    }

    private static void await(CountDownLatch latch) {
        try {
            assertThat(latch.await(60, TimeUnit.SECONDS)).isTrue();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
