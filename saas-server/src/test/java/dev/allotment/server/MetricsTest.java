// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Saas;
import dev.allotment.micrometer.SaasMetrics;
import java.util.Map;
import org.junit.jupiter.api.Test;

class MetricsTest {
    @Test
    void saysWhatIsRunning() {
        try (Saas saas = Saas.builder().backend("h2", Map.of("memory", "true")).open();
                Metrics metrics = new Metrics(new SaasMetrics(saas))) {
            assertThat(metrics.text())
                    .contains("# HELP allotment_build_info Always 1; its labels are the versions of this program and"
                            + " of Java")
                    .contains("allotment_build_info{java=\"" + Runtime.version() + "\",version=\"" + Saas.version()
                            + "\"} 1\n")
                    .contains("allotment_nodes{version=\"" + Saas.version() + "\"} 1.0\n")
                    .contains("allotment_server_up{server=\"default\"} 1.0\n");
        }
    }
}
