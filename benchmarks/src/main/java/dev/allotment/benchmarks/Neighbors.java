// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * What the application of one tenant does to that of another one on the same PostgreSQL. Turns with and without it
 * alternate.
 */
final class Neighbors {
    private static final double ALLOWED = 1.2;
    private static final String READ = "SELECT amount FROM orders WHERE id = ?";

    /** What an application does until it is stopped. */
    @FunctionalInterface
    private interface Noise {
        void make(DatabaseLogin login, AtomicBoolean stopped) throws SQLException;
    }

    private Neighbors() {}

    static void run(Effort effort, Report report) throws Exception {
        try (Postgres postgres = new Postgres();
                Saas saas = BenchmarkPortal.node(postgres, BenchmarkPortal.addons())) {
            User owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "a password of the owner")
                            .build());
            Plan plan = saas.plans()
                    .create(Plan.builder("plan").dbNameTemplate("db-%i.example").build());
            DatabaseLogin noisy = login(saas, plan, owner);
            DatabaseLogin quiet = login(saas, plan, owner);
            Map<String, Noise> noises = new LinkedHashMap<>();
            noises.put("runs an endless cross join", Neighbors::crossJoin);
            noises.put("opens connections in a loop", Neighbors::connectInALoop);
            noises.put("locks its tables and takes advisory locks in a loop", Neighbors::lock);
            try (Connection connection = connect(quiet);
                    PreparedStatement read = connection.prepareStatement(READ)) {
                readFor(effort.seconds(), read, new Sample());
                for (Map.Entry<String, Noise> each : noises.entrySet()) {
                    Sample alone = new Sample();
                    Sample disturbed = new Sample();
                    for (int i = 0; i < effort.rounds(); i++) {
                        readFor(effort.seconds(), read, alone);
                        withNoise(noisy, each.getValue(), () -> readFor(effort.seconds(), read, disturbed));
                    }
                    report(each.getKey(), alone, disturbed, report);
                }
            }
        }
    }

    private static DatabaseLogin login(Saas saas, Plan plan, User owner) throws SQLException {
        Tenant tenant = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).build())
                .tenant();
        DatabaseLogin login = saas.database(tenant.name()).login();
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            statement.execute("CREATE TABLE orders (id int PRIMARY KEY, amount int);"
                    + " INSERT INTO orders SELECT n, n FROM generate_series(1, 10000) n; ANALYZE orders");
        }
        return login;
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static void readFor(int seconds, PreparedStatement read, Sample sample) throws SQLException {
        long end = System.nanoTime() + seconds * 1_000_000_000L;
        for (int i = 1; System.nanoTime() < end; i = i % 10_000 + 1) {
            long begun = System.nanoTime();
            read.setInt(1, i);
            read.executeQuery().next();
            sample.add(System.nanoTime() - begun);
        }
    }

    /** Work that may fail in the database. */
    @FunctionalInterface
    private interface Work {
        void run() throws SQLException;
    }

    private static void withNoise(DatabaseLogin login, Noise noise, Work work) throws Exception {
        AtomicBoolean stopped = new AtomicBoolean();
        Thread thread = new Thread(() -> {
            while (!stopped.get()) {
                try {
                    noise.make(login, stopped);
                } catch (SQLException e) {
                    // It is out of connections, or was ended: a hostile application tries again.
                }
            }
        });
        thread.start();
        try {
            work.run();
        } finally {
            stopped.set(true);
            thread.join();
        }
    }

    private static void crossJoin(DatabaseLogin login, AtomicBoolean stopped) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            while (!stopped.get()) {
                // A statement of a tenth of a second, so that it can be stopped.
                statement.execute("SET statement_timeout = 100");
                try {
                    statement.execute("SELECT count(*) FROM orders a, orders b, orders c");
                } catch (SQLException e) {
                    // It took too long.
                }
            }
        }
    }

    private static void connectInALoop(DatabaseLogin login, AtomicBoolean stopped) throws SQLException {
        List<Connection> open = new ArrayList<>();
        try {
            while (!stopped.get()) {
                open.add(connect(login));
            }
        } finally {
            for (Connection each : open) {
                each.close();
            }
        }
    }

    private static void lock(DatabaseLogin login, AtomicBoolean stopped) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            while (!stopped.get()) {
                statement.execute("BEGIN; LOCK TABLE orders IN ACCESS EXCLUSIVE MODE;"
                        + " SELECT count(pg_advisory_xact_lock(n)) FROM generate_series(1, 1000) n; ROLLBACK");
            }
        }
    }

    private static void report(String what, Sample alone, Sample disturbed, Report report) {
        double ratio = disturbed.percentileMillis(99) / alone.percentileMillis(99);
        report.goal(
                "a neighbor's reads while a tenant's application " + what + ", 99 %",
                Report.millis(disturbed.percentileMillis(99)) + " (" + Report.ratio(ratio) + "x), median " + disturbed,
                "alone: " + Report.millis(alone.percentileMillis(99)) + ", median " + alone,
                "≤ 1.2x",
                ratio <= ALLOWED);
    }
}
