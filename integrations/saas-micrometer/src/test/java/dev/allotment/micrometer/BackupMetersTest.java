// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.BackupSchedule;
import dev.allotment.CreateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TenantId;
import dev.allotment.testing.SettableClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics that say that backups are not made. */
final class BackupMetersTest {
    private final SettableClock clock = SettableClock.at("2026-03-01T12:00:00Z");

    private static double metric(Saas saas, SettableClock clock, String name) {
        PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (SaasMetrics metrics = new SaasMetrics(saas, clock)) {
            metrics.bindTo(registry);
            metrics.refresh();
            String text = registry.scrape();
            return text.lines()
                    .filter(line -> line.startsWith(name + " "))
                    .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("There is no metric " + name + " in " + text));
        }
    }

    @Test
    void countOverdueAndFailedBackups(@TempDir Path folder) throws IOException {
        Path store = folder.resolve("store");
        try (Saas saas = Saas.builder()
                .backend("memory", Map.of())
                .clock(clock)
                .backupFolder(store)
                .secretKey("a secret key for tests")
                .passwordIterations(1000)
                .open()) {
            Plan daily = saas.plans()
                    .create(Plan.builder("Daily")
                            .backups(BackupSchedule.parse("every 24h keep 3d 2w"))
                            .build());
            TenantId shop = saas.tenants()
                    .create(CreateTenant.onPlan(daily)
                            .owner(saas.accounts()
                                    .signUp(SignUp.builder("owner@example.com", "Owner", "a long password")
                                            .build()))
                            .name("shop")
                            .build())
                    .tenant()
                    .id();
            assertThat(metric(saas, clock, "allotment_backups_overdue")).isZero();
            assertThat(metric(saas, clock, "allotment_backups_failed")).isZero();

            clock.advance(Duration.ofHours(3));
            assertThat(metric(saas, clock, "allotment_backups_overdue")).isEqualTo(1);
            assertThat(metric(saas, clock, "allotment_backups_overdue_oldest_seconds"))
                    .isEqualTo(Duration.ofHours(3).toSeconds());

            deleteAll(store);
            Files.writeString(store, "a file where the folder was");
            assertThatThrownBy(() -> saas.backups().create(shop, null)).isInstanceOf(SaasException.class);
            assertThat(metric(saas, clock, "allotment_backups_failed")).isEqualTo(1);
            clock.advance(Duration.ofHours(25));
            assertThat(metric(saas, clock, "allotment_backups_failed")).isZero();
        }
    }

    private static void deleteAll(Path folder) throws IOException {
        try (var paths = Files.walk(folder)) {
            for (Path each : paths.sorted((a, b) -> b.compareTo(a)).toList()) {
                Files.delete(each);
            }
        }
    }
}
