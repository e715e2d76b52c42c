// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/**
 * What PostgreSQL takes for the statements of a control plane, by the number of roles that its own role has created. A
 * role that creates another one becomes its member, with the right to administer it. A superuser does not, and serves
 * for comparison.
 */
final class Roles {
    private static final int[] SIZES = {100, 1_000, 2_000};
    private static final int TIMES = 15;
    private static final String KEEPER = "keeper";
    private static final String AFTER_ANOTHER = "ALTER ROLE after another session has created a role";

    private final Postgres postgres;
    private final Map<String, double[]> figures = new LinkedHashMap<>();
    private int others;

    private Roles(Postgres postgres) {
        this.postgres = postgres;
    }

    static void run(Effort effort, Report report) throws Exception {
        try (Postgres postgres = new Postgres()) {
            postgres.execute("CREATE ROLE " + KEEPER + " LOGIN CREATEDB CREATEROLE");
            Roles roles = new Roles(postgres);
            int there = 0;
            for (int i = 0; i < SIZES.length; i++) {
                roles.create(there, SIZES[i]);
                there = SIZES[i];
                postgres.execute("ANALYZE");
                roles.measure(KEEPER, i);
                roles.measure("postgres", i);
            }
            roles.tell(report);
        }
    }

    private Connection connect(String user) throws SQLException {
        return DriverManager.getConnection(postgres.url(), user, "");
    }

    private void create(int from, int to) throws SQLException {
        try (Connection keeper = connect(KEEPER);
                Statement statement = keeper.createStatement()) {
            statement.execute("SET createrole_self_grant = 'set, inherit'");
            for (int i = from; i < to; i++) {
                statement.execute("CREATE ROLE tenant_" + i + " NOLOGIN");
            }
            if (from == 0) {
                statement.execute("CREATE DATABASE shop OWNER tenant_0");
            }
        }
    }

    private void measure(String user, int size) throws SQLException {
        try (Connection connection = connect(user);
                Statement statement = connection.createStatement()) {
            measure(user, size, "ALTER ROLE", () -> statement.execute("ALTER ROLE tenant_0 CONNECTION LIMIT 5"));
            measure(user, size, AFTER_ANOTHER, () -> statement.execute("ALTER ROLE tenant_0 CONNECTION LIMIT 5"));
            measure(user, size, "ALTER DATABASE … RENAME", () -> {
                statement.execute("ALTER DATABASE shop RENAME TO shop2");
                statement.execute("ALTER DATABASE shop2 RENAME TO shop");
            });
            measure(user, size, "CREATE ROLE", () -> statement.execute("CREATE ROLE other_" + others++ + " NOLOGIN"));
        }
        measure(user, size, "a new session and ALTER ROLE", () -> {
            try (Connection connection = connect(user);
                    Statement statement = connection.createStatement()) {
                statement.execute("ALTER ROLE tenant_0 CONNECTION LIMIT 5");
            }
        });
    }

    private interface Work {
        void run() throws SQLException;
    }

    private void measure(String user, int size, String what, Work work) throws SQLException {
        Sample sample = new Sample();
        for (int i = 0; i < TIMES; i++) {
            if (what.equals(AFTER_ANOTHER)) {
                postgres.execute("CREATE ROLE other_" + others++ + " NOLOGIN");
            }
            long start = System.nanoTime();
            work.run();
            sample.add(System.nanoTime() - start);
        }
        String who = user.equals(KEEPER) ? "" : ", as a superuser";
        figures.computeIfAbsent(what + who, key -> new double[SIZES.length])[size] = sample.medianMillis();
    }

    private void tell(Report report) {
        figures.forEach((what, medians) -> report.figure(
                what + String.format(Locale.ROOT, ", %,d roles", SIZES[SIZES.length - 1]),
                Report.millis(medians[SIZES.length - 1]),
                String.format(
                        Locale.ROOT,
                        "%,d roles: %s; %,d roles: %s",
                        SIZES[0],
                        Report.millis(medians[0]),
                        SIZES[1],
                        Report.millis(medians[1]))));
    }
}
