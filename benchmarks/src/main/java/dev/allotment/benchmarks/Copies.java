// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.CreateTenant;
import dev.allotment.DuplicateTenant;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import java.sql.Connection;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/** Copies of databases by size: which strategy of PostgreSQL is faster, and how long their users have to wait. */
final class Copies {
    private static final List<Integer> MEGABYTES = List.of(16, 256, 64, 1024);
    private static final int LARGE = 400;
    private static final int ROUNDS = 3;
    private static final double SHORT = 500;

    /** PostgreSQL copies no database as a template while a session is in it or is being opened. */
    private static final long FIRST_AFTER = 300;

    private static final long BETWEEN = 20;

    private Copies() {}

    static void run(Effort effort, Report report) throws Exception {
        try (Postgres postgres = new Postgres()) {
            waiting(postgres, report);
            for (int size : effort == Effort.FULL ? MEGABYTES : MEGABYTES.subList(0, 2)) {
                strategies(postgres, size, report);
            }
        }
    }

    /** Fills a database with rows that take about this much. */
    private static void fill(Postgres postgres, String database, int megabytes) throws SQLException {
        String owner = postgres.values("SELECT datdba::regrole FROM pg_database WHERE datname = '" + database + "'")
                .get(0);
        try (Connection connection = postgres.connect(database);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE filling AS SELECT i AS id, repeat(md5(i::text), 30) AS text"
                    + " FROM generate_series(1, " + megabytes + " * 1000) i");
            statement.execute("CREATE INDEX ON filling (id)");
            statement.execute("ALTER TABLE filling OWNER TO " + owner);
        }
    }

    private static void strategies(Postgres postgres, int megabytes, Report report) throws SQLException {
        String source = "source_" + megabytes;
        postgres.execute("CREATE DATABASE " + source);
        fill(postgres, source, megabytes);
        Sample log = new Sample();
        Sample files = new Sample();
        for (int i = 0; i < ROUNDS; i++) {
            log.add(copy(postgres, source, "WAL_LOG"));
            files.add(copy(postgres, source, "FILE_COPY"));
        }
        report.figure(
                "copying " + megabytes + " MB by FILE_COPY",
                files + ", " + Report.ratio(files.medianMillis() / log.medianMillis()) + " times",
                "WAL_LOG " + log);
    }

    private static long copy(Postgres postgres, String source, String strategy) throws SQLException {
        long start = System.nanoTime();
        postgres.execute("CREATE DATABASE copied TEMPLATE " + source + " STRATEGY " + strategy);
        long taken = System.nanoTime() - start;
        postgres.execute("DROP DATABASE copied");
        return taken;
    }

    private static void waiting(Postgres postgres, Report report) throws Exception {
        try (Saas saas = BenchmarkPortal.node(postgres, BenchmarkPortal.addons())) {
            Saas admin = saas.actingAs(new UserId(BenchmarkPortal.ADMINISTRATOR));
            Plan plan = admin.plans()
                    .create(Plan.builder("large")
                            .dbNameTemplate("large-%i.localhost")
                            .build());
            Tenant tenant = admin.tenants()
                    .create(CreateTenant.onPlan(plan.id()).build())
                    .tenant();
            fill(postgres, tenant.name(), LARGE);
            String source = tenant.name();
            double alone = longest(postgres, source, () -> Thread.sleep(1000));
            double bare = longest(postgres, source, () -> {
                postgres.execute("SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE datname = '"
                        + source + "'");
                postgres.execute("CREATE DATABASE bare TEMPLATE \"" + source + "\"");
            });
            double ours = longest(
                    postgres,
                    source,
                    () -> admin.tenants()
                            .duplicate(DuplicateTenant.builder(tenant.id()).build()));
            report.goal(
                    "longest wait for a session in a database of " + LARGE + " MB while it is duplicated",
                    Report.millis(ours),
                    "`CREATE DATABASE … TEMPLATE` " + Report.millis(bare) + ", no copy " + Report.millis(alone),
                    "≤ " + (int) SHORT + " ms",
                    ours <= SHORT);
        }
    }

    @FunctionalInterface
    private interface Action {
        void run() throws Exception;
    }

    private static void pause(long millis) {
        try {
            Thread.sleep(millis);
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    /** Opens sessions during an action, and returns the longest time that one took, in milliseconds. */
    private static double longest(Postgres postgres, String database, Action action) throws Exception {
        AtomicBoolean done = new AtomicBoolean();
        CompletableFuture<Sample> sessions = CompletableFuture.supplyAsync(
                () -> {
                    Sample sample = new Sample();
                    pause(FIRST_AFTER);
                    while (!done.get()) {
                        long start = System.nanoTime();
                        try (Connection connection = postgres.connect(database)) {
                            connection.isValid(1);
                            sample.add(System.nanoTime() - start);
                            pause(BETWEEN);
                        } catch (SQLException e) {
                            // A copy as a template ends it.
                            sample.add(System.nanoTime() - start);
                        }
                    }
                    return sample;
                },
                task -> new Thread(task).start());
        try {
            action.run();
        } finally {
            done.set(true);
        }
        return sessions.get().percentileMillis(100);
    }
}
