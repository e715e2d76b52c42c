// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.TemplateId;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.hook.SaasListener;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an operator is alerted by: work that waits, fails or is lost. */
class WorkMetricsTest {
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

    private final Saas saas = Saas.builder()
            .backend("h2", Map.of("memory", "true"))
            .passwordIterations(1000)
            .listener(new Broken())
            .preDeletionBackup(tenant -> {
                throw new IllegalStateException("No room for a backup");
            })
            .open();

    /** Ten minutes ahead of the control plane. */
    private final Metrics metrics =
            new Metrics(new DatabaseServerMetrics(saas, Clock.offset(Clock.systemUTC(), Duration.ofMinutes(10))));

    @AfterEach
    void close() {
        metrics.close();
        saas.close();
    }

    /** The value of one line. */
    private double metric(String name) {
        return metrics.text()
                .lines()
                .filter(line -> line.startsWith(name + " "))
                .mapToDouble(line -> Double.parseDouble(line.substring(name.length() + 1)))
                .findFirst()
                .orElseThrow(() -> new AssertionError("There is no metric " + name + " in " + metrics.text()));
    }

    @Test
    void showsTheAgeOfTheOldestOperationOfEachKind() {
        TenantId shop = saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant()
                .id();
        assertThat(metrics.text()).doesNotContain("allotment_operations_oldest_seconds{");
        assertThatThrownBy(() -> saas.tenants().purge(shop)).isInstanceOf(IllegalStateException.class);

        assertThat(metric("allotment_operations_oldest_seconds{kind=\"delete_tenant\"}"))
                .isBetween(600.0, 660.0);
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
            assertThat(metric("allotment_maintenance_last_success_seconds" + labels))
                    .as(part)
                    .isBetween((double) before, before + 60.0);
            assertThat(metric("allotment_maintenance_failures" + labels)).isZero();
        }
        saas.close();
        assertThat(metrics.text())
                .as("what needs no catalog stays")
                .contains("allotment_maintenance_last_success_seconds{part=\"tenants\"}")
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

    @Test
    void saysWhatIsRunning() {
        assertThat(metrics.text())
                .contains(
                        "# HELP allotment_build_info Always 1; its labels are the versions of this program and of Java")
                .contains("allotment_build_info{java=\"" + Runtime.version() + "\",version=\"" + SaasServer.version()
                        + "\"} 1\n");
    }
}
