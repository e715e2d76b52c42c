// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.fleet.Server;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The database server stops at once, and comes back, while many wait for their databases. */
@Tag("slow")
final class DatabaseRestartTest {
    private static final int CALLERS = 16;
    private static final int MADE_BEFORE = 5;

    @TempDir
    Path folder;

    @Test
    void everyCallerGetsAResultOrIsToldToComeAgain() throws Exception {
        Journal journal = new Journal();
        try (PostgresGround ground = new PostgresGround(Server.DEFAULT_NAME, folder.resolve("data"));
                VictimProcess process = VictimProcess.start(ground, "node", 0)) {
            process.send("open", "OPENED");
            process.send("prepare 5", "PREPARED");
            process.send("create c " + CALLERS);
            int outcomes = 0;
            while (outcomes < MADE_BEFORE) {
                process.await(line -> line.startsWith("MADE"));
                outcomes++;
            }
            ground.restartImmediately();
            while (outcomes < CALLERS) {
                process.await(line -> line.startsWith("MADE") || line.startsWith("LATER"));
                outcomes++;
            }
            assertThat(process.said()).as("callers that must retry").anyMatch(line -> line.startsWith("LATER"));

            journal.read(process.said());
            // Longer than a lease, and than what waits to be tried again.
            process.send("advance 120", "ADVANCED");
            process.send("settle", "SETTLED");
            journal.repeat(process);
            process.send("settle", "SETTLED");
            journal.read(process.said());

            assertThat(journal.tenants()).as("all have their database now").hasSize(CALLERS);
            Invariants.check(List.of(ground), journal, Instant.now());
        }
    }
}
