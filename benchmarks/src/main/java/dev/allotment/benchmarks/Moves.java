// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationKind;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import dev.allotment.fleet.Server;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;

/**
 * Moves a tenant to another PostgreSQL server while its application writes, and measures how long the application is
 * refused. The size is a parameter: {@code JAVA_TOOL_OPTIONS=-Dallotment.benchmarks.moved-mb=2048}.
 */
final class Moves {
    private static final int QUICK_MEGABYTES = 300;
    private static final int FULL_MEGABYTES = 1024;
    private static final int WRITERS = 4;
    private static final String SECRET_KEY = "the secret key of a benchmark";
    private static final int BEFORE_AND_AFTER_MILLIS = 2000;
    private static final double LONGEST_SECONDS = 2;

    private Moves() {}

    static void run(Effort effort, Report report) throws Exception {
        int megabytes = Integer.getInteger(
                "allotment.benchmarks.moved-mb", effort == Effort.FULL ? FULL_MEGABYTES : QUICK_MEGABYTES);
        try (Postgres first = Postgres.replicating();
                Postgres second = Postgres.replicating();
                Saas saas = Saas.builder()
                        .backend("postgres", first.settings())
                        .secretKey(SECRET_KEY)
                        .open()) {
            Saas admin = saas.actingAs(new UserId(BenchmarkPortal.ADMINISTRATOR));
            Plan plan = admin.plans()
                    .create(Plan.builder("moved")
                            .dbNameTemplate("moved-%i.localhost")
                            .build());
            Tenant tenant = admin.tenants()
                    .create(CreateTenant.onPlan(plan.id()).build())
                    .tenant();
            DatabaseLogin login = saas.database(tenant.name()).login();
            execute(
                    login,
                    "CREATE TABLE filling AS SELECT i AS id, repeat(md5(i::text), 30) AS text FROM generate_series(1, "
                            + megabytes + " * 1000) i",
                    "ALTER TABLE filling ADD PRIMARY KEY (id)",
                    "CREATE TABLE entries (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, writer int, note text)");
            Map<String, String> settings = new HashMap<>(second.settings());
            String password = settings.remove("password");
            Server target = admin.servers()
                    .create(
                            Server.builder("second")
                                    .backend("postgres")
                                    .settings(settings)
                                    .build(),
                            password);
            AtomicBoolean done = new AtomicBoolean();
            List<CompletableFuture<Writer>> writers = new ArrayList<>();
            for (int i = 0; i < WRITERS; i++) {
                Writer writer = new Writer(saas, tenant.name(), i);
                writers.add(CompletableFuture.supplyAsync(() -> writer.until(done)));
            }
            Thread.sleep(BEFORE_AND_AFTER_MILLIS);
            long start = System.nanoTime();
            admin.tenants().move(tenant.id(), target.id());
            double seconds = (System.nanoTime() - start) / 1e9;
            Thread.sleep(BEFORE_AND_AFTER_MILLIS);
            done.set(true);
            double longest = 0;
            int committed = 0;
            int lost = 0;
            for (CompletableFuture<Writer> each : writers) {
                Writer writer = each.join();
                longest = Math.max(longest, writer.longest / 1e9);
                committed += writer.committed.size();
                lost += writer.lost();
            }
            Operation move = admin.operations()
                    .list(Query.where(Filter.equal(Operation.KIND, OperationKind.MOVE_TENANT)))
                    .get(0);
            report.goal(
                    "longest refusal of writes while a database of " + megabytes + " MB is moved to another server",
                    Math.round(longest * 1000) + " ms of " + Math.round(seconds) + " s " + move.result(),
                    WRITERS + " writers, " + committed + " commits",
                    "≤ " + (int) LONGEST_SECONDS + " s",
                    longest <= LONGEST_SECONDS);
            report.goal("commits lost by that move", Integer.toString(lost), committed + " commits", "none", lost == 0);
        }
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = connect(login);
                Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static Connection connect(DatabaseLogin login) throws SQLException {
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    /** Inserts rows, one after the other, and requests the login again if it cannot connect. For one thread. */
    private static final class Writer {
        private final Saas saas;
        private final String database;
        private final int number;
        private final List<String> committed = new ArrayList<>();
        private long last = System.nanoTime();
        private long longest;

        Writer(Saas saas, String database, int number) {
            this.saas = saas;
            this.database = database;
            this.number = number;
        }

        Writer until(AtomicBoolean done) {
            while (!done.get()) {
                try (Connection connection = connect(saas.database(database).login());
                        Statement statement = connection.createStatement()) {
                    while (!done.get()) {
                        insert(statement);
                    }
                } catch (SQLException | SaasException e) {
                    // It is refused now. How long is what is measured.
                    Thread.onSpinWait();
                }
            }
            longest = Math.max(longest, System.nanoTime() - last);
            return this;
        }

        private void insert(Statement statement) throws SQLException {
            try (ResultSet row = statement.executeQuery(
                    "INSERT INTO entries (writer, note) VALUES (" + number + ", 'note') RETURNING id")) {
                row.next();
                committed.add(row.getString(1));
            }
            longest = Math.max(longest, System.nanoTime() - last);
            last = System.nanoTime();
        }

        /** Returns how many of the rows that were committed are missing now. */
        int lost() throws SQLException {
            List<String> left = new ArrayList<>();
            try (Connection connection = connect(saas.database(database).login());
                    Statement statement = connection.createStatement();
                    ResultSet rows = statement.executeQuery("SELECT id FROM entries WHERE writer = " + number)) {
                while (rows.next()) {
                    left.add(rows.getString(1));
                }
            }
            List<String> missing = new ArrayList<>(committed);
            missing.removeAll(new HashSet<>(left));
            return missing.size();
        }
    }
}
