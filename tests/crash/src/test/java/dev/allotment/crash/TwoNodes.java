// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.fleet.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/** Two processes that share a catalog on PostgreSQL. Not thread-safe. */
final class TwoNodes implements AutoCloseable {
    static final String NOT_TOLD = "SELECT id FROM allotment.deliveries";

    private static final int CREATIONS = 12;
    private static final String UNDER_WAY = "SELECT id FROM allotment.operations WHERE state = 'RUNNING'";

    final PostgresGround ground;
    final VictimProcess one;
    final VictimProcess other;

    TwoNodes(Path folder) throws InterruptedException {
        ground = new PostgresGround(Server.DEFAULT_NAME, folder.resolve("data"));
        one = VictimProcess.start(ground, "one", 0);
        other = VictimProcess.start(ground, "other", 0);
        one.send("open", "OPENED");
        one.send("prepare 2", "PREPARED");
        other.send("open", "OPENED");
    }

    /**
     * Kills one node in the middle of an operation.
     *
     * @return a query for the interrupted operations, and no others, as long as they run
     */
    String killOneAmidst() throws Exception {
        one.send("create a " + CREATIONS);
        String made = one.await(line -> line.startsWith("MADE"));
        // However far the others have come by now, this one is in the middle of it.
        one.send("linger " + made.split(" ")[2], "LINGERS");
        one.kill(0);
        List<String> interrupted = ask(UNDER_WAY);
        assertThat(interrupted).as("operations that were interrupted").isNotEmpty();
        return UNDER_WAY + " AND id IN (" + String.join(", ", interrupted) + ")";
    }

    void assertNothingIsLost() throws Exception {
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

    List<String> ask(String sql) throws SQLException {
        try (Connection catalog = ground.catalog()) {
            return Rows.column(catalog, sql);
        }
    }

    /** Waits until a query finds nothing any more. */
    void await(String sql) throws Exception {
        CountDownLatch never = new CountDownLatch(1);
        List<String> found = ask(sql);
        for (int look = 0; look < 600 && !found.isEmpty(); look++) {
            never.await(100, TimeUnit.MILLISECONDS);
            found = ask(sql);
        }
        assertThat(found).as(sql).isEmpty();
    }

    @Override
    public void close() {
        one.close();
        other.close();
        ground.close();
    }
}
