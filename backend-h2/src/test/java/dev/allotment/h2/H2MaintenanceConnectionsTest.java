// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.Catalog;
import dev.allotment.spi.backend.RecordTypes;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** However many callers have the connections to the catalog, the maintenance of the node and its health checks have some. */
final class H2MaintenanceConnectionsTest {
    private static final int CALLERS = 2;

    @TempDir
    Path folder;

    @Test
    void theMaintenanceAndHealthChecksDoNotWaitForCallers() throws Exception {
        Settings settings = Settings.of(Map.of("path", folder.toString(), "pool.size", Integer.toString(CALLERS)));
        try (Backend backend = new H2BackendProvider().open(settings)) {
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
