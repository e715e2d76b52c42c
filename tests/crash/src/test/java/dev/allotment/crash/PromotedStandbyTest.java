// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.fleet.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL is killed in the middle of the work of two nodes, and its standby is promoted. The nodes go on with it, and
 * are not started again.
 */
final class PromotedStandbyTest {
    private static final int THREADS = 2;
    private static final int PROMOTIONS = KillContract.number("allotment.promotions", 3);

    /** The ids that a sequence has given, and the next one that it gives, for each table with generated ids. */
    private static final String SEQUENCES = """
            SELECT format('SELECT %L WHERE (SELECT COALESCE(max(%I), 0) FROM %s)'
                          || ' > COALESCE(pg_sequence_last_value(%L), 0)',
                          s.oid::regclass, a.attname, d.refobjid::regclass, s.oid::regclass)
            FROM pg_class s JOIN pg_depend d ON d.objid = s.oid AND d.classid = 'pg_class'::regclass AND d.refobjsubid > 0
            JOIN pg_attribute a ON a.attrelid = d.refobjid AND a.attnum = d.refobjsubid
            WHERE s.relkind = 'S'
            """;

    @TempDir
    Path folder;

    private final Journal journal = new Journal();
    private final List<VictimProcess> nodes = new ArrayList<>();
    private PostgresGround ground;
    private long seed = KillContract.number("allotment.crash.seed", new Random().nextInt(1_000_000));

    @BeforeEach
    void start() {
        ground = new PostgresGround(Server.DEFAULT_NAME, folder.resolve("data"));
    }

    @AfterEach
    void end() {
        nodes.forEach(VictimProcess::close);
        ground.close();
    }

    @Test
    void nodesGoOnWithAStandbyThatWasPromoted(TestReporter reporter) throws Exception {
        reporter.publishEntry("allotment.crash.seed", Long.toString(seed));
        for (int promotion = 0; promotion < PROMOTIONS; promotion++) {
            ground.addStandby(folder.resolve("standby" + promotion));
            work();
            for (VictimProcess node : nodes) {
                did(node, 4);
            }
            long lost = System.nanoTime();
            ground.promoteStandby();
            for (VictimProcess node : nodes) {
                // What was said before does not count.
                node.send("mark " + promotion, "MARKED " + promotion);
                did(node, 3);
            }
            reporter.publishEntry(
                    "both nodes work again after ms", Long.toString((System.nanoTime() - lost) / 1_000_000));
            for (VictimProcess node : nodes) {
                node.kill(0);
                journal.read(RollingUpgradeTest.said(node));
            }
            nodes.clear();
            check();
        }
        reporter.publishEntry("tenants", Integer.toString(journal.tenants().size()));
    }

    private void work() throws InterruptedException {
        for (String name : List.of("one", "other")) {
            VictimProcess node = VictimProcess.start(ground, name, 0);
            nodes.add(node);
            node.send("open", "OPENED");
            if (journal.tenants().isEmpty() && name.equals("one")) {
                node.send("prepare 2", "PREPARED");
            }
            seed += 100;
            node.send("work " + seed + ' ' + THREADS);
        }
    }

    private static void did(VictimProcess node, int times) throws InterruptedException {
        for (int i = 0; i < times; i++) {
            node.await("DID"::equals);
        }
    }

    /** A node that is started later finishes what was left, and then nothing is half made. */
    private void check() throws Exception {
        long ahead = 60;
        try (VictimProcess last = VictimProcess.start(ground, "last", ahead)) {
            last.send("open", "OPENED");
            journal.repeat(last);
            ahead += last.settle();
            journal.read(RollingUpgradeTest.said(last));
        }
        Invariants.check(List.of(ground), journal, Instant.now().plusSeconds(ahead));
        try (Connection catalog = ground.catalog()) {
            assertSequencesAreAhead(catalog);
        }
        for (var each : ground.databases().entrySet()) {
            try (Connection database = ground.database(each.getKey(), each.getValue())) {
                assertSequencesAreAhead(database);
            }
        }
    }

    private static void assertSequencesAreAhead(Connection connection) throws SQLException {
        List<String> checks = Rows.column(connection, SEQUENCES);
        assertThat(checks).isNotEmpty();
        for (String check : checks) {
            assertThat(Rows.column(connection, check))
                    .as("sequences that give ids again")
                    .isEmpty();
        }
    }
}
