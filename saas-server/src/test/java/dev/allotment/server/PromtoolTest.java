// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Prometheus itself checks and tries the alerts: on Debian, {@code apt-get install prometheus}. */
class PromtoolTest {
    private static final Path FOLDER = PrometheusQuery.FOLDER;

    @Test
    void acceptsTheRules() throws Exception {
        assertThat(promtool("check", "rules", "allotment.rules.yml")).contains("SUCCESS");
    }

    @Test
    void firesTheAlertsOnlyWhenItShould() throws Exception {
        assertThat(promtool("test", "rules", "allotment.rules.test.yml")).contains("SUCCESS");
    }

    @Test
    void understandsTheQueriesOfTheDashboard(@TempDir Path folder) throws Exception {
        ObjectMapper json = new ObjectMapper();
        ObjectNode file = json.createObjectNode();
        ObjectNode group = file.putArray("groups").addObject().put("name", "dashboard");
        ArrayNode rules = group.putArray("rules");
        for (PrometheusQuery query : PrometheusQuery.ofDashboard()) {
            rules.addObject()
                    .put("record", "query:" + rules.size())
                    .put("expr", query.text().replace("$__rate_interval", "5m"));
        }
        // JSON is YAML, too.
        Path queries = folder.resolve("dashboard.yml");
        json.writeValue(queries.toFile(), file);

        assertThat(promtool("check", "rules", queries.toString())).contains("SUCCESS: " + rules.size() + " rules");
    }

    private static String promtool(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>(List.of("promtool"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .directory(FOLDER.toFile())
                .redirectErrorStream(true)
                .start();
        String printed = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(printed).isZero();
        return printed;
    }
}
