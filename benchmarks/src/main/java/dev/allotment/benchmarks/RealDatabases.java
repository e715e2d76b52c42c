// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Many real databases of sixty tables on one PostgreSQL: what they cost. */
final class RealDatabases {
    /** A program that does nothing for a whole minute shows what wakes up once in a minute. */
    private static final int IDLE_SECONDS = 60;

    private static final int DROPS = 50;

    private RealDatabases() {}

    static void run(Effort effort, Report report) throws Exception {
        int databases = Integer.getInteger("allotment.benchmarks.databases", effort.databases());
        Path addons = BenchmarkPortal.addons();
        try (Postgres postgres = new Postgres()) {
            try (OwnProcess server = OwnProcess.server(postgres, "--addons", addons.toString())) {
                int port = server.port();
                create(port, effort, databases, report);
                tellSize(postgres, databases, report);
                idle(postgres, server, databases, report);
                drop(postgres, port, databases, report);
            }
            int left = databases - Math.min(DROPS, databases);
            restart(postgres, left, report);
        }
    }

    private static void create(int port, Effort effort, int databases, Report report) throws Exception {
        try (Wire wire = new Wire(port)) {
            int plan = BenchmarkPortal.plan(wire, "copied", true);
            int owner = BenchmarkPortal.customer(wire);
            Creation.serve(wire, effort.calls(), plan);
            byte[] create = BenchmarkPortal.create(wire, plan, owner);
            int warmUp = Math.min(databases / 10, effort.warmUp());
            for (int i = 0; i < warmUp; i++) {
                wire.timeOfSuccess(create);
            }
            // The first measurements, those in the middle, and the last.
            int step = Math.max(1, Math.min(200, (databases - warmUp) / 5));
            Set<Integer> ends = new TreeSet<>(List.of(warmUp + step, (databases + step) / 2, databases));
            Sample window = new Sample();
            String first = "";
            for (int made = warmUp; made < databases; made++) {
                int present = made;
                if (ends.stream().anyMatch(end -> present == end - step)) {
                    window = new Sample();
                }
                window.add(wire.timeOfSuccess(create));
                if (ends.contains(made + 1)) {
                    String figure = window + ", 95 % within " + Report.millis(window.percentileMillis(95));
                    report.figure(
                            "create_new_database without a spare, with " + (made + 1) + " databases, median of " + step,
                            figure,
                            first.isEmpty() ? "" : "the first " + step + ": " + first);
                    first = first.isEmpty() ? figure : first;
                }
            }
        }
    }

    private static void tellSize(Postgres postgres, int databases, Report report) throws Exception {
        long bytes = Long.parseLong(postgres.values("SELECT sum(pg_database_size(oid)) FROM pg_database")
                .get(0));
        report.figure(
                "what a backup of the whole server has to read, with " + databases + " databases",
                String.format(
                        Locale.ROOT,
                        "%.1f GiB, %.1f MiB for each",
                        bytes / 1073741824.0,
                        bytes / 1048576.0 / databases),
                "");
    }

    private static void idle(Postgres postgres, OwnProcess server, int databases, Report report) throws Exception {
        double ofNode = Processor.seconds(server.pid());
        double ofPostgres = Processor.secondsOfFamily(postgres.pid());
        long begun = System.nanoTime();
        Thread.sleep(IDLE_SECONDS * 1000L);
        double seconds = (System.nanoTime() - begun) / 1e9;
        report.figure(
                "processor time of an idle server with " + databases + " databases",
                percent((Processor.seconds(server.pid()) - ofNode) / seconds) + " of one processor for the node, "
                        + percent((Processor.secondsOfFamily(postgres.pid()) - ofPostgres) / seconds)
                        + " for PostgreSQL",
                "");
    }

    private static String percent(double part) {
        return String.format(Locale.ROOT, "%.1f %%", 100 * part);
    }

    private static void drop(Postgres postgres, int port, int databases, Report report) throws Exception {
        List<String> ids =
                postgres.values("SELECT id FROM allotment.tenants WHERE state = 'OPEN' ORDER BY id LIMIT " + DROPS);
        try (Wire wire = new Wire(port)) {
            long begun = System.nanoTime();
            for (String id : ids) {
                wire.timeOfSuccess(BenchmarkPortal.execute(
                        wire, "saas_portal.client", "purge_database", List.of(Integer.parseInt(id)), Map.of()));
            }
            double seconds = (System.nanoTime() - begun) / 1e9;
            report.figure(
                    "purge_database, with " + databases + " databases, by one caller",
                    String.format(Locale.ROOT, "%.1f/s", ids.size() / seconds),
                    "");
        }
    }

    private static void restart(Postgres postgres, int databases, Report report) throws Exception {
        postgres.stop();
        report.figure(
                "PostgreSQL starts after a clean stop, with " + databases + " databases",
                Report.millis(postgres.start() / 1e6),
                "");
        for (String method : List.of("fsync", "syncfs")) {
            postgres.execute("CREATE TABLE IF NOT EXISTS after_crash (id int)");
            postgres.kill();
            report.figure(
                    "PostgreSQL starts after SIGKILL with `recovery_init_sync_method=" + method
                            + "`, its files in the cache of the system",
                    Report.millis(postgres.start("-c", "recovery_init_sync_method=" + method) / 1e6),
                    "");
        }
    }
}
