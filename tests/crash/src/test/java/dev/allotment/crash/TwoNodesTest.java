// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that share a catalog. */
@Tag("slow")
final class TwoNodesTest {
    private static final int TRIALS = 8;
    private static final long TWO_HOURS = 7200;

    @TempDir
    Path folder;

    private TwoNodes nodes;
    private VictimProcess one;
    private VictimProcess other;

    @BeforeEach
    void start() throws InterruptedException {
        nodes = new TwoNodes(folder);
        one = nodes.one;
        other = nodes.other;
    }

    @AfterEach
    void end() {
        nodes.close();
    }

    @Tag("long")
    @Test
    void whatIsDueIsDoneOnceByEither() throws Exception {
        one.send("trials " + TRIALS, "TRIALS");
        one.send("maintain");
        other.send("maintain");
        nodes.await("SELECT id FROM allotment.tenants EXCEPT"
                + " SELECT tenant_id FROM allotment.events WHERE type = 'TENANT_EXPIRING'");
        // Between the two jumps, a delivery of the other node would look abandoned to the first one.
        nodes.await(TwoNodes.NOT_TOLD);
        one.send("advance " + TWO_HOURS, "ADVANCED");
        other.send("advance " + TWO_HOURS, "ADVANCED");

        nodes.await("SELECT id FROM allotment.tenants WHERE state <> 'SUSPENDED'");
        nodes.await(TwoNodes.NOT_TOLD);
        one.kill(0);
        other.kill(0);

        for (String type : List.of("TENANT_EXPIRING", "TENANT_SUSPENDED")) {
            assertThat(nodes.ask("SELECT tenant_id FROM allotment.events WHERE type = '" + type + "'"))
                    .as("databases with an event %s", type)
                    .hasSize(TRIALS)
                    .doesNotHaveDuplicates();
        }
        assertThat(nodes.ask("SELECT id FROM allotment.operations WHERE kind = 'SUSPEND_TENANT'"))
                .hasSize(TRIALS);
        List<String> told = new ArrayList<>(told(one));
        told.addAll(told(other));
        assertThat(told)
                .as("each event is delivered once, by one node")
                .containsExactlyInAnyOrderElementsOf(nodes.ask("SELECT uuid FROM allotment.events"));
    }

    private static List<String> told(VictimProcess process) {
        return process.said().stream()
                .filter(line -> line.startsWith("TOLD"))
                .map(line -> line.split(" ")[1])
                .toList();
    }

    @Test
    void theOtherTakesOverFromOneThatWasKilled() throws Exception {
        String interrupted = nodes.killOneAmidst();
        other.send("maintain");
        // Longer than a lease.
        other.send("advance 31", "ADVANCED");

        nodes.await(interrupted);
        nodes.await(TwoNodes.NOT_TOLD);
        nodes.assertNothingIsLost();
    }
}
