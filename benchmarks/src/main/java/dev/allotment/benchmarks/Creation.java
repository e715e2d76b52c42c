// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.Saas;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Creating databases from a template with sixty tables: with a spare, without a spare, and by PostgreSQL alone; one
 * after the other, and by several clients at once.
 */
final class Creation {
    private static final int CLIENTS = 8;
    private static final int PER_SECOND = 100;
    private static final double MOST_OF_FLOOR = 1.3;
    private static final double MOST_OF_BARE = 1.15;

    private Creation() {}

    static void run(Effort effort, Report report) throws Exception {
        Path addons = BenchmarkPortal.addons();
        try (Postgres postgres = new Postgres();
                OwnProcess server = OwnProcess.server(postgres, "--addons", addons.toString())) {
            int port = server.port();
            try (Wire wire = new Wire(port);
                    Saas node = BenchmarkPortal.node(postgres, addons)) {
                int count = effort.creations();
                int stocked = BenchmarkPortal.plan(wire, "stocked", true);
                int copied = BenchmarkPortal.plan(wire, "copied", true);
                int owner = BenchmarkPortal.customer(wire);
                int crowd = effort.crowd();
                BenchmarkPortal.stock(node, stocked, count + effort.warmUp() + 1 + crowd);
                try (Wire kept = new Wire(port)) {
                    serve(kept, effort.calls(), copied);
                    byte[] fromStock = BenchmarkPortal.create(kept, stocked, owner);
                    for (int i = 0; i < effort.warmUp(); i++) {
                        kept.timeOfSuccess(fromStock);
                    }
                    byte[] byCopy = BenchmarkPortal.create(kept, copied, owner);
                    // The disk is not to store the spares while something is measured.
                    postgres.checkpoint();
                    measure(postgres, kept, fromStock, byCopy, copied, count, report);
                    postgres.checkpoint();
                    together(port, fromStock, crowd, report);
                }
            }
        }
    }

    /**
     * Reads and writes as a server does all day, so that the code that creation shares with other calls is compiled.
     */
    static void serve(Wire wire, int calls, int plan) throws IOException {
        byte[] count =
                BenchmarkPortal.execute(wire, "saas_portal.client", "search_count", List.of(List.of()), Map.of());
        byte[] read = BenchmarkPortal.execute(
                wire, "saas_portal.client", "search_read", List.of(List.of()), Map.of("limit", 5));
        byte[] write = BenchmarkPortal.execute(
                wire, "saas_portal.plan", "write", List.of(plan, Map.of("summary", "A summary")), Map.of());
        for (int i = 0; i < calls; i++) {
            wire.timeOfSuccess(i % 8 == 0 ? write : i % 4 == 0 ? read : count);
        }
    }

    private static void measure(
            Postgres postgres, Wire wire, byte[] fromStock, byte[] byCopy, int copied, int count, Report report)
            throws Exception {
        Sample bare = new Sample();
        Sample spare = new Sample();
        Sample copy = new Sample();
        Sample session = new Sample();
        Sample least = new Sample();
        Sample disk = new Sample();
        String template = postgres.values(
                        "SELECT t.name FROM allotment.templates t JOIN allotment.plans p ON p.template_id = t.id"
                                + " WHERE p.id = " + copied)
                .get(0);
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement();
                Floor floor = new Floor(postgres, template)) {
            for (int i = 0; i < count; i++) {
                disk.add(Floor.disk());
                long begun = System.nanoTime();
                // The databases stay until the end: dropping one takes a checkpoint, which would slow down the next
                // one.
                statement.execute("CREATE DATABASE bare_" + i + " TEMPLATE \"" + template + "\"");
                bare.add(System.nanoTime() - begun);
                if (i % 2 == 0) {
                    least.add(floor.create());
                }
                spare.add(wire.timeOfSuccess(fromStock));
                if (i % 2 == 1) {
                    least.add(floor.create());
                }
                floor.prepare();
                session.add(timeOfSession(postgres));
                copy.add(wire.timeOfSuccess(byCopy));
            }
        }
        tell(report, bare, spare, copy, least);
        report.figure("storing a block on the disk (`fdatasync`)", disk.toString(), "");
        report.figure(
                "a session in a new database and its first statement, by the driver alone", session.toString(), "");
    }

    /** Several clients create databases at the same time, all with a spare. */
    private static void together(int port, byte[] request, int crowd, Report report) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        AtomicInteger left = new AtomicInteger(crowd);
        List<Future<Sample>> results = new ArrayList<>();
        long start = System.nanoTime();
        for (int i = 0; i < CLIENTS; i++) {
            results.add(threads.submit(() -> {
                Sample mine = new Sample();
                try (Wire wire = new Wire(port)) {
                    while (left.getAndDecrement() > 0) {
                        mine.add(wire.timeOfSuccess(request));
                    }
                }
                return mine;
            }));
        }
        Sample all = new Sample();
        for (Future<Sample> result : results) {
            all.addAll(result.get());
        }
        double rate = all.size() / ((System.nanoTime() - start) / 1e9);
        threads.shutdown();
        report.goal(
                "create_new_database, with a spare, " + CLIENTS + " clients at once",
                String.format(Locale.ROOT, "%.1f/s, median %s", rate, all),
                "",
                "≥ " + PER_SECOND + "/s",
                rate >= PER_SECOND);
    }

    /** Opens a session in the newest tenant database. */
    private static long timeOfSession(Postgres postgres) throws Exception {
        String database = postgres.values("SELECT name FROM allotment.tenants ORDER BY id DESC LIMIT 1")
                .get(0);
        long begun = System.nanoTime();
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.executeQuery("SELECT count(*) FROM allotment.members");
            return System.nanoTime() - begun;
        }
    }

    private static void tell(Report report, Sample bare, Sample spare, Sample copy, Sample least) {
        double ofFloor = spare.medianMillis() / least.medianMillis();
        report.goal(
                "create_new_database, with a spare (median)",
                spare + ", " + Report.ratio(ofFloor) + " times",
                "a program that does only what cannot be left out " + least,
                "≤ " + MOST_OF_FLOOR + " times",
                ofFloor <= MOST_OF_FLOOR);
        String reference = "`CREATE DATABASE … TEMPLATE` " + bare;
        report.figure(
                "the same, as a fraction of the bare statement",
                Report.ratio(spare.medianMillis() / bare.medianMillis()),
                reference);
        double ofBare = copy.medianMillis() / bare.medianMillis();
        report.goal(
                "create_new_database, without a spare (median)",
                copy + ", " + Report.ratio(ofBare) + " times",
                reference,
                "≤ " + MOST_OF_BARE + " times",
                ofBare <= MOST_OF_BARE);
        report.figure(
                "create_new_database, 95 % are faster than",
                "spare " + Report.millis(spare.percentileMillis(95)) + ", no spare "
                        + Report.millis(copy.percentileMillis(95)),
                Report.millis(bare.percentileMillis(95)));
    }
}
