// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server.command;

import dev.allotment.DatabaseLogin;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.access.TenantDatabase;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.PostgresUrl;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.spi.backend.Backend;
import java.io.IOException;
import java.io.PrintStream;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/**
 * The command {@code tenant psql}: opens psql in the database of a tenant. psql gets the login in its environment,
 * which only the user of this process can read.
 */
@Command
final class PsqlCommand implements Task {
    /** If this process is killed, the login ends then. */
    private static final Duration LONGEST_READING = Duration.ofHours(8);

    @Parameters(paramLabel = "TENANT", description = "Its name, a host, its UUID or its number.")
    private @Nullable String tenant;

    @Option(
            names = "--read-only",
            description = "Signs in with a new login that can only read, for eight hours at most.")
    private boolean readOnly;

    @Option(
            names = "--execute",
            paramLabel = "COMMAND",
            description = "Executes this command of psql, such as a statement, and ends.")
    private @Nullable String statement;

    @Override
    public int run(ServerConfiguration configuration, Backend backend, PrintStream out) throws StartFailure {
        DatabaseLogin login = in(
                configuration,
                backend,
                database -> readOnly ? database.readOnlyLogin(LONGEST_READING) : database.login());
        // On a terminal, Ctrl-C reaches this process as well. It is meant for psql, which cancels a statement.
        CountDownLatch done = new CountDownLatch(1);
        Runtime.getRuntime().addShutdownHook(new Thread(() -> await(done), "psql"));
        try {
            return psql(login);
        } finally {
            try {
                if (readOnly) {
                    in(configuration, backend, database -> {
                        database.revokeReadOnlyLogin(login.user());
                        return login;
                    });
                }
            } finally {
                done.countDown();
            }
        }
    }

    private static void await(CountDownLatch latch) {
        try {
            latch.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private int psql(DatabaseLogin login) throws StartFailure {
        PostgresUrl address = PostgresUrl.read(login.url());
        if (address == null) {
            throw new StartFailure(
                    ExitCode.REFUSED, "psql is for PostgreSQL, and the database of this tenant is not in one.");
        }
        List<String> line = new ArrayList<>(List.of("psql", "--no-password"));
        if (statement != null) {
            line.addAll(List.of("--command", statement));
        }
        ProcessBuilder psql = new ProcessBuilder(line).inheritIO();
        fill(psql.environment(), address, login);
        try {
            return psql.start().waitFor();
        } catch (IOException e) {
            throw new StartFailure(
                    ExitCode.UNAVAILABLE,
                    "There is no psql on the PATH. On Debian: apt-get install postgresql-client.");
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return ExitCode.FAILED;
        }
    }

    private DatabaseLogin in(
            ServerConfiguration configuration, Backend backend, Function<TenantDatabase, DatabaseLogin> work)
            throws StartFailure {
        SaasBuilder builder = Saas.builder().backend(backend).mainDatabase(configuration.mainDatabase());
        if (configuration.secretKeys() != null) {
            builder.secretKeys(configuration.secretKeys());
        }
        try (Saas saas = builder.attach()) {
            return work.apply(
                    saas.database(NamedTenant.find(saas, String.valueOf(tenant)).name()));
        } catch (SaasException e) {
            throw StartFailure.of(e, configuration.storage());
        }
    }

    private static void fill(Map<String, String> environment, PostgresUrl address, DatabaseLogin login) {
        environment
                .keySet()
                .removeIf(each -> each.startsWith("PG") || each.startsWith("SAAS_") || each.startsWith("ALLOTMENT_"));
        environment.put("PGHOST", address.host());
        environment.put("PGPORT", address.port());
        environment.put("PGDATABASE", address.database());
        environment.put("PGUSER", login.user());
        environment.put("PGPASSWORD", login.password());
        environment.put("PGAPPNAME", "saas tenant psql");
        String mode = address.sslMode();
        if (mode != null) {
            environment.put("PGSSLMODE", mode);
        }
        String authority = address.parameters().get("sslrootcert");
        if (authority != null) {
            environment.put("PGSSLROOTCERT", authority);
        }
    }
}
