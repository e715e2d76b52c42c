// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

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
import java.sql.ResultSet;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Properties;
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

            RunningProcess psql = run(postgres, tenant.name(), "--read-only", "--execute", "SELECT 1");

            assertThat(psql.output())
                    .contains("argument --no-password", "argument SELECT 1")
                    .noneMatch(line -> line.startsWith("argument") && line.contains(login.password()))
                    .noneMatch(line -> line.startsWith("SAAS_"));
            assertThat(psql.exitCode()).as("that of psql").isEqualTo(3);
            Map<String, String> given = psql.output().stream()
                    .filter(line -> line.startsWith("PG"))
                    .map(line -> line.split("=", 2))
                    .collect(Collectors.toMap(parts -> parts[0], parts -> parts[1]));
            assertThat(given)
                    .containsEntry("PGUSER", login.user())
                    .containsEntry("PGPASSWORD", login.password())
                    .containsEntry("PGOPTIONS", "-c default_transaction_read_only=on")
                    .doesNotContainKey("PGSERVICE");
            assertThat(connectedTo(given)).isEqualTo(tenant.name());
            assertThat(run(postgres, "absent").exitCode()).isEqualTo(ExitCode.NOT_FOUND);
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

    /** Connects as psql does, and returns the name of the database. */
    private static String connectedTo(Map<String, String> given) throws Exception {
        Properties login = new Properties();
        login.put("user", given.get("PGUSER"));
        login.put("password", given.get("PGPASSWORD"));
        login.put("options", given.get("PGOPTIONS"));
        try (Connection connection = DriverManager.getConnection(
                        "jdbc:postgresql://" + given.get("PGHOST") + ":" + given.get("PGPORT") + "/"
                                + given.get("PGDATABASE"),
                        login);
                ResultSet row = connection
                        .createStatement()
                        .executeQuery("SELECT current_database(), current_setting('transaction_read_only')")) {
            assertThat(row.next()).isTrue();
            assertThat(row.getString(2)).isEqualTo("on");
            return row.getString(1);
        }
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
