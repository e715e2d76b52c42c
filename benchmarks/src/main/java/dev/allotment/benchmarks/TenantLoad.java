// SPDX-License-Identifier: Apache-2.0
package dev.allotment.benchmarks;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.tenant.TenantDataSources;
import jakarta.persistence.Entity;
import jakarta.persistence.Id;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import javax.sql.DataSource;
import org.hibernate.SessionFactory;
import org.hibernate.cfg.AvailableSettings;
import org.hibernate.jpa.HibernatePersistenceConfiguration;

/**
 * The same transactions with JPA on the databases of many tenants, with a limit of connections, and on one database
 * behind a plain pool. Turns alternate.
 */
final class TenantLoad {
    private static final int CONNECTIONS = 50;
    private static final int THREADS = 16;
    private static final int NOTES = 1_000;
    /** One of this many transactions writes. */
    private static final int WRITES = 10;

    /** How many tenants have most of the traffic, and how many of ten transactions are for them. */
    private static final int BUSY = 40;

    private static final int FOR_BUSY = 8;

    /** Sessions of applications, which have the roles of tenants, in one database or in all others. */
    private static final String SESSIONS = "SELECT count(*) FROM pg_stat_activity"
            + " WHERE usename NOT IN ('keeper', 'postgres') AND (datname = ?) = ?";

    /** A row of the application. */
    @Entity(name = "note")
    static class Note {
        @Id
        private long id;

        private String text = "";

        /** For Hibernate. */
        Note() {}

        void change() {
            text = "Note " + id + (text.endsWith("!") ? "" : "!");
        }
    }

    /** What some turns measured together. */
    private static final class Result {
        private final Sample latencies = new Sample();
        private double seconds;
        private int connections;

        @Override
        public String toString() {
            return String.format(
                    Locale.ROOT,
                    "99 %% within %.2f ms, median %s, %,.0f/s, at most %d connections",
                    latencies.percentileMillis(99),
                    latencies,
                    latencies.size() / seconds,
                    connections);
        }
    }

    private final String database;
    private final Connection observer;

    private TenantLoad(String database, Connection observer) {
        this.database = database;
        this.observer = observer;
    }

    static void run(Postgres postgres, Saas saas, List<Tenant> tenants, Effort effort, Report report) throws Exception {
        // The first database has its own pool, and gets no other connections.
        List<Tenant> others = tenants.subList(1, tenants.size());
        int busy = Math.min(BUSY, others.size());
        DatabaseLogin login = saas.database(tenants.get(0).name()).login();
        try (TenantDataSources sources = TenantDataSources.builder(saas)
                        .maxConnections(CONNECTIONS)
                        .build();
                HikariDataSource pool = pool(login);
                SessionFactory many = sessions(sources.current());
                SessionFactory one = sessions(pool);
                Connection observer = postgres.connect()) {
            TenantLoad load = new TenantLoad(name(pool), observer);
            Map<String, Consumer<Random>> transactions = new LinkedHashMap<>();
            transactions.put("one database", random -> transact(one, random));
            transactions.put("80 % for " + busy + " of them", random -> {
                int choices = random.nextInt(10) < FOR_BUSY ? busy : others.size();
                Tenant tenant = others.get(random.nextInt(choices));
                sources.currentTenant().runAs(tenant, () -> transact(many, random));
            });
            transactions.put("equally many for each", random -> {
                Tenant tenant = others.get(random.nextInt(others.size()));
                sources.currentTenant().runAs(tenant, () -> transact(many, random));
            });
            Map<String, Result> results = new LinkedHashMap<>();
            for (int i = -1; i < effort.rounds(); i++) {
                for (Map.Entry<String, Consumer<Random>> each : transactions.entrySet()) {
                    boolean single = each.getKey().equals("one database");
                    Result result = i < 0 ? new Result() : results.computeIfAbsent(each.getKey(), key -> new Result());
                    load.turn(each.getValue(), single, effort.seconds(), result);
                }
            }
            Result single = results.remove("one database");
            results.forEach((name, result) -> report.goal(
                    String.format(
                            Locale.ROOT,
                            "transactions with JPA by %d threads on %,d tenants, %s",
                            THREADS,
                            others.size(),
                            name),
                    result.toString(),
                    "one database behind one HikariCP: " + single,
                    "≤ " + CONNECTIONS + " connections",
                    result.connections <= CONNECTIONS));
        }
    }

    private static HikariDataSource pool(DatabaseLogin login) {
        HikariConfig config = new HikariConfig();
        config.setJdbcUrl(login.url());
        config.setUsername(login.user());
        config.setPassword(login.password());
        config.setMaximumPoolSize(THREADS);
        return new HikariDataSource(config);
    }

    private static String name(DataSource source) throws SQLException {
        try (Connection connection = source.getConnection()) {
            return connection.getCatalog();
        }
    }

    private static SessionFactory sessions(DataSource source) {
        return new HibernatePersistenceConfiguration("load")
                .managedClass(Note.class)
                .property(AvailableSettings.JAKARTA_NON_JTA_DATASOURCE, source)
                .property(AvailableSettings.JAKARTA_HBM2DDL_DB_NAME, "PostgreSQL")
                .property("hibernate.boot.allow_jdbc_metadata_access", false)
                .createEntityManagerFactory();
    }

    private static void transact(SessionFactory sessions, Random random) {
        sessions.inTransaction(session -> {
            Note note = session.find(Note.class, random.nextInt(NOTES) + 1L);
            if (random.nextInt(WRITES) == 0) {
                note.change();
            }
        });
    }

    /** Runs transactions on all threads, and observes the connections meanwhile. */
    private void turn(Consumer<Random> transaction, boolean single, int seconds, Result result) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(THREADS);
        long start = System.nanoTime();
        long end = start + TimeUnit.SECONDS.toNanos(seconds);
        try {
            List<Future<Sample>> samples = new ArrayList<>();
            for (int i = 0; i < THREADS; i++) {
                Random random = new Random(i);
                samples.add(threads.submit(() -> repeat(transaction, random, end)));
            }
            while (System.nanoTime() < end) {
                result.connections = Math.max(result.connections, sessions(single));
                Thread.sleep(5);
            }
            for (Future<Sample> sample : samples) {
                result.latencies.addAll(sample.get());
            }
            result.seconds += (System.nanoTime() - start) / 1e9;
        } finally {
            threads.shutdown();
        }
    }

    private static Sample repeat(Consumer<Random> transaction, Random random, long end) {
        Sample sample = new Sample();
        while (System.nanoTime() < end) {
            long start = System.nanoTime();
            transaction.accept(random);
            sample.add(System.nanoTime() - start);
        }
        return sample;
    }

    private int sessions(boolean single) throws SQLException {
        try (PreparedStatement statement = observer.prepareStatement(SESSIONS)) {
            statement.setString(1, database);
            statement.setBoolean(2, single);
            try (ResultSet row = statement.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
