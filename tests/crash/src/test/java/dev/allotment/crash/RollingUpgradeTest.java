// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.fleet.Server;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.api.io.TempDir;

/**
 * Nodes of this version and of the next one, or of an older one and of this one, work on one catalog, and are killed
 * and started again in turn. No call fails except retryably, and no tenant is lost.
 */
@Tag("slow")
final class RollingUpgradeTest {
    private static final int ROUNDS = KillContract.number("allotment.rolling.rounds", 1);
    private static final int THREADS = 2;

    /** The class path of an older build. If there is none, this build is the older one. */
    private static final String FROM = System.getProperty("allotment.rolling.from", "");

    /** What a caller repeats. */
    private static final Pattern RETRYABLE =
            Pattern.compile("WRONG \\S+ (operation\\.unfinished|operation\\.in-progress"
                    + "|operation\\.taken-over|operation\\.superseded|backend\\.unavailable) .*");

    @TempDir
    Path folder;

    private final Journal journal = new Journal();
    private final List<VictimProcess> processes = new ArrayList<>();
    private PostgresGround ground;
    private long seed = KillContract.number("allotment.crash.seed", new Random().nextInt(1_000_000));

    @BeforeEach
    void start() {
        ground = new PostgresGround(Server.DEFAULT_NAME, folder.resolve("data"));
    }

    @AfterEach
    void end() {
        processes.forEach(VictimProcess::close);
        ground.close();
    }

    @Test
    void nodesOfTwoVersionsWorkOnOneCatalog(TestReporter reporter) throws Exception {
        reporter.publishEntry("allotment.crash.seed", Long.toString(seed));
        String older = FROM.isEmpty() ? VictimProcess.classPath() : FROM;
        String newer = FROM.isEmpty() ? NextVersion.compile(folder) : VictimProcess.classPath();
        VictimProcess one = open("one", older);
        one.send("prepare 2", "PREPARED");
        one.send(work());
        did(one);
        VictimProcess other = open("other", newer);
        storeOperationOfNextVersion();
        other.send(work());
        for (int round = 0; round < ROUNDS; round++) {
            did(one);
            stop(one);
            did(other);
            one = open("one", older);
            one.send(work());
            did(one);
            stop(other);
            did(one);
            other = open("other", newer);
            other.send(work());
            did(other);
        }
        stop(one);
        stop(other);

        assertThat(ask("SELECT fencing_token || ' ' || step FROM allotment.operations WHERE kind = 'OF_NEXT_VERSION'"))
                .containsExactly("1 moved");
        execute("DELETE FROM allotment.operations WHERE kind = 'OF_NEXT_VERSION'");
        // A node of this version finishes what nodes of the next one have started.
        VictimProcess last = VictimProcess.start(ground, "last", 60);
        processes.add(last);
        last.send("open", "OPENED");
        journal.repeat(last);
        long advanced = last.settle();
        journal.read(said(last));
        Invariants.check(List.of(ground), journal, Instant.now().plusSeconds(60 + advanced));
        if (!FROM.isEmpty()) {
            return;
        }
        int expanded = expanded();
        reporter.publishEntry("tenants", journal.tenants().size() + ", of which the next version expanded " + expanded);
        assertThat(expanded)
                .as("tenant databases that the next version has expanded")
                .isPositive();
    }

    private VictimProcess open(String node, String classPath) throws InterruptedException {
        VictimProcess process = VictimProcess.start(ground, node, 0, classPath);
        processes.add(process);
        process.send("open", "OPENED");
        return process;
    }

    /** Each process gets other random numbers: they are also the keys of its requests. */
    private String work() {
        seed += 100;
        return "work " + seed + ' ' + THREADS;
    }

    private static void did(VictimProcess process) throws InterruptedException {
        for (int i = 0; i < 3; i++) {
            process.await("DID"::equals);
        }
    }

    private void stop(VictimProcess process) throws InterruptedException {
        process.kill(0);
        journal.read(said(process));
    }

    /** What a process has said, without answers that are retryable: such a request is repeated. */
    static List<String> said(VictimProcess process) {
        return process.said().stream()
                .filter(line -> !RETRYABLE.matcher(line).matches())
                .toList();
    }

    /** A kind of operation that only the next version knows. Its node has died. */
    private void storeOperationOfNextVersion() throws SQLException {
        execute("INSERT INTO allotment.operations (uuid, kind, state, step, input, node, fencing_token, lease_until,"
                + " created_at, updated_at, started_by, percent, cancel_requested, attempts, result) VALUES ('"
                + UUID.randomUUID()
                + "', 'OF_NEXT_VERSION', 'RUNNING', 'moved', '{}', 'other', 1, 'epoch', now(), now(),"
                + " 'host', 0, false, 0, '{}')");
    }

    private int expanded() throws SQLException {
        int expanded = 0;
        for (String name : ground.databases().keySet()) {
            try (Connection database = ground.database(name, new UUID(0, 0))) {
                expanded += Rows.column(
                                database,
                                "SELECT 1 FROM information_schema.columns WHERE table_schema = 'allotment' AND column_name = '"
                                        + NextVersion.COLUMN + "'")
                        .size();
            }
        }
        return expanded;
    }

    private List<String> ask(String sql) throws SQLException {
        try (Connection catalog = ground.catalog()) {
            return Rows.column(catalog, sql);
        }
    }

    private void execute(String sql) throws SQLException {
        try (Connection catalog = ground.catalog();
                Statement statement = catalog.createStatement()) {
            statement.execute(sql);
        }
    }
}
