// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.BackupSchedule;
import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.TenantId;
import dev.allotment.fleet.Server;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.DelegatingDatabases;
import dev.allotment.testing.DelegatingBackend;
import dev.allotment.testing.MemoryBackend;
import dev.allotment.testing.SettableClock;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The metrics that say that backups are not made. */
final class BackupMetersTest {
    private final SettableClock clock = SettableClock.at("2026-03-01T12:00:00Z");

    private final AtomicBoolean broken = new AtomicBoolean();

    /** Databases that cannot be changed or read while they are broken. */
    private final class Breakable extends DelegatingDatabases {
        Breakable(Databases delegate) {
            super(delegate);
        }

        @Override
        protected <T extends @Nullable Object> T around(Effect effect, Supplier<? extends T> call) {
            if (broken.get()) {
                throw SaasException.internal(ErrorCodes.BACKEND_FAILED, "The database is damaged.", null);
            }
            return call.get();
        }

        @Override
        protected Databases view(Databases fenced) {
            return new Breakable(fenced);
        }
    }

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
    void countOverdueAndFailedBackups(@TempDir Path folder) {
        try (Saas saas = Saas.builder()
                .backend(new DelegatingBackend(MemoryBackend.create()) {
                    @Override
                    public Databases databases(Server server) {
                        return new Breakable(super.databases(server));
                    }
                })
                .clock(clock)
                .backupFolder(folder)
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
                    .isEqualTo(3 * 3600);

            broken.set(true);
            assertThatThrownBy(() -> saas.backups().create(shop, null)).isInstanceOf(SaasException.class);
            assertThat(metric(saas, clock, "allotment_backups_failed")).isEqualTo(1);
            clock.advance(Duration.ofHours(25));
            assertThat(metric(saas, clock, "allotment_backups_failed")).isZero();
        }
    }
}
