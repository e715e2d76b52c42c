// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.fleet.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Random;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/** Processes that run a campaign are killed one after the other, until one of them has finished it. */
final class CampaignKillTest {
    private static final int KILLS = KillContract.number("allotment.crash.kills.campaign", 1);
    /** Two for each process at least, and the canary. */
    private static final int TENANTS = 2 * KILLS + 4;

    private static final long SECONDS_BETWEEN = 120;

    @TempDir
    Path folder;

    @Test
    void everyTenantIsDoneOnceHoweverOftenItsNodeIsKilled(TestReporter reporter) throws Exception {
        long seed = new Random().nextLong();
        reporter.publishEntry("seed", Long.toString(seed));
        Random random = new Random(seed);
        List<String> acted = new ArrayList<>();
        try (Ground ground = new H2Ground(Server.DEFAULT_NAME, folder)) {
            VictimProcess process = VictimProcess.start(ground, "node", 0);
            try {
                process.send("open", "OPENED");
                process.send("tenants " + TENANTS, "TENANTS");
                process.send("campaign", "CAMPAIGN");
                for (int kill = 1; kill <= KILLS; kill++) {
                    VictimProcess next = VictimProcess.start(ground, "node", kill * SECONDS_BETWEEN);
                    process.send("maintain");
                    process.await(line -> line.startsWith("ACTED"));
                    process.kill(random.nextInt(20));
                    acted.addAll(acts(process));
                    process = next;
                    process.send("open", "OPENED");
                }
                process.send("settle", "SETTLED");
                acted.addAll(acts(process));
                process.send("close", "CLOSED");
            } finally {
                process.close();
            }
            Set<String> tenants = new HashSet<>(acted);
            assertThat(tenants).as("tenants that the action ran for").hasSize(TENANTS);
            assertThat(acted.size() - TENANTS)
                    .as("actions that were running at a kill")
                    .isBetween(0, KILLS);
            try (Connection catalog = ground.catalog()) {
                assertThat(numbers(catalog, "state = 'DONE' AND kind = 'CAMPAIGN'"))
                        .hasSize(1);
                assertThat(numbers(catalog, "state = 'DONE' AND kind = 'RUN_TENANT_ACTION'"))
                        .as("tenants with a result")
                        .hasSize(TENANTS)
                        .doesNotHaveDuplicates();
                assertThat(numbers(catalog, "state <> 'DONE'")).isEmpty();
            }
        }
    }

    private static List<String> acts(VictimProcess process) {
        return process.said().stream().filter(line -> line.startsWith("ACTED")).toList();
    }

    private static List<Long> numbers(Connection catalog, String condition) throws SQLException {
        List<Long> tenants = new ArrayList<>();
        try (Statement statement = catalog.createStatement();
                ResultSet rows =
                        statement.executeQuery("SELECT tenant_id FROM allotment.operations WHERE " + condition)) {
            while (rows.next()) {
                tenants.add(rows.getLong(1));
            }
        }
        return tenants;
    }
}
