// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * PostgreSQL is killed in the middle of the work, with all of its processes: the server with the catalog, the other one,
 * or both. It starts again, and recovers. The node is killed with it, or goes on for a while.
 */
final class DatabaseKillTest extends KillContract {
    @TempDir
    Path folder;

    private int killed;
    private int survived;

    @Override
    Ground ground(String server) {
        return new PostgresGround(server, folder.resolve(server));
    }

    @Override
    int kills() {
        return number("allotment.crash.kills.database", 2);
    }

    @Override
    void kill(VictimProcess process, List<Ground> grounds, Random random) throws Exception {
        List<PostgresGround> chosen = new ArrayList<>();
        int which = 1 + random.nextInt(3);
        for (int i = 0; i < grounds.size(); i++) {
            if ((which & 1 << i) > 0) {
                chosen.add((PostgresGround) grounds.get(i));
            }
        }
        boolean alone = random.nextBoolean();
        process.work(random.nextInt(30));
        for (PostgresGround ground : chosen) {
            ground.kill();
            killed++;
        }
        if (!alone) {
            process.kill(random.nextInt(30));
        }
        for (PostgresGround ground : chosen) {
            ground.start();
        }
        if (alone) {
            survived++;
            process.send("mark " + killed, "MARKED " + killed);
            for (int did = random.nextInt(5); did > 0; did--) {
                process.await("DID"::equals);
            }
            process.kill(random.nextInt(30));
        }
    }

    /** Without the answers that the database was not there. */
    @Override
    List<String> said(VictimProcess process) {
        return RollingUpgradeTest.said(process);
    }

    @AfterEach
    void report(TestReporter reporter) {
        reporter.publishEntry("servers that were killed", Integer.toString(killed));
        reporter.publishEntry("nodes that went on for a while", Integer.toString(survived));
    }
}
