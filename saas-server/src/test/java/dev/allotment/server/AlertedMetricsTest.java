// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.micrometer.SaasMetrics;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An alert on a metric that does not exist never fires. */
class AlertedMetricsTest {
    private static final Path RULES = PrometheusQuery.RULES;
    private static final Path TRIALS = PrometheusQuery.FOLDER.resolve("allotment.rules.test.yml");
    private static final Path METRICS = Path.of("..", "docs", "monitoring.md");
    private static final Path INCIDENTS = Path.of("..", "docs", "incidents.md");
    private static final Pattern METRIC = Pattern.compile("allotment_[a-z_]+");
    private static final Pattern ALERT = Pattern.compile("- alert: (\\w+)");

    @Test
    void everyAlertIsOnMetricsThatAreDocumented() throws Exception {
        String documentation = Files.readString(METRICS);
        Set<String> alerted = METRIC.matcher(Files.readString(RULES))
                .results()
                .map(MatchResult::group)
                .collect(Collectors.toSet());

        assertThat(alerted)
                .hasSizeGreaterThan(20)
                .allSatisfy(each -> assertThat(documentation).contains("`" + each + "`"));
    }

    @Test
    void whatToDoAboutEachAlertIsDocumented() throws Exception {
        String documentation = Files.readString(INCIDENTS);

        assertThat(ALERT.matcher(Files.readString(RULES)).results().map(each -> each.group(1)))
                .hasSizeGreaterThan(15)
                .allSatisfy(each -> assertThat(documentation).contains("`" + each + "`"));
    }

    @Test
    void aTrialMakesEachAlertFire() throws Exception {
        String trials = Files.readString(TRIALS);

        assertThat(ALERT.matcher(Files.readString(RULES)).results().map(each -> each.group(1)))
                .allSatisfy(each -> assertThat(trials).contains("alertname: " + each + "\n        exp_alerts:\n"));
    }

    @Test
    void backupsAreCountedAsSoonAsThereIsAStore(@TempDir Path store) {
        try (Saas saas = Saas.builder()
                        .backend("h2", Map.of("memory", "true"))
                        .backupFolder(store)
                        .secretKey("a secret key for tests")
                        .open();
                Metrics metrics = new Metrics(new SaasMetrics(saas))) {
            assertThat(metrics.text())
                    .contains(
                            "allotment_backups_overdue 0.0\n",
                            "allotment_backups_overdue_oldest_seconds 0.0\n",
                            "allotment_backups_failed 0.0\n",
                            "allotment_backup_drills_overdue 0.0\n",
                            "allotment_server_database_bytes{server=\"default\"} 0.0\n");
        }
    }
}
