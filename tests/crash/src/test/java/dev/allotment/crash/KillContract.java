// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.fleet.Server;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * A process does random things, from several threads, until it is killed; the next one of that node finishes or undoes
 * what it finds, and is killed in its turn. In between, nothing is half done.
 */
abstract class KillContract {
    private static final int THREADS = 3;

    /** More than what waits to be tried again, or has a lease, waits for. */
    private static final long SECONDS_BETWEEN = 120;

    /** Every so often more passes: what is kept for a day is gone, and trials that ended are deleted. */
    private static final int LIVES_A_DAY = 4;

    private static final long A_DAY = 25 * 3600;

    /** From so many kills on, the backups that are there at the end are restored as drills. */
    private static final int MANY = 10;

    /** How many databases there are that can be adopted, at most. */
    private static final int FOREIGN = 2;

    @TempDir
    private Path backups;

    private int put;

    /** @param server what the control plane calls it */
    abstract Ground ground(String server) throws Exception;

    abstract int kills();

    /** Kills the process that works, and whatever else. Everything else is up again when this returns. */
    void kill(VictimProcess process, List<Ground> grounds, Random random) throws Exception {
        process.kill(random.nextInt(30));
    }

    /** What a process has said. */
    List<String> said(VictimProcess process) {
        return process.said();
    }

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
        try (Ground first = ground(Server.DEFAULT_NAME);
                Ground second = ground("second")) {
            List<Ground> grounds = List.of(first, second);
            VictimProcess process = VictimProcess.start(first, "node", 0);
            try {
                process.send("backups " + backups);
                process.send("open", "OPENED");
                process.send("server " + second.server() + ' ' + second.backend() + words(second), "REGISTERED");
                process.send("prepare 2", "PREPARED");
                long ahead = 0;
                for (kill = 1; kill <= kills(); kill++) {
                    process.send("work " + random.nextLong() + ' ' + THREADS + foreign(grounds));
                    // The next one gets ready meanwhile.
                    ahead += kill % LIVES_A_DAY == 0 ? A_DAY : SECONDS_BETWEEN;
                    VictimProcess next = VictimProcess.start(first, "node", ahead);
                    for (int did = 1 + random.nextInt(15); did > 0; did--) {
                        process.await(line -> line.equals("DID") || line.startsWith("MADE"));
                    }
                    kill(process, grounds, random);
                    journal.read(said(process));
                    process = next;
                    amidst += Invariants.underWay(first);
                    Invariants.halfMadeDatabasesAreClosed(grounds);
                    process.send("backups " + backups);
                    ahead = recover(grounds, process, journal, ahead);
                }
                if (kills() > MANY) {
                    process.send("inspect", "INSPECTED");
                    journal.read(said(process));
                    reporter.publishEntry(Map.of(
                            "kills", Integer.toString(kills()),
                            "operations that were interrupted", Integer.toString(amidst),
                            "tenants", Integer.toString(journal.tenants().size()),
                            "erasures", Integer.toString(journal.erased().size()),
                            "backups", Integer.toString(journal.backups().size()),
                            "restores in place",
                                    Integer.toString(journal.replaced().size()),
                            "swapped tenants",
                                    Integer.toString(journal.swapped().size()),
                            "drills", Integer.toString(journal.drilled())));
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

    private static String words(Ground ground) {
        StringBuilder words = new StringBuilder();
        ground.settings()
                .forEach((key, value) ->
                        words.append(' ').append(key).append('=').append(value));
        return words.toString();
    }

    /** Some more that can be adopted, and all that there are. */
    private String foreign(List<Ground> grounds) throws SQLException {
        StringBuilder words = new StringBuilder();
        for (Ground ground : grounds) {
            boolean adoptable = true;
            for (int there = ground.foreign().size(); adoptable && there < FOREIGN; there++) {
                put++;
                adoptable = ground.putForeign("foreign-" + put + ".example");
            }
            for (String name : ground.foreign()) {
                words.append(' ').append(ground.server()).append('/').append(name);
            }
        }
        return words.toString();
    }

    /** Returns how many seconds the clock of the process is ahead now. */
    private long recover(List<Ground> grounds, VictimProcess process, Journal journal, long ahead) throws Exception {
        boolean shared = grounds.get(0).shared();
        process.send("open", "OPENED");
        journal.repeat(process);
        long now = ahead + process.settle();
        journal.read(List.copyOf(said(process)));
        if (!shared) {
            process.send("close", "CLOSED");
        }
        Invariants.check(grounds, backups, journal, Instant.now().plusSeconds(now));
        if (!shared) {
            process.send("open", "OPENED");
        }
        return now;
    }
}
