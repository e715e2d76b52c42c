// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.micrometer.SaasMetrics;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What Prometheus reads about applications that put load on their database server. */
class LoadMetricsTest {
    private static final int DATABASES = 12;

    @Test
    void showsTheTenDatabasesOfAServerWithTheMost() throws SQLException {
        List<Connection> connections = new ArrayList<>();
        try (Saas saas = Saas.builder()
                        .backend("h2", Map.of("memory", "true"))
                        .passwordIterations(1000)
                        .open();
                Metrics metrics = new Metrics(new SaasMetrics(saas))) {
            for (int i = 1; i <= DATABASES; i++) {
                Tenant tenant = tenant(saas, "shop-" + i);
                for (int j = 0; j < i; j++) {
                    connections.add(connect(saas, tenant));
                }
            }
            saas.maintenance().run();
            assertThat(metrics.text().lines().filter(line -> line.startsWith("allotment_tenant_connections{")))
                    .hasSize(10)
                    .contains(
                            "allotment_tenant_connections{database=\"shop-3\",server=\"default\"} 3.0",
                            "allotment_tenant_connections{database=\"shop-12\",server=\"default\"} 12.0")
                    .noneMatch(line -> line.contains("\"shop-1\"") || line.contains("\"shop-2\""));
            assertThat(metrics.text())
                    .as("what an embedded database does not measure")
                    .doesNotContain("allotment_tenant_locks{", "allotment_tenant_transaction_seconds{");

            saas.tenants()
                    .sync(saas.tenants().findByName("shop-7").orElseThrow().id());
            assertThat(metrics.text())
                    .containsPattern("allotment_tenant_database_bytes\\{database=\"shop-7\",server=\"default\"} \\d");
        } finally {
            for (Connection each : connections) {
                each.close();
            }
        }
    }

    /** The test of a running server on PostgreSQL calls this, since starting one takes long. */
    static void showsWhatAnApplicationTakesOfPostgres(SharedPostgres postgres) throws SQLException {
        try (Connection administrator = DriverManager.getConnection(postgres.url("postgres"), "postgres", "any")) {
            execute(administrator, "CREATE DATABASE load");
        }
        try (Saas saas = Saas.builder()
                        .backend("postgres", Map.of("url", postgres.url("load"), "user", "postgres", "password", "any"))
                        .passwordIterations(1000)
                        .open();
                Metrics metrics = new Metrics(new SaasMetrics(saas))) {
            Tenant shop = tenant(saas, "busy-shop");
            try (Connection connection = connect(saas, shop);
                    Connection hoarder = connect(saas, shop)) {
                execute(connection, "SET work_mem = '64kB'");
                execute(
                        connection,
                        "SELECT count(*) FROM (SELECT g FROM generate_series(1, 50000) g ORDER BY -g OFFSET 0) sorted");
                execute(connection, "SELECT pg_stat_force_next_flush()");
                connection.setAutoCommit(false);
                execute(connection, "CREATE TABLE held (id int)");
                saas.maintenance().run();

                String text = metrics.text();
                for (String name : List.of(
                        "connections", "transaction_seconds", "locks", "temporary_bytes_total", "transactions_total")) {
                    assertThat(text)
                            .containsPattern("# HELP allotment_tenant_" + name
                                    + " \\w.*, for the databases of each server" + " with the most\n")
                            .containsPattern("allotment_tenant_" + name
                                    + "\\{database=\"busy-shop\",server=\"default\"} [0-9.E]*[1-9]");
                }
                execute(hoarder, "SELECT pg_advisory_lock(g) FROM generate_series(1, 6000) g");
                saas.maintenance().run();
                assertThat(metrics.text())
                        .contains(
                                "# HELP allotment_server_sessions_ended_total Sessions of applications that this process"
                                        + " ended because they took too much\n")
                        .contains("allotment_server_sessions_ended_total{server=\"default\"} 1.0\n")
                        .doesNotContain("allotment_tenant_prepared{");
                assertThat(hoarder.isValid(5)).as("it held too many locks").isFalse();
            }
        }
    }

    private static Tenant tenant(Saas saas, String name) {
        return saas.tenants()
                .create(CreateTenant.outsidePlans(name, new CreateTenant.Administrator("boss", "secret"))
                        .build())
                .tenant();
    }

    private static Connection connect(Saas saas, Tenant tenant) throws SQLException {
        DatabaseLogin login = saas.database(tenant.name()).login();
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
