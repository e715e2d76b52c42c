// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Saas;
import dev.allotment.TenantId;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Clock;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;

/** What an operator sees of operations that do not come to an end. */
class DatabaseServerMetricsTest {
    private final MeterRegistry registry = new SimpleMeterRegistry();

    @Test
    void countsWhatFailedAndIsTriedAgain() {
        AtomicBoolean broken = new AtomicBoolean(true);
        try (Saas saas = Saas.builder()
                .backend("h2", Map.of("memory", "true"))
                .passwordIterations(1000)
                .preDeletionBackup(tenant -> {
                    if (broken.get()) {
                        throw new IllegalStateException("No room for a backup");
                    }
                    return "elsewhere";
                })
                .open()) {
            DatabaseServerMetrics metrics = new DatabaseServerMetrics(saas, Clock.systemUTC());
            metrics.bindTo(registry);
            TenantId shop = saas.tenants()
                    .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                            .build())
                    .tenant()
                    .id();
            metrics.refresh();
            assertThat(operations("failing")).isZero();

            assertThatThrownBy(() -> saas.tenants().purge(shop)).isInstanceOf(IllegalStateException.class);
            metrics.refresh();
            assertThat(operations("failing")).isEqualTo(1);
            assertThat(operations("working")).isZero();

            broken.set(false);
            saas.operations().recover();
            metrics.refresh();
            assertThat(operations("failing")).isZero();
        }
    }

    @Test
    void aServerIsDownIfTheCatalogOnItDoesNotAnswer() {
        DatabaseServerMetrics metrics;
        try (Saas saas = Saas.builder().backend("h2", Map.of("memory", "true")).open()) {
            metrics = new DatabaseServerMetrics(saas, Clock.systemUTC());
            metrics.bindTo(registry);
            metrics.refreshSoon();
            assertThat(up()).isEqualTo(1);
            assertThat(operations("working")).isZero();
        }
        metrics.refreshSoon();
        assertThat(up()).isZero();
        assertThat(registry.find("allotment.operations").gauges()).isEmpty();
        assertThat(registry.find("allotment.server.databases").gauges()).isEmpty();
        metrics.close();
    }

    private double up() {
        return registry.get("allotment.server.up")
                .tag("server", "default")
                .gauge()
                .value();
    }

    private double operations(String state) {
        return registry.get("allotment.operations").tag("state", state).gauge().value();
    }
}
