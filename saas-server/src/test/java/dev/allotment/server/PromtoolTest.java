// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Prometheus itself checks and tries the alerts: on Debian, {@code apt-get install prometheus}. */
class PromtoolTest {
    private static final Path FOLDER = Path.of("..", "examples", "prometheus");

    @Test
    void acceptsTheRules() throws Exception {
        assertThat(promtool("check", "rules", "allotment.rules.yml")).contains("SUCCESS");
    }

    @Test
    void firesTheAlertsOnlyWhenItShould() throws Exception {
        assertThat(promtool("test", "rules", "allotment.rules.test.yml")).contains("SUCCESS");
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
