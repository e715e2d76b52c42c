// SPDX-License-Identifier: Apache-2.0
package dev.allotment.micrometer;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.TemplateId;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.backup.StoredFile;
import dev.allotment.testing.MemoryBackupStore;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an operator is alerted by: work that waits, fails or is lost. */
class WorkMetersTest {
    /** A listener that never succeeds. */
    private static final class Broken implements SaasListener {
        @Override
        public String name() {
            return "billing";
        }

        @Override
        public void on(Event event) {
            throw new IllegalStateException("No answer");
        }
    }

    private final AtomicBoolean broken = new AtomicBoolean(true);

    private final MemoryBackupStore backups = new MemoryBackupStore(Clock.systemUTC());

    private final Saas saas = Saas.builder()
            .backend("memory", Map.of())
            .backupStore(backups)
            .secretKey("a secret key for tests")
            .passwordIterations(1000)
            .listener(new Broken())
            .preDeletionBackup(tenant -> {
                if (broken.get()) {
                    throw new IllegalStateException("No room for a backup");
                }
                return "elsewhere";
            })
            .open();

    private final PrometheusMeterRegistry registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);

    /** Ten minutes ahead of the control plane. */
    private final SaasMetrics metrics = new SaasMetrics(saas, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10)));

    @BeforeEach
    void bind() {
        metrics.bindTo(registry);
    }

    /** What Prometheus reads. */
    private String text() {
        metrics.refresh();
        return registry.scrape();
    }

    @AfterEach
    void close() {
        metrics.close();
        saas.close();
    }

    /** The value of one line. */
    private double metric(String name) {
        return text().lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no metric " + name + " in " + text()));
    }

    @Test
    void showsTheAgeOfTheOldestOperationOfEachKind() {
        TenantId shop = saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant()
                .id();
        assertThat(text()).doesNotContain("allotment_operations_oldest_seconds{");
        assertThatThrownBy(() -> saas.tenants().purge(shop)).isInstanceOf(IllegalStateException.class);

        assertThat(metric("allotment_operations_oldest_seconds{kind=\"delete_tenant\"}"))
                .isBetween(600.0, 660.0);
    }

    @Test
    void countsWhatFailedAndIsTriedAgain() {
        TenantId shop = saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant()
                .id();
        assertThat(metric("allotment_operations{state=\"failing\"}")).isZero();

        assertThatThrownBy(() -> saas.tenants().purge(shop)).isInstanceOf(IllegalStateException.class);
        assertThat(metric("allotment_operations{state=\"failing\"}")).isEqualTo(1);
        assertThat(metric("allotment_operations{state=\"working\"}")).isZero();

        broken.set(false);
        saas.operations().recover();
        assertThat(metric("allotment_operations{state=\"failing\"}")).isZero();
    }

    @Test
    void showsWhetherBackupsCanBeRestored() {
        TenantId shop = saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant()
                .id();
        saas.backups().create(shop, null);
        assertThat(text()).doesNotContain("allotment_backup_drill_last_success_timestamp_seconds");
        saas.backups().drill(shop, null);
        assertThat(metric("allotment_backup_drill_last_success_timestamp_seconds"))
                .isPositive();
        assertThat(metric("allotment_backup_drills_failed")).isZero();

        backups.list("").stream()
                .map(StoredFile::name)
                .filter(name -> name.endsWith(".content"))
                .forEach(name -> backups.replace(name, new byte[1]));
        assertThatThrownBy(() -> saas.backups().drill(shop, null)).isInstanceOf(SaasException.class);
        assertThat(metric("allotment_backup_drills_failed")).isEqualTo(1);
        assertThat(metric("allotment_backup_drill_last_success_timestamp_seconds"))
                .isPositive();
    }

    @Test
    void showsListenersThatFail() {
        assertThat(metric("allotment_events_waiting{listener=\"billing\"}")).isZero();
        assertThat(metric("allotment_events_oldest_seconds{listener=\"billing\"}"))
                .isZero();
        saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                        .build());
        double waiting = metric("allotment_events_waiting{listener=\"billing\"}");
        assertThat(waiting).isPositive();
        assertThat(metric("allotment_events_failing{listener=\"billing\"}")).isZero();
        saas.maintenance().run();

        assertThat(metric("allotment_events_failing{listener=\"billing\"}")).isEqualTo(waiting);
        assertThat(metric("allotment_events_oldest_seconds{listener=\"billing\"}"))
                .isBetween(600.0, 660.0);
    }

    @Test
    void showsHowManySparesThereAreAndShouldBe() {
        Plan plan = saas.plans()
                .create(Plan.builder("Stocked")
                        .dbNameTemplate("client-%i")
                        .spares(2)
                        .build());
        saas.templates().build(plan.id(), List.of());
        TemplateId template = Objects.requireNonNull(saas.plans().get(plan.id()).templateId());
        String labels = "{server=\"\",template=\"" + template + "\"}";
        saas.maintenance().run();

        assertThat(metric("allotment_spares_ready" + labels)).isEqualTo(2);
        assertThat(metric("allotment_spares_wanted" + labels)).isEqualTo(2);
        User owner = saas.accounts()
                .list(Query.where(Filter.equal(User.LOGIN, "admin")))
                .get(0);
        for (int i = 0; i < 2; i++) {
            saas.tenants().create(CreateTenant.onPlan(plan).owner(owner).build());
        }
        assertThat(metric("allotment_spares_ready" + labels)).isZero();
        assertThat(metric("allotment_spares_wanted" + labels)).isEqualTo(2);
    }

    @Test
    void showsWhenEachPartOfTheMaintenanceLastSucceeded() {
        long before = System.currentTimeMillis() / 1000;
        saas.maintenance().run();

        for (String part : List.of("servers", "sessions", "operations", "tenants", "usage", "templates", "spares")) {
            String labels = "{part=\"" + part + "\"}";
            assertThat(metric("allotment_maintenance_last_success_timestamp_seconds" + labels))
                    .as(part)
                    .isBetween((double) before, before + 60.0);
            assertThat(metric("allotment_maintenance_failures_total" + labels)).isZero();
        }
        saas.close();
        assertThat(text())
                .as("what needs no catalog stays")
                .contains("allotment_maintenance_last_success_timestamp_seconds{part=\"tenants\"}")
                .doesNotContain("allotment_events_waiting{");
    }

    @Test
    void countsFailedSignInsAndLostOperations() {
        assertThat(saas.accounts().authenticate("admin", "wrong", "192.0.2.1")).isEmpty();
        assertThat(saas.apiKeys().authenticate("a".repeat(40), "192.0.2.1")).isEmpty();

        assertThat(metric("allotment_sign_ins_failed_total{reason=\"password\"}"))
                .isEqualTo(1);
        assertThat(metric("allotment_sign_ins_failed_total{reason=\"key\"}")).isEqualTo(1);
        assertThat(metric("allotment_sign_ins_failed_total{reason=\"unread\"}")).isZero();
        assertThat(metric("allotment_operations_taken_over_total")).isZero();
        assertThat(metric("allotment_operations_leases_lost_total")).isZero();
    }
}
