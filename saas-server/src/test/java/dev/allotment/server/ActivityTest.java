// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseActivity;
import dev.allotment.DatabaseActivity.Session;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import org.junit.jupiter.api.Test;

/** What an operator sees who asks why a tenant is slow. */
class ActivityTest {
    /** A statement that would look like something else. */
    private static final String HOSTILE = "UPDATE held SET id = 3 /* \u202e\u0007\n" + "x".repeat(3000) + "*/";

    @Test
    void postgresSaysWhatWaitsForWhatAndWhatTakesTime() throws Exception {
        try (EmbeddedPostgres postgres = EmbeddedPostgres.builder()
                        .setServerConfig("shared_preload_libraries", "pg_stat_statements")
                        .start();
                Saas saas = open(Map.of(
                        "url", "jdbc:postgresql://127.0.0.1:" + postgres.getPort() + "/postgres",
                        "user", "postgres",
                        "password", "any"))) {
            Tenant shop = tenant(saas, "shop");
            Tenant market = tenant(saas, "market");
            assertThat(saas.tenants().activity(shop.id()).orElseThrow().slowest())
                    .as("the operator has not created the extension")
                    .isNull();
            try (Connection operator = postgres.getPostgresDatabase().getConnection();
                    Connection inside =
                            postgres.getDatabase("postgres", shop.name()).getConnection();
                    Connection holder = connect(saas, shop);
                    Connection stranger = connect(saas, market)) {
                execute(operator, "CREATE EXTENSION pg_stat_statements");
                execute(stranger, "SELECT count(*) AS of_another_tenant FROM generate_series(1, 2000000)");
                long pid = number(inside, "SELECT pg_backend_pid()");
                execute(inside, "SELECT count(*) AS of_the_operator FROM generate_series(1, 2000000)");
                execute(holder, "CREATE TABLE held AS SELECT g AS id FROM generate_series(1, 20000) g");
                execute(holder, "UPDATE held SET id = id + 1");
                execute(holder, "SELECT pg_stat_force_next_flush()");
                execute(holder, "ANALYZE held");
                execute(holder, "CREATE VIEW pg_stat_statements AS SELECT 1 / 0 AS query");
                DatabaseActivity activity =
                        whileOneWaits(saas, shop, holder, "LOCK TABLE held", "SET lock_timeout = 0");

                assertThat(activity.sessions())
                        .as("the sessions of this tenant, and the statements of its application only")
                        .allSatisfy(each ->
                                assertThat(String.valueOf(each.statement())).doesNotContain("of_another_tenant"))
                        .filteredOn(each -> !each.application())
                        .allSatisfy(each -> assertThat(each.statement()).isNull());
                assertThat(activity.sessions())
                        .as("a session of the operator in the database of the tenant")
                        .filteredOn(each -> each.id() == pid)
                        .singleElement()
                        .returns(false, Session::application)
                        .returns(null, Session::statement);
                assertThat(number(
                                operator,
                                "SELECT count(*) FROM pg_stat_statements s JOIN pg_database d ON d.oid = s.dbid"
                                        + " WHERE d.datname = 'shop' AND s.query LIKE '%of_the_operator%'"))
                        .isPositive();
                assertThat(activity.slowest())
                        .extracting(each -> each.text())
                        .allSatisfy(each -> assertThat(each).doesNotContain("of_another_tenant", "of_the_operator"));
                assertThat(saas.tenants().activity(market.id()).orElseThrow().slowest())
                        .as("its own tenant sees it")
                        .anySatisfy(each -> assertThat(each.text()).contains("of_another_tenant"));
                assertThat(activity.connections()).isEqualTo(2);
                assertThat(activity.maxConnections()).isEqualTo(20);
                assertThat(activity.cacheHits()).isBetween(0.1, 1.0);
                assertThat(activity.slowest())
                        .hasSizeBetween(2, 10)
                        .anySatisfy(each -> assertThat(each.text()).startsWith("CREATE TABLE held"))
                        .allSatisfy(each -> assertThat(each.calls()).isPositive());
                assertThat(activity.largest().get(0)).satisfies(each -> {
                    assertThat(each.name()).endsWith(".held");
                    assertThat(each.bytes()).isGreaterThan(500_000);
                    assertThat(each.rows()).isEqualTo(20_000);
                    assertThat(each.deadRows()).isEqualTo(20_000);
                });
                assertThat(waiting(activity).orElseThrow().waitsFor()).isEqualTo("Lock: relation");
            }
        }
    }

