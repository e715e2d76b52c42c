// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.test.ExternalProgram;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Applications of tenants through PgBouncer, with the configuration that {@code saas pgbouncer} prints. */
class PgBouncerApplicationTest {
    private static final String PASSWORD = "password of the pooler";
    private static final int CLIENTS = 60;
    private static final int TRANSACTIONS = 50;

    @TempDir
    private Path folder;

    private final int port = ExternalProgram.freePort();

    @Test
    void manyClientsShareFewSessionsAndFollowTheStateOfTheirDatabase() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres();
                RunningServer server = ServerContract.start(postgres.options());
                ExternalProgram pooler = pooler(postgres)) {
            Saas saas = server.saas();
            Tenant shop = saas.tenants()
                    .create(CreateTenant.outsidePlans("shop", new CreateTenant.Administrator("boss", "secret"))
                            .build())
                    .tenant();
            DatabaseLogin login = saas.database("shop").login();
            try (Connection connection = connect(login, "shop");
                    Statement statement = connection.createStatement()) {
                statement.execute("CREATE TABLE sales (id bigserial PRIMARY KEY, client integer)");
            }

            assertThat(sessions(postgres, login)).isPositive();
            sell(login);

            assertThat(count(login, "shop")).isEqualTo(CLIENTS * TRANSACTIONS);
            assertThat(sessions(postgres, login)).as(pooler.printed()).isBetween(1, 20);

            saas.tenants().suspend(shop.id());
            assertThatThrownBy(() -> count(login, "shop")).isInstanceOf(SQLException.class);
            saas.tenants().resume(shop.id());
            awaitCount(login, "shop");
            saas.tenants().rename(shop.id(), "store");
            awaitCount(login, "store");
            assertThatThrownBy(() -> count(new DatabaseLogin(login.url(), login.user(), "wrong"), "store"))
                    .isInstanceOf(SQLException.class);
            assertThatThrownBy(() -> count(login, "postgres")).isInstanceOf(SQLException.class);
            saas.tenants().purge(shop.id());
            assertThatThrownBy(() -> count(login, "store")).isInstanceOf(SQLException.class);
        }
    }

    private ExternalProgram pooler(SharedPostgres postgres) throws Exception {
        ByteArrayOutputStream printed = new ByteArrayOutputStream();
        List<String> line = new ArrayList<>(List.of("pgbouncer"));
        line.addAll(postgres.options());
        int code = SaasServer.run(
                Map.of(), new PrintStream(printed, true), new PrintStream(printed, true), line.toArray(new String[0]));
        String configuration = printed.toString(StandardCharsets.UTF_8);
        assertThat(code).as(configuration).isEqualTo(ExitCode.OK);
        try (Connection connection = DriverManager.getConnection(postgres.url("postgres"), "postgres", "");
                Statement statement = connection.createStatement()) {
            for (String sql : Pattern.compile("(?m)^;   ([^;]*(?:\\n;     [^;]*)*);$")
                    .matcher(configuration)
                    .results()
                    .map(found -> found.group(1).replace("\n;", "\n").replace("'...'", "'" + PASSWORD + "'"))
                    .toList()) {
                statement.execute(sql);
            }
        }
        Files.setPosixFilePermissions(folder, PosixFilePermissions.fromString("rwxr-xr-x"));
        Path users = Files.writeString(folder.resolve("users.txt"), "\"pgbouncer\" \"" + PASSWORD + "\"\n");
        Path file = Files.writeString(
                folder.resolve("pgbouncer.ini"),
                configuration
                        .replace("listen_port = 6432", "listen_port = " + port)
                        .replace("/etc/pgbouncer/userlist.txt", users.toString()));
        List<String> arguments = new ArrayList<>(List.of(file.toString()));
        if (System.getProperty("user.name").equals("root")) {
            // It refuses to run as root.
            arguments.addAll(0, List.of("-u", "nobody"));
        }
        return ExternalProgram.start(
                "pgbouncer", folder.resolve("pgbouncer.log"), port, arguments.toArray(new String[0]));
    }

    private Connection connect(DatabaseLogin login, String database) throws SQLException {
        return DriverManager.getConnection(
                // The driver prepares each statement in the server at its first use.
                "jdbc:postgresql://127.0.0.1:" + port + "/" + database + "?prepareThreshold=1",
                login.user(),
                login.password());
    }

    /** More clients than a tenant may have sessions, all at once. */
    private void sell(DatabaseLogin login) throws Exception {
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try {
            List<Callable<Void>> clients = new ArrayList<>();
            for (int i = 0; i < CLIENTS; i++) {
                int client = i;
                clients.add(() -> {
                    sell(login, client);
                    return null;
                });
            }
            for (Future<Void> each : threads.invokeAll(clients)) {
                each.get();
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private void sell(DatabaseLogin login, int client) throws SQLException {
        try (Connection connection = connect(login, "shop")) {
            connection.setAutoCommit(false);
            try (PreparedStatement insert = connection.prepareStatement("INSERT INTO sales (client) VALUES (?)")) {
                for (int i = 0; i < TRANSACTIONS; i++) {
                    insert.setInt(1, client);
                    insert.executeUpdate();
                    connection.commit();
                }
            }
        }
    }

    private int count(DatabaseLogin login, String database) throws SQLException {
        try (Connection connection = connect(login, database);
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("SELECT count(*) FROM sales")) {
            row.next();
            return row.getInt(1);
        }
    }

    private void awaitCount(DatabaseLogin login, String database) throws SQLException {
        long end = System.nanoTime() + TimeUnit.SECONDS.toNanos(20);
        while (true) {
            try {
                assertThat(count(login, database)).isEqualTo(CLIENTS * TRANSACTIONS);
                return;
            } catch (SQLException e) {
                if (System.nanoTime() > end) {
                    throw e;
                }
            }
        }
    }

    private static int sessions(SharedPostgres postgres, DatabaseLogin login) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.url("postgres"), "postgres", "");
                PreparedStatement query =
                        connection.prepareStatement("SELECT count(*) FROM pg_stat_activity WHERE usename = ?")) {
            query.setString(1, login.user());
            try (ResultSet row = query.executeQuery()) {
                row.next();
                return row.getInt(1);
            }
        }
    }
}
