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
    private static final String KEEPER = "all_keeper";
    private static final int DIVISION = 250;

    /** It has only {@link #DIVISION} of the roles. */
    private static final String KEEPER_OF_DIVISION = "division_keeper";

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
            postgres.execute("CREATE ROLE " + KEEPER_OF_DIVISION + " LOGIN CREATEDB CREATEROLE");
            Roles roles = new Roles(postgres);
            roles.create(KEEPER_OF_DIVISION, 0, DIVISION);
            int there = 0;
            for (int i = 0; i < SIZES.length; i++) {
                roles.create(KEEPER, there, SIZES[i]);
                there = SIZES[i];
                postgres.execute("ANALYZE");
                roles.measure(KEEPER, KEEPER, "", i);
                roles.measure("postgres", KEEPER, ", as a superuser", i);
                roles.measure(
                        KEEPER_OF_DIVISION,
                        KEEPER_OF_DIVISION,
                        String.format(Locale.ROOT, ", by another role with %d", DIVISION),
                        i);
            }
            roles.tell(report);
        }
    }

    private Connection connect(String user) throws SQLException {
        return DriverManager.getConnection(postgres.url(), user, "");
    }

    /** The roles of a keeper have its name and a number. The first one owns a database. */
    private void create(String keeperName, int from, int to) throws SQLException {
        try (Connection keeper = connect(keeperName);
                Statement statement = keeper.createStatement()) {
            statement.execute("SET createrole_self_grant = 'set, inherit'");
            for (int i = from; i < to; i++) {
                statement.execute("CREATE ROLE " + keeperName + "_" + i + " NOLOGIN");
            }
            if (from == 0) {
                statement.execute("CREATE DATABASE " + keeperName + "_shop OWNER " + keeperName + "_0");
            }
        }
    }

    /** @param keeper whose roles are changed */
    private void measure(String user, String keeper, String who, int size) throws SQLException {
        String alter = "ALTER ROLE " + keeper + "_0 CONNECTION LIMIT 5";
        String shop = keeper + "_shop";
        try (Connection connection = connect(user);
                Statement statement = connection.createStatement()) {
            measure(who, size, "ALTER ROLE", () -> statement.execute(alter));
            measure(who, size, AFTER_ANOTHER, () -> statement.execute(alter));
            measure(who, size, "ALTER DATABASE … RENAME", () -> {
                statement.execute("ALTER DATABASE " + shop + " RENAME TO shop2");
                statement.execute("ALTER DATABASE shop2 RENAME TO " + shop);
            });
            measure(who, size, "CREATE ROLE", () -> statement.execute("CREATE ROLE other_" + others++ + " NOLOGIN"));
        }
        measure(who, size, "a new session and ALTER ROLE", () -> {
            try (Connection connection = connect(user);
                    Statement statement = connection.createStatement()) {
                statement.execute(alter);
            }
        });
    }

    private interface Work {
        void run() throws SQLException;
    }

    private void measure(String who, int size, String what, Work work) throws SQLException {
        Sample sample = new Sample();
        for (int i = 0; i < TIMES; i++) {
            if (what.equals(AFTER_ANOTHER)) {
                postgres.execute("CREATE ROLE other_" + others++ + " NOLOGIN");
            }
            long start = System.nanoTime();
            work.run();
            sample.add(System.nanoTime() - start);
        }
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