    @Test
    void h2SaysWhatWaitsForWhat() throws Exception {
        try (Saas saas = open(Map.of("memory", "true"))) {
            Tenant shop = tenant(saas, "shop");
            try (Connection holder = connect(saas, shop)) {
                execute(holder, "CREATE TABLE held (id int)");
                execute(holder, "INSERT INTO held SELECT \"X\" FROM SYSTEM_RANGE(1, 5000)");
                DatabaseActivity activity =
                        whileOneWaits(saas, shop, holder, "UPDATE held SET id = 2", "SET LOCK_TIMEOUT 60000");

                assertThat(activity.connections()).isEqualTo(2);
                assertThat(activity.slowest()).isNull();
                assertThat(activity.largest())
                        .as("only tables of the tenant")
                        .noneMatch(each -> each.name().toLowerCase(Locale.ROOT).startsWith("information_schema"))
                        .filteredOn(each -> each.name().toLowerCase(Locale.ROOT).endsWith(".held"))
                        .singleElement()
                        .satisfies(each -> assertThat(each.rows()).isPositive());
            }
        }
    }

    /** Reads the activity while one session of the application waits for what another one has. */
    private static DatabaseActivity whileOneWaits(
            Saas saas, Tenant shop, Connection holder, String holding, String timeout) throws Exception {
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "correct horse")
                        .build());
        assertThatThrownBy(() -> saas.actingAs(owner.id()).tenants().activity(shop.id()))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_NOT_ALLOWED));
        try (Connection waiter = connect(saas, shop)) {
            execute(waiter, timeout);
            holder.setAutoCommit(false);
            execute(holder, holding);
            CompletableFuture<Void> waits = CompletableFuture.runAsync(() -> {
                try {
                    execute(waiter, HOSTILE);
                } catch (SQLException e) {
                    throw new IllegalStateException(e);
                }
            });
            DatabaseActivity activity;
            long end = System.nanoTime() + TimeUnit.MINUTES.toNanos(1);
            do {
                activity = saas.tenants().activity(shop.id()).orElseThrow();
            } while (waiting(activity).isEmpty() && System.nanoTime() < end);
            holder.rollback();
            holder.setAutoCommit(true);
            waits.get(1, TimeUnit.MINUTES);

            Session waiting = waiting(activity).orElseThrow();
            assertThat(waiting.running()).isNotNull().isGreaterThanOrEqualTo(Duration.ZERO);
            assertThat(waiting.application()).isTrue();
            assertThat(waiting.statement())
                    .startsWith("UPDATE held SET id = 3 /*  xxx")
                    .hasSizeLessThanOrEqualTo(DatabaseActivity.MAX_TEXT);
            assertThat(activity.sessions())
                    .filteredOn(each -> waiting.blockedBy().contains(each.id()))
                    .singleElement()
                    .matches(Session::application);
            assertThat(activity.toString()).doesNotContain("held");
            return activity;
        }
    }

    private static Optional<Session> waiting(DatabaseActivity activity) {
        Predicate<Session> blocked = each -> !each.blockedBy().isEmpty();
        return activity.sessions().stream().filter(blocked).findFirst();
    }

    private static Saas open(Map<String, String> settings) {
        return Saas.builder()
                .backend(settings.containsKey("url") ? "postgres" : "h2", settings)
                .passwordIterations(1000)
                .open();
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

    private static long number(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery(sql)) {
            assertThat(row.next()).isTrue();
            return row.getLong(1);
        }
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
