// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.Saas;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;

/** Making databases of a template with sixty tables: from stock, without stock, and by PostgreSQL alone. */
final class Creation {
    private static final int WARM_UP = 10;

    private Creation() {}

    static void run(Effort effort, Report report) throws Exception {
        Path addons = Portal.addons();
        try (Postgres postgres = new Postgres();
                OwnProcess server = OwnProcess.server(postgres, "--addons", addons.toString());
                Wire wire = new Wire(server.port());
                Saas node = Portal.node(postgres, addons)) {
            int stocked = Portal.plan(wire, "stocked", true);
            int copied = Portal.plan(wire, "copied", true);
            int count = effort.creations();
            Portal.stock(node, stocked, count + WARM_UP + 1);
            measure(postgres, wire, stocked, copied, WARM_UP, new Sample(), new Sample(), new Sample());
            Sample bare = new Sample();
            Sample spare = new Sample();
            Sample copy = new Sample();
            measure(postgres, wire, stocked, copied, count, bare, spare, copy);
            tell(report, bare, spare, copy);
        }
    }

    private static void measure(
            Postgres postgres, Wire wire, int stocked, int copied, int count, Sample bare, Sample spare, Sample copy)
            throws Exception {
        String template = postgres.values(
                        "SELECT t.name FROM allotment.templates t JOIN allotment.plans p ON p.template_id = t.id"
                                + " WHERE p.id = " + copied)
                .get(0);
        byte[] fromStock = Portal.create(wire, stocked);
        byte[] byCopy = Portal.create(wire, copied);
        try (Connection connection = postgres.connect();
                Statement statement = connection.createStatement()) {
            for (int i = 0; i < count; i++) {
                long begun = System.nanoTime();
                statement.execute("CREATE DATABASE bare TEMPLATE \"" + template + "\"");
                bare.add(System.nanoTime() - begun);
                spare.add(wire.timeOfSuccess(fromStock));
                copy.add(wire.timeOfSuccess(byCopy));
                statement.execute("DROP DATABASE bare");
            }
        }
    }

    private static void tell(Report report, Sample bare, Sample spare, Sample copy) {
        String beside = "`CREATE DATABASE … TEMPLATE` " + bare;
        report.goal(
                "create_new_database, spare ready (median)",
                spare.toString(),
                beside,
                "≤ 10 ms",
                spare.medianMillis() <= 10);
        double part = spare.medianMillis() / bare.medianMillis();
        report.goal("the same, as a part of the bare statement", Report.ratio(part), beside, "≤ 0.25", part <= 0.25);
        double more = copy.medianMillis() - bare.medianMillis();
        report.goal(
                "create_new_database, no spare (median), more than the bare statement",
                copy + ", " + Report.millis(more) + " more",
                beside,
                "≤ 10 ms more",
                more <= 10);
        report.figure(
                "create_new_database, 95 % are faster than",
                "spare " + Report.millis(spare.percentileMillis(95)) + ", no spare "
                        + Report.millis(copy.percentileMillis(95)),
                Report.millis(bare.percentileMillis(95)));
    }
}
