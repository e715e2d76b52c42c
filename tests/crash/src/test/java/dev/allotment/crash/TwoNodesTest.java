// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Two processes that share a catalog. */
final class TwoNodesTest {
    private static final int TRIALS = 8;
    private static final int CREATIONS = 12;
    private static final long TWO_HOURS = 7200;
    private static final Duration PROMISED = Duration.ofSeconds(30);

    private static final String UNDER_WAY = "SELECT id FROM allotment.operations WHERE state = 'RUNNING'";
    private static final String NOT_TOLD = "SELECT id FROM allotment.deliveries";

    @TempDir
    Path folder;

    private PostgresGround ground;
    private VictimProcess one;
    private VictimProcess other;

    @BeforeEach
    void start() throws InterruptedException {
        ground = new PostgresGround(Server.DEFAULT_NAME, folder.resolve("data"));
        one = VictimProcess.start(ground, "one", 0);
        other = VictimProcess.start(ground, "other", 0);
        one.send("open", "OPENED");
        one.send("prepare 2", "PREPARED");
        other.send("open", "OPENED");
    }

    @AfterEach
    void end() {
        one.close();
        other.close();
        ground.close();
    }

    @Test
    void whatIsDueIsDoneOnceByEither() throws Exception {
        one.send("trials " + TRIALS, "TRIALS");
        one.send("maintain");
        other.send("maintain");
        await("SELECT id FROM allotment.tenants EXCEPT"
                + " SELECT tenant_id FROM allotment.events WHERE type = 'TENANT_EXPIRING'");
        // Between the two jumps, a delivery of the other node would look abandoned to the first one.
        await(NOT_TOLD);
        one.send("advance " + TWO_HOURS, "ADVANCED");
        other.send("advance " + TWO_HOURS, "ADVANCED");

        await("SELECT id FROM allotment.tenants WHERE state <> 'SUSPENDED'");
        await(NOT_TOLD);
        one.kill(0);
        other.kill(0);

        for (String type : List.of("TENANT_EXPIRING", "TENANT_SUSPENDED")) {
            assertThat(ask("SELECT tenant_id FROM allotment.events WHERE type = '" + type + "'"))
                    .as("databases with an event %s", type)
                    .hasSize(TRIALS)
                    .doesNotHaveDuplicates();
        }
        assertThat(ask("SELECT id FROM allotment.operations WHERE kind = 'SUSPEND_TENANT'"))
                .hasSize(TRIALS);
        List<String> told = new ArrayList<>(told(one));
        told.addAll(told(other));
        assertThat(told)
                .as("each event is delivered once, by one node")
                .containsExactlyInAnyOrderElementsOf(ask("SELECT uuid FROM allotment.events"));
    }

    private static List<String> told(VictimProcess process) {
        return process.said().stream()
                .filter(line -> line.startsWith("TOLD"))
                .map(line -> line.split(" ")[1])
                .toList();
    }

    @Test
    void theOtherTakesOverFromOneThatWasKilled() throws Exception {
        String interrupted = killOneAmidst();
        other.send("maintain");
        // Longer than a lease.
        other.send("advance 31", "ADVANCED");

        await(interrupted);
        await(NOT_TOLD);
        assertNothingIsLost();
    }

    @Test
    void theOtherHasTakenOverAfterHalfAMinute(TestReporter reporter) throws Exception {
        String interrupted = killOneAmidst();
        long killed = System.nanoTime();
        other.send("maintain");

        await(interrupted);
        Duration taken = Duration.ofNanos(System.nanoTime() - killed);
        reporter.publishEntry("taken over after", taken.toString());
        assertThat(taken).isLessThan(PROMISED);
        other.send("advance 31", "ADVANCED");
        await(NOT_TOLD);
        assertNothingIsLost();
    }

    /** Finds the interrupted operations, and no others, as long as they run. */
    private String killOneAmidst() throws Exception {
        one.send("create a " + CREATIONS);
        String made = one.await(line -> line.startsWith("MADE"));
        // However far the others have come by now, this one is in the middle of it.
        one.send("linger " + made.split(" ")[2], "LINGERS");
        one.kill(0);
        List<String> interrupted = ask(UNDER_WAY);
        assertThat(interrupted).as("operations that were interrupted").isNotEmpty();
        return UNDER_WAY + " AND id IN (" + String.join(", ", interrupted) + ")";
    }

    private void assertNothingIsLost() throws Exception {
        Journal journal = new Journal();
        journal.read(one.said());
        journal.repeat(other);
        // So that it is not killed in the middle of something else.
        other.send("rest", "RESTED");
        other.send("settle", "SETTLED");
        other.kill(0);
        journal.read(other.said());
        assertThat(journal.tenants()).as("all of them, and the copy").hasSize(CREATIONS + 1);
        Invariants.check(List.of(ground), journal, Instant.now());
    }

    private List<String> ask(String sql) throws SQLException {
        try (Connection catalog = ground.catalog()) {
            return Rows.column(catalog, sql);
        }
    }

    /** Until nothing is found any more. */
    private void await(String sql) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        List<String> found = ask(sql);
        for (int look = 0; look < 600 && !found.isEmpty(); look++) {
            never.await(100, TimeUnit.MILLISECONDS);
            found = ask(sql);
        }
        assertThat(found).as(sql).isEmpty();
    }
}
