// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Plan;
import dev.allotment.Tenant;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.StartFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The command {@code tenant psql}, with a real catalog, and a psql that prints what it was given. */
class PsqlCommandTest {
    private static final String PSQL = """
            #!/bin/sh
            printf 'argument %s\\n' "$@"
            env | grep '^PG'
            env | grep '^SAAS_'
            echo ready
            read answer
            exit 3
            """;

    @TempDir
    private Path folder;

    @Test
    void psqlGetsTheLoginInItsEnvironmentAndNotOnItsLine() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres();
                RunningServer server = serve(postgres)) {
            Tenant tenant = tenant(server, "shop.example.com");
            DatabaseLogin login = server.saas().database(tenant.name()).login();

            RunningProcess psql = run(postgres, tenant.name(), "--execute", "SELECT 1");
            psql.answer();

            assertThat(psql.output())
                    .contains("argument --no-password", "argument SELECT 1")
                    .noneMatch(line -> line.startsWith("argument") && line.contains(login.password()))
                    .noneMatch(line -> line.startsWith("SAAS_"));
            assertThat(psql.exitCode()).as("that of psql").isEqualTo(3);
            Map<String, String> given = given(psql.output());
            assertThat(given)
                    .containsEntry("PGUSER", login.user())
                    .containsEntry("PGPASSWORD", login.password())
                    .doesNotContainKey("PGSERVICE");
            try (Connection connection = connect(given)) {
                assertThat(connection.getCatalog()).isEqualTo(tenant.name());
            }
            assertThat(run(postgres, "absent").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
        }
    }

    @Test
    void theLoginOfReadOnlyCanOnlyReadAndEndsWithPsql() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres();
                RunningServer server = serve(postgres)) {
            Tenant tenant = tenant(server, "shop.example.com");
            DatabaseLogin login = server.saas().database(tenant.name()).login();
            execute(login, "CREATE TABLE notes (id int)", "INSERT INTO notes VALUES (1)");

            RunningProcess psql = run(postgres, tenant.name(), "--read-only");
            psql.await("ready");
            Map<String, String> given = given(psql.seen());
            assertThat(given.get("PGUSER")).isNotEqualTo(login.user());
            try (Connection connection = connect(given);
                    Statement statement = connection.createStatement()) {
                assertThat(statement.executeQuery("SELECT id FROM notes").next())
                        .isTrue();
                statement.execute("SET default_transaction_read_only = off");
                assertThatThrownBy(() -> statement.execute("DELETE FROM notes"))
                        .isInstanceOfSatisfying(
                                SQLException.class,
                                e -> assertThat(e.getSQLState()).isEqualTo("42501"));
                psql.answer();
                assertThat(psql.exitCode()).as("that of psql").isEqualTo(3);
                assertThat(connection.isValid(5)).isFalse();
            }
            assertThatThrownBy(() -> connect(given)).isInstanceOf(SQLException.class);
        }
    }

    /** In psql it cancels a statement. */
    @Test
    void controlCEndsNeitherPsqlNorItsLogin() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres();
                RunningServer server = serve(postgres)) {
            Tenant tenant = tenant(server, "shop.example.com");
            RunningProcess psql = run(postgres, tenant.name(), "--read-only");
            psql.await("ready");
            Map<String, String> given = given(psql.seen());

            psql.interrupt();
            try (Connection connection = connect(given)) {
                assertThat(psql.isAlive()).isTrue();
                psql.answer();
                psql.exitCode();
                assertThat(connection.isValid(5)).isFalse();
            }
            assertThatThrownBy(() -> connect(given)).isInstanceOf(SQLException.class);
        }
    }

    private static Map<String, String> given(List<String> output) {
        return output.stream()
                .filter(line -> line.startsWith("PG"))
                .map(line -> line.split("=", 2))
                .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
    }

    private static void execute(DatabaseLogin login, String... statements) throws SQLException {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            for (String each : statements) {
                statement.execute(each);
            }
        }
    }

    private RunningProcess run(SharedPostgres postgres, String... line) throws IOException {
        Path psql = Files.writeString(folder.resolve("psql"), PSQL);
        assertThat(psql.toFile().setExecutable(true)).isTrue();
        List<String> command = new ArrayList<>(List.of(
                System.getProperty("java.home") + "/bin/java",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SaasServer.class.getName(),
                "tenant",
                "psql"));
        command.addAll(List.of(line));
        command.addAll(postgres.options());
        ProcessBuilder process = new ProcessBuilder(command);
        process.environment().put("PATH", folder + ":" + process.environment().get("PATH"));
        process.environment().put("PGSERVICE", "another");
        return RunningProcess.start(process);
    }

    /** Connects as psql does. */
    private static Connection connect(Map<String, String> given) throws SQLException {
        return DriverManager.getConnection(
                "jdbc:postgresql://" + given.get("PGHOST") + ":" + given.get("PGPORT") + "/" + given.get("PGDATABASE"),
                given.get("PGUSER"),
                given.get("PGPASSWORD"));
    }

    private static RunningServer serve(SharedPostgres postgres) throws StartFailure {
        List<String> line = new ArrayList<>(
                List.of("serve", "--port", "0", "--password-rounds", "1000", "--admin-password", "admin"));
        line.addAll(postgres.options());
        return SaasServer.start(Map.of(), CommandLineArguments.parse("test", line.toArray(new String[0])));
    }

    private static Tenant tenant(RunningServer server, String name) {
        return server.saas()
                .tenants()
                .create(CreateTenant.onPlan(server.saas()
                                .plans()
                                .create(Plan.builder("Plan").build()))
                        .owner(server.saas().accounts().findByLogin("admin").orElseThrow())
                        .name(name)
                        .build())
                .tenant();
    }
}
