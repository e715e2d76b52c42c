// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;

/**
 * A process does random things, from several threads, until it is killed; the next one of that node finishes or undoes
 * what it finds, and is killed in its turn. In between, nothing is half done.
 */
abstract class KillContract {
    private static final int THREADS = 3;

    /** More than what waits to be tried again, or has a lease, waits for. */
    private static final long SECONDS_BETWEEN = 120;

    abstract Ground ground() throws Exception;

    abstract int kills();

    static int number(String property, int otherwise) {
        String value = System.getProperty(property, "");
        return value.isEmpty() ? otherwise : Integer.parseInt(value);
    }

    @Test
    void whatAKilledProcessLeavesIsFinishedOrUndoneByTheNext(TestReporter reporter) throws Exception {
        String given = System.getProperty("allotment.crash.seed", "");
        long seed = given.isEmpty() ? new Random().nextLong() : Long.parseLong(given);
        reporter.publishEntry("allotment.crash.seed", Long.toString(seed));
        Random random = new Random(seed);
        Journal journal = new Journal();
        int kill = 0;
        int amidst = 0;
        try (Ground ground = ground()) {
            VictimProcess process = VictimProcess.start(ground, "node", 0);
            try {
                process.send("open", "OPENED");
                process.send("prepare 2", "PREPARED");
                for (kill = 1; kill <= kills(); kill++) {
                    process.send("work " + random.nextLong() + ' ' + THREADS);
                    // The next one gets ready meanwhile.
                    VictimProcess next = VictimProcess.start(ground, "node", kill * SECONDS_BETWEEN);
                    for (int did = 1 + random.nextInt(15); did > 0; did--) {
                        process.await(line -> line.equals("DID") || line.startsWith("MADE"));
                    }
                    process.kill(random.nextInt(30));
                    journal.read(process.said());
                    process = next;
                    amidst += Invariants.underWay(ground);
                    recover(ground, process, journal);
                }
            } finally {
                process.close();
            }
            assertThat(amidst).as("operations that were interrupted").isGreaterThan(kills() / 2);
        } catch (Exception | AssertionError e) {
            throw new AssertionError(
                    "After kill " + kill + " (repeat this with -Dallotment.crash.seed=" + seed + "): " + e.getMessage(),
                    e);
        }
    }

    private static void recover(Ground ground, VictimProcess process, Journal journal) throws Exception {
        process.send("open", "OPENED");
        journal.repeat(process);
        process.send("settle", "SETTLED");
        journal.read(List.copyOf(process.said()));
        if (!ground.shared()) {
            process.send("close", "CLOSED");
        }
        Invariants.check(ground, journal);
        if (!ground.shared()) {
            process.send("open", "OPENED");
        }
    }
}
