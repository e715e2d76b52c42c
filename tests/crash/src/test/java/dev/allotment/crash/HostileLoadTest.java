// SPDX-License-Identifier: Apache-2.0
package dev.allotment.crash;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCategory;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;

/**
 * Applications take all that they can get of a PostgreSQL server with small limits, which also has the catalog. The
 * control plane and a neighbor go on, and what fails meanwhile is unavailable. Where PostgreSQL has no limit for one
 * role, the test shows what the neighbor has to do without until the application is suspended.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Tag("slow")
final class HostileLoadTest {
    private static final int CONNECTIONS_OF_TENANT = 10;
    private static final int CALLERS = 6;

    /** How often an application attacks. */
    private static final int ATTACKS = KillContract.number("allotment.load.attacks", 1);

    private final ExecutorService threads = Executors.newCachedThreadPool();
    private final List<Connection> attackers = new ArrayList<>();
    private EmbeddedPostgres postgres;
    private Saas saas;
    private Plan plan;
    private User owner;
    private Tenant neighbor;
    private Connection neighborOpen;
    private int made;

    @BeforeAll
    void start() throws IOException, SQLException {
        postgres = EmbeddedPostgres.builder()
                .setServerConfig("max_connections", "70")
                .setServerConfig("reserved_connections", "20")
                .setServerConfig("max_locks_per_transaction", "10")
                .setServerConfig("max_notify_queue_pages", "64")
                .setServerConfig("temp_file_limit", "4MB")
                .start();
        try (Connection superuser = DriverManager.getConnection(url("postgres"), "postgres", "");
                Statement statement = superuser.createStatement()) {
            statement.execute("CREATE ROLE keeper LOGIN CREATEDB CREATEROLE IN ROLE pg_use_reserved_connections");
            statement.execute("CREATE DATABASE portal OWNER keeper");
        }
        saas = Saas.builder()
                .backend(
                        "postgres",
                        Map.of(
                                "url",
                                url("portal"),
                                "user",
                                "keeper",
                                "pool.size",
                                "5",
                                "client.connections",
                                "6",
                                "login.connections",
                                Integer.toString(CONNECTIONS_OF_TENANT)))
                .passwordIterations(1)
                .administrator("admin", "admin")
                .open();
        owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "a password of the owner")
                        .build());
        plan = saas.plans()
                .create(Plan.builder("plan").dbNameTemplate("db-%i.example").build());
        neighbor = create();
        neighborOpen = connect(neighbor);
        execute(neighborOpen, "CREATE TABLE own (id int)");
        saas.maintenance().run();
    }

    private String url(String database) {
        return "jdbc:postgresql://localhost:" + postgres.getPort() + '/' + database;
    }

    private Tenant create() {
        return saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner)
                        .name("db" + made++)
                        .build())
                .tenant();
    }

    private Connection connect(Tenant tenant) throws SQLException {
        DatabaseLogin login = saas.database(tenant.name()).login();
        return DriverManager.getConnection(login.url(), login.user(), login.password());
    }

    private Connection attack(Tenant tenant) throws SQLException {
        try {
            Connection connection = connect(tenant);
            attackers.add(connection);
            return connection;
        } catch (SQLException e) {
            e.addSuppressed(new IllegalStateException(sessions()));
            throw e;
        }
    }

    /** Who has the connections of the server, for a failure. */
    private String sessions() {
        try (Connection superuser = DriverManager.getConnection(url("postgres"), "postgres", "");
                Statement statement = superuser.createStatement();
                ResultSet found = statement.executeQuery(
                        "SELECT string_agg(concat_ws(' ', usename, datname, backend_type, backend_start, query), chr(10))"
                                + " FROM pg_stat_activity")) {
            found.next();
            return found.getString(1);
        } catch (SQLException e) {
            return "The sessions could not be read: " + e.getMessage();
        }
    }

    private static void execute(Connection connection, String... statements) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            for (String sql : statements) {
                statement.execute(sql);
            }
        }
    }

    private static void assertRefused(Connection connection, String sql, String state) {
        assertThatThrownBy(() -> execute(connection, sql))
                .isInstanceOfSatisfying(
                        SQLException.class,
                        e -> assertThat(e.getSQLState()).as(e.getMessage()).isEqualTo(state));
    }

    @AfterEach
    void leave() throws SQLException {
        for (Connection attacker : attackers) {
            attacker.close();
        }
        attackers.clear();
    }

    @AfterAll
    void stop() throws Exception {
        threads.shutdown();
        neighborOpen.close();
        saas.close();
        postgres.close();
    }

    /** The neighbor works in the session that it has, and the control plane does all that it does for a tenant. */
    private void assertOthersGoOn() throws SQLException {
        execute(neighborOpen, "INSERT INTO own VALUES (1)", "SELECT * FROM own", "DELETE FROM own");
        saas.tenants().sync(neighbor.id());
        Tenant other = create();
        assertThat(other.state()).isEqualTo(TenantState.OPEN);
        saas.tenants().suspend(other.id());
        saas.tenants().resume(other.id());
        saas.tenants().rename(other.id(), "renamed" + made);
        end(other);
        saas.maintenance().run();
    }

    private void end(Tenant tenant) {
        assertThat(saas.tenants().suspend(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
        saas.tenants().purge(tenant.id());
        assertThat(saas.tenants().findByName(tenant.name())).isEmpty();
    }

    /** Several callers at the same time get a result, or an error that says to try again. */
    private void assertCallersGetAnAnswer(Tenant greedy) throws InterruptedException {
        List<Runnable> calls = List.of(
                () -> saas.tenants().sync(greedy.id()),
                () -> saas.tenants().sync(neighbor.id()),
                () -> saas.database(greedy.name()).login(),
                this::create,
                () -> saas.tenants().suspend(create().id()),
                () -> saas.servers().status(greedy.serverId()));
        List<Future<?>> callers = new ArrayList<>();
        for (int caller = 0; caller < CALLERS; caller++) {
            callers.add(threads.submit(calls.get(caller % calls.size())));
        }
        for (Future<?> caller : callers) {
            try {
                caller.get();
            } catch (ExecutionException e) {
                assertThat(e.getCause())
                        .isInstanceOfSatisfying(
                                SaasException.class,
                                refused -> assertThat(refused.category())
                                        .as(refused.toString())
                                        .isEqualTo(ErrorCategory.UNAVAILABLE));
            }
        }
    }

    @Test
    void anApplicationThatFillsTheLockTable() throws Exception {
        for (int attack = 0; attack < ATTACKS; attack++) {
            Tenant greedy = create();
            Connection attacker = attack(greedy);
            execute(attacker, "ALTER ROLE CURRENT_USER PASSWORD 'makes all sessions forget this role'");
            assertRefused(attacker, "SELECT pg_advisory_lock(generate_series(1, 1000000))", "53200");
            assertCallersGetAnAnswer(greedy);

            saas.maintenance().run();
            assertThat(attacker.isValid(5)).as("the attacker's session").isFalse();
            assertOthersGoOn();
            end(greedy);
        }
    }

    @Test
    void anApplicationThatFillsTheQueueOfNotifications() throws Exception {
        Tenant greedy = create();
        execute(attack(greedy), "LISTEN greedy", "BEGIN", "SELECT 1");
        assertRefused(
                attack(greedy),
                "DO 'BEGIN FOR i IN 1..200 LOOP PERFORM pg_notify(''greedy'', repeat(''x'', 7900) || i); COMMIT;"
                        + " END LOOP; END'",
                "54000");
        assertRefused(neighborOpen, "NOTIFY own", "54000");
        assertCallersGetAnAnswer(greedy);
        assertOthersGoOn();

        end(greedy);
        saas.maintenance().run();
        execute(neighborOpen, "NOTIFY own");
    }

    @Test
    void anApplicationThatWritesTemporaryFiles() throws Exception {
        Tenant greedy = create();
        List<Future<?>> writers = new ArrayList<>();
        for (int i = 0; i < CONNECTIONS_OF_TENANT; i++) {
            Connection attacker = attack(greedy);
            execute(attacker, "SET work_mem = '64kB'");
            assertRefused(attacker, "SET temp_file_limit = -1", "42501");
            writers.add(threads.submit(() -> assertRefused(
                    attacker,
                    "SELECT count(*) FROM (SELECT repeat(md5(g::text), 8) t FROM generate_series(1, 100000) g ORDER BY t) s",
                    "53400")));
        }
        for (Future<?> writer : writers) {
            writer.get();
        }
        assertOthersGoOn();
        end(greedy);
    }

    @Test
    void anApplicationThatTakesMemory() throws Exception {
        Tenant greedy = create();
        Connection attacker = attack(greedy);
        execute(
                attacker,
                "SET work_mem = '1GB'",
                "BEGIN",
                "DECLARE kept CURSOR FOR SELECT repeat(md5(g::text), 8) t FROM generate_series(1, 100000) g ORDER BY t",
                "FETCH kept");
        assertOthersGoOn();
        end(greedy);
        assertThat(attacker.isValid(5)).isFalse();
    }

    @Test
    void applicationsThatTakeAllConnections() throws Exception {
        List<Tenant> greedy = Stream.generate(this::create).limit(5).toList();
        greedy.forEach(this::crowd);
        assertThatThrownBy(() -> connect(neighbor))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("53300"));
        assertCallersGetAnAnswer(greedy.get(0));
        assertOthersGoOn();

        greedy.forEach(this::end);
        connect(neighbor).close();
    }

    private void crowd(Tenant tenant) {
        DatabaseLogin login = saas.database(tenant.name()).login();
        IntStream.range(0, CONNECTIONS_OF_TENANT + 1).forEach(i -> {
            try {
                attackers.add(DriverManager.getConnection(login.url(), login.user(), login.password()));
            } catch (SQLException e) {
                assertThat(e.getSQLState()).isEqualTo("53300");
            }
        });
    }
}
