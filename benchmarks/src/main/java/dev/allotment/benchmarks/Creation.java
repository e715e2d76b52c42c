// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.Saas;
import java.io.IOException;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;

/** Creating databases from a template with sixty tables: with a spare, without a spare, and by PostgreSQL alone. */
final class Creation {
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
                BenchmarkPortal.stock(node, stocked, count + effort.warmUp() + 1);
                try (Wire kept = new Wire(port)) {
                    serve(kept, effort.calls(), copied);
                    byte[] fromStock = BenchmarkPortal.create(kept, stocked, owner);
                    for (int i = 0; i < effort.warmUp(); i++) {
                        kept.timeOfSuccess(fromStock);
                    }
                    byte[] byCopy = BenchmarkPortal.create(kept, copied, owner);
                    measure(postgres, kept, fromStock, byCopy, copied, count, report);
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
        String template = postgres.values(
                        "SELECT t.name FROM allotment.templates t JOIN allotment.plans p ON p.template_id = t.id"
                                + " WHERE p.id = " + copied)
                .get(0);
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < count; i++) {
                long begun = System.nanoTime();
                // The databases stay until the end: dropping one takes a checkpoint, which would slow down the next
                // one.
                statement.execute("CREATE DATABASE bare_" + i + " TEMPLATE \"" + template + "\"");
                bare.add(System.nanoTime() - begun);
                spare.add(wire.timeOfSuccess(fromStock));
                session.add(timeOfSession(postgres));
                copy.add(wire.timeOfSuccess(byCopy));
            }
        }
        tell(report, bare, spare, copy);
        report.figure(
                "of it, a session in the new database and its first statement", session.toString(), "only the driver");
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

    private static void tell(Report report, Sample bare, Sample spare, Sample copy) {
        String reference = "`CREATE DATABASE … TEMPLATE` " + bare;
        report.goal(
                "create_new_database, spare ready (median)",
                spare.toString(),
                reference,
                "≤ 10 ms",
                spare.medianMillis() <= 10);
        double part = spare.medianMillis() / bare.medianMillis();
        report.goal("the same, as a part of the bare statement", Report.ratio(part), reference, "≤ 0.25", part <= 0.25);
        double more = copy.medianMillis() - bare.medianMillis();
        report.goal(
                "create_new_database, no spare (median), more than the bare statement",
                copy + ", " + Report.millis(more) + " more",
                reference,
                "≤ 10 ms more",
                more <= 10);
        report.figure(
                "create_new_database, 95 % are faster than",
                "spare " + Report.millis(spare.percentileMillis(95)) + ", no spare "
                        + Report.millis(copy.percentileMillis(95)),
                Report.millis(bare.percentileMillis(95)));
    }
}
