// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.OperationId;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.fleet.Server;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.StartFailure;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands {@code check} and {@code repair}, while a server runs. */
@Tag("slow")
class OperatorCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    private int run(List<String> backend, String command, String... more) {
        out.reset();
        err.reset();
        List<String> line = new ArrayList<>(List.of(command));
        line.addAll(backend);
        line.addAll(List.of(more));
        return SaasServer.run(
                Map.of(), new PrintStream(out, true), new PrintStream(err, true), line.toArray(new String[0]));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private static RunningServer serve(List<String> backend) throws StartFailure {
        List<String> line = new ArrayList<>(
                List.of("serve", "--port", "0", "--password-rounds", "1000", "--admin-password", "admin"));
        line.addAll(backend);
        return SaasServer.start(Map.of(), CommandLineArguments.parse("test", line.toArray(new String[0])));
    }

    private static Tenant tenant(RunningServer server, String name) {
        Plan plan = server.saas().plans().create(Plan.builder("Plan of " + name).build());
        return server.saas()
                .tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(server.saas()
                                .accounts()
                                .signUp(SignUp.builder("owner@" + name, "Owner", "Client Password")
                                        .build()))
                        .name(name)
                        .build())
                .tenant();
    }

    /** Runs {@code backup} for a tenant, and returns its exit code. */
    private int backUp(List<String> backend, Path store, Tenant tenant, String... more) {
        List<String> line = new ArrayList<>(List.of("--backup-folder", store.toString(), "--tenant", tenant.name()));
        line.addAll(List.of(more));
        if (!line.contains("--secret-key")) {
            line.addAll(List.of("--secret-key", "a secret key for tests"));
        }
        return run(backend, "backup", line.toArray(new String[0]));
    }

    /** An operator has what a page, a log or an email says about a tenant. */
    private void findsTenants(List<String> backend, Tenant tenant, Path store) {
        for (String each :
                List.of(tenant.uuid().toString(), tenant.id().toString(), tenant.name(), "www.shared.test")) {
            assertThat(run(
                            backend,
                            "backup",
                            "--backup-folder",
                            store.toString(),
                            "--secret-key",
                            "another secret key",
                            "--tenant",
                            each))
                    .as(err())
                    .isZero();
            assertThat(out()).contains("backups of " + tenant.name());
        }
        assertThat(run(
                        backend,
                        "backup",
                        "--backup-folder",
                        store.toString(),
                        "--secret-key",
                        "another secret key",
                        "--tenant",
                        "4711"))
                .isNotZero();
        assertThat(err()).contains("There is no tenant \"4711\". Give its name, a host, its UUID or its number.");
    }

    /** A repeat does not swap again: the operator may not have seen the first answer. */
    private void swaps(List<String> backend, RunningServer server, Tenant tenant, Tenant old, Path store) {
        String[] swap = {"--swap", old.name(), "--neutralised", "--kept", "48"};
        String[] back = {"--swap", old.name(), "--back", "--kept", "24"};
        for (String[] each : List.of(swap, swap, back)) {
            boolean repeated = out().startsWith("Swapped");
            assertThat(backUp(backend, store, tenant, each)).as(out() + err()).isZero();
            assertThat(out())
                    .contains(
                            repeated && each == swap
                                    ? "Already swapped on 20"
                                    : "Swapped " + tenant.name() + " and " + old.name());
            assertThat(connects(server.saas().database(tenant.name()).login())).isTrue();
            assertThat(connects(server.saas().database(old.name()).login())).isFalse();
            assertThat(server.saas().database(tenant.name()).parameters().value("mark"))
                    .isEqualTo(each == swap ? Optional.empty() : Optional.of("later"));
        }
        assertThat(out()).contains("is deleted on 20");
    }

    private void backsUpAndRestores(List<String> backend, RunningServer server, Tenant tenant, Path store)
            throws IOException {
        assertThat(backUp(backend, store, tenant, "--make")).as(out() + err()).isZero();
        String backup = out().substring(0, 36);
        assertThat(backUp(backend, store, tenant)).isZero();
        assertThat(out()).startsWith(backup).contains("1 backups of " + tenant.name());
        assertThat(backUp(
                        backend, store, tenant, "--restore", backup, "--as", "old.example.com", "--server", "default"))
                .as(out() + err())
                .isZero();
        assertThat(out()).contains("Restored as old.example.com", "neutralised");
        Tenant old = server.saas().tenants().findByName("old.example.com").orElseThrow();
        assertThat(connects(server.saas().database(old.name()).login())).isTrue();
        assertThat(backUp(backend, store, tenant, "--kept", "48")).isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("belong to --swap");
        server.saas().database(tenant.name()).parameters().set("mark", "later");
        swaps(backend, server, tenant, old, store);
        server.saas().tenants().purge(old.id());
        assertThat(backUp(
                        backend,
                        store,
                        tenant,
                        "--restore",
                        backup,
                        "--as",
                        "b.example.com",
                        "--secret-key",
                        "another secret key"))
                .isNotZero();
        assertThat(err()).contains("another secret key").doesNotContain("Exception");
        assertThat(backUp(backend, store, tenant, "--make", "--delete", backup)).isEqualTo(ExitCode.WRONG_SETTINGS);
        exports(backend, store, tenant, backup);
        for (List<String> stray : List.of(
                List.of("--as", "x"), List.of("--active"), List.of("--in-place"), List.of("--server", "default"))) {
            assertThat(backUp(backend, store, tenant, stray.toArray(new String[0])))
                    .isEqualTo(ExitCode.WRONG_SETTINGS);
            assertThat(err()).contains("belong to --restore");
        }
        assertThat(backUp(backend, store, tenant, "--drill")).as(out() + err()).isZero();
        assertThat(out()).contains("Restored " + backup, "as a drill in", "deleted again");
        assertThat(backUp(backend, store, tenant, "--restore", backup, "--in-place", "--as", "x"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(backUp(backend, store, tenant, "--restore", backup, "--in-place"))
                .as(out() + err())
                .isZero();
        assertThat(out()).contains("Restored in place: " + tenant.name() + " (" + tenant.uuid() + ")");
        assertThat(backUp(backend, store, tenant, "--delete", backup)).isZero();
        assertThat(backUp(backend, store, tenant)).isZero();
        assertThat(out())
                .as("the backup of the state before")
                .doesNotContain(backup)
                .contains("1 backups of " + tenant.name());
        Path keys = Files.writeString(store.resolve("keys"), "another secret key\na secret key for tests");
        assertThat(run(backend, "rekey", "--backup-folder=" + store, "--secret-key-file=" + keys))
                .as(out() + err())
                .isZero();
        assertThat(out()).contains("the backups of 1 tenants", "The backups need no other secret key.");
        assertThat(backUp(backend, store.resolve("missing"), tenant)).isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("backup-folder", "an existing folder");
    }

    private void exports(List<String> backend, Path store, Tenant tenant, String backup) throws IOException {
        Path passphrase = Files.writeString(store.resolve("passphrase"), "correct horse battery staple\n");
        Path archive = store.resolve("shop.zip");
        Path part = Files.writeString(store.resolve("shop.zip.part"), "left by a command that was killed");
        List<List<String>> exported = List.of(
                List.of("--tenant", tenant.name()),
                List.of("--tenant", tenant.name(), "--backup", backup),
                List.of("--customer", "owner@" + tenant.name(), "--passphrase-file", passphrase.toString()));
        for (List<String> what : exported) {
            List<String> line = new ArrayList<>(what);
            line.addAll(List.of("--to", archive.toString(), "--secret-key", "a secret key for tests"));
            line.addAll(List.of("--backup-folder", store.toString()));
            assertThat(run(backend, "export", line.toArray(new String[0])))
                    .as(out() + err())
                    .isZero();
            assertThat(part).doesNotExist();
            assertThat(Files.getPosixFilePermissions(archive)).hasSize(2);
            assertThat(Files.readString(archive, StandardCharsets.ISO_8859_1))
                    .startsWith(what.contains("--customer") ? "Salted__" : "PK")
                    .matches(each -> what.contains("--customer") || each.contains("members.csv"));
            assertThat(run(backend, "export", line.toArray(new String[0]))).isEqualTo(ExitCode.WRONG_SETTINGS);
            assertThat(err()).contains("Name a file that does not exist");
            Files.delete(archive);
        }
        Files.writeString(passphrase, "short");
        for (List<String> wrong : List.of(
                List.of("--tenant", tenant.name()),
                List.of("--to", archive.toString()),
                List.of("--customer", tenant.name(), "--to", archive.toString()),
                List.of("--tenant", tenant.name(), "--to", archive.toString(), "--passphrase-file=" + passphrase))) {
            assertThat(run(backend, "export", wrong.toArray(new String[0]))).isNotZero();
            assertThat(archive).doesNotExist();
            assertThat(part).doesNotExist();
        }
    }

    /** The tests of backup-s3 show that the store works. This one shows that the settings reach it. */
    private void asksAnS3Server(List<String> backend, Tenant tenant, Path folder) throws IOException {
        List<String> asked = new CopyOnWriteArrayList<>();
        HttpServer s3 = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        s3.createContext("/", request -> {
            asked.add(
                    request.getRequestURI() + " " + request.getRequestHeaders().getFirst("Authorization"));
            request.sendResponseHeaders(403, -1);
            request.close();
        });
        s3.start();
        try {
            Path secret = Files.writeString(folder.resolve("s3-secret"), "the secret of S3\n");
            assertThat(run(
                            backend,
                            "backup",
                            "--backup-s3-bucket=a-bucket",
                            "--backup-s3-prefix=production",
                            "--backup-s3-region=eu-central-1",
                            "--backup-s3-endpoint=http://127.0.0.1:"
                                    + s3.getAddress().getPort(),
                            "--backup-s3-access-key=an-access-key",
                            "--backup-s3-secret-key-file=" + secret,
                            "--secret-key=a secret key for tests",
                            "--tenant=" + tenant.name()))
                    .isEqualTo(ExitCode.UNAVAILABLE);
            assertThat(asked)
                    .singleElement()
                    .asString()
                    .startsWith("/a-bucket?")
                    .contains("production", "Credential=an-access-key/", "/eu-central-1/s3/");
            assertThat(err())
                    .as("it does not blame the catalog")
                    .startsWith("The store of the backups is unavailable")
                    .contains("403", "Check the credentials")
                    .doesNotContain("the secret of S3");
        } finally {
            s3.stop(0);
        }
    }

    @Test
    void refusesSettingsOfABucketThatDoNotFit(@TempDir Path folder) {
        List<String> memory = List.of("--backend=h2", "--data=memory");
        assertThat(run(memory, "backup", "--tenant=a", "--backup-folder=" + folder, "--backup-s3-bucket=a-bucket"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("only one of backup-s3-bucket and backup-folder");
        assertThat(run(
                        memory,
                        "backup",
                        "--tenant=a",
                        "--backup-s3-bucket=a-bucket",
                        "--backup-s3-prefix=../a",
                        "--backup-s3-endpoint=s3.example.com",
                        "--backup-s3-secret-key=the secret of S3"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err())
                .contains("backup-s3-prefix: found", "backup-s3-endpoint: found", "both or none of")
                .doesNotContain("the secret of S3");
        assertThat(run(
                        memory,
                        "backup",
                        "--tenant=a",
                        "--backup-s3-bucket=B",
                        "--backup-s3-prefix=../a",
                        "--backup-s3-endpoint=http://127.0.0.1:1"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err())
                .contains("backup-s3-bucket: found \"B\"", "backup-s3-prefix: found")
                .doesNotContain("backup-s3-endpoint", "is not a setting");
        assertThat(run(memory, "backup", "--tenant=a", "--backup-s3-region=eu-central-1"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("none without backup-s3-bucket");
        assertThat(run(memory, "backup", "--tenant=a", "--backup-before-changes=true"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("backup-before-changes: found");
        for (String bucket : List.of("--backup-s3-bucket=a-bucket", "--backup-folder=" + folder)) {
            assertThat(run(
                            memory,
                            "backup",
                            "--tenant=a",
                            bucket,
                            "--backup-s3-endpoint=https://key:pass/word@s3.example.com"))
                    .isEqualTo(ExitCode.WRONG_SETTINGS);
            assertThat(err())
                    .contains("backup-s3-endpoint: found \"…@s3.example.com\"")
                    .doesNotContain("key:pass");
        }
    }

    /** A running server could end the campaign before the next command. */
    @Test
    void pausesAndCancelsACampaignThatNoNodeWorksOn() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres()) {
            List<String> backend = postgres.options();
            try (RunningServer server = serve(backend)) {
                tenant(server, "one.example.com");
            }
            assertThat(run(backend, "campaign", "--start", "addons")).as(err()).isZero();
            String id = out().replaceAll("[^0-9]", "");
            assertThat(run(backend, "campaign", "--pause", id)).as(err()).isZero();
            assertThat(run(backend, "campaign", "--resume", id)).as(err()).isZero();
            assertThat(out()).contains("Campaign " + id + " is running");
            assertThat(run(backend, "campaign", "--pause", id)).as(err()).isZero();
            assertThat(run(backend, "campaign", "--cancel", id)).as(err()).isZero();
            try (RunningServer server = serve(backend)) {
                server.saas().operations().await(new OperationId(Long.parseLong(id)), Duration.ofSeconds(30));
            }
            assertThat(run(backend, "campaign", "--show", id)).isEqualTo(ExitCode.FINDINGS);
            assertThat(out()).contains("operation.cancelled");
        }
    }

    @Test
    void worksBesideARunningServer(@TempDir Path folder, @TempDir Path store) throws Exception {
        Path keys = Files.writeString(folder.resolve("keys"), "the first secret key\n");
        try (SharedPostgres postgres = new SharedPostgres();
                RunningServer server = serve(keyed(postgres, keys))) {
            replacesTheSecretKey(postgres, server, keys);
            Tenant renamed = tenant(server, "renamed.example.com");
            Tenant shared = tenant(server, "shared.example.com");
            Tenant dropped = tenant(server, "dropped.example.com");
            String role = server.saas().database(shared.name()).login().user();
            String owner = server.saas().database(dropped.name()).login().user();
            assertThat(run(postgres.options(), "check")).as(out() + err()).isZero();
            assertThat(out()).contains("0 findings; checked 1 database servers with 3 databases.");

            backsUpAndRestores(postgres.options(), server, renamed, store);
            server.saas().customDomains().add(renamed.id(), "www.shared.test");
            findsTenants(postgres.options(), renamed, store);
            asksAnS3Server(postgres.options(), renamed, folder);
            runsCampaigns(postgres.options(), server);
            evensOutServers(postgres, server, shared);

            try (Connection connection = postgres(postgres)) {
                execute(connection, "ALTER DATABASE \"renamed.example.com\" RENAME TO \"elsewhere\"");
                execute(connection, "GRANT CONNECT ON DATABASE \"shared.example.com\" TO PUBLIC");
                execute(connection, "ALTER ROLE \"" + role + "\" NOLOGIN");
                execute(connection, "ALTER DATABASE \"dropped.example.com\" RENAME TO \"saved\"");
                execute(connection, "CREATE ROLE \"" + owner.replaceFirst("[0-9a-f]{4}$", "0000") + "\"");
                execute(
                        connection,
                        "ALTER DATABASE \"saved\" OWNER TO \"" + owner.replaceFirst("[0-9a-f]{4}$", "0000") + "\"");
            }
            assertThat(run(postgres.options(), "check")).isEqualTo(ExitCode.FINDINGS);
            String found = out();
            assertThat(found)
                    .contains("wrong-name  elsewhere", "wrong-rights  shared.example.com")
                    .contains("not-open  shared.example.com", "missing  dropped.example.com", "orphan  saved");
            assertThat(run(postgres.options(), "repair")).isEqualTo(ExitCode.FINDINGS);
            assertThat(out()).contains("Nothing was changed");
            assertThat(run(postgres.options(), "check")).isEqualTo(ExitCode.FINDINGS);
            assertThat(out()).as("a dry run changes nothing").isEqualTo(found);

            assertThat(run(postgres.options(), "repair", "--apply")).isEqualTo(ExitCode.FINDINGS);
            assertThat(out()).contains("repaired: ", "2 findings; checked");
            assertThat(connects(server.saas().database(renamed.name()).login())).isTrue();
            assertThat(connects(server.saas().database(shared.name()).login())).isTrue();
            assertThat(server.saas().tenants().get(dropped.id()).state()).isEqualTo(TenantState.SUSPENDED);

            assertThat(run(postgres.options(), "repair", "--apply", "--drop", "shared.example.com"))
                    .isEqualTo(ExitCode.WRONG_SETTINGS);
            assertThat(err()).contains("shared.example.com");
            server.saas().tenants().purge(dropped.id());
            assertThat(run(postgres.options(), "repair", "--apply", "--drop", "saved"))
                    .as(out())
                    .isZero();
            assertThat(run(postgres.options(), "check")).isZero();
            erases(postgres.options(), server, "owner@" + dropped.name());
        }
    }

    private void erases(List<String> backend, RunningServer server, String login) {
        assertThat(run(backend, "erase")).isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(run(backend, "erase", "--customer", login, "--yes-erase", "another@example.com"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(run(backend, "erase", "--customer", login)).isZero();
        String number = String.valueOf(
                server.saas().accounts().findByLogin(login).orElseThrow().customerId());
        assertThat(out()).contains("1 account and 0 databases", "Nothing was changed.", "--proof " + number);
        assertThat(server.saas().accounts().findByLogin(login)).isPresent();
        assertThat(run(backend, "erase", "--customer", login, "--yes-erase", login))
                .as(out() + err())
                .isZero();
        String proof = out();
        assertThat(proof).contains("Erased customer " + number, "1 account and 1 database.", "Proof: entry ");
        assertThat(server.saas().accounts().findByLogin(login)).isEmpty();
        assertThat(run(backend, "erase", "--proof", number)).as(err()).isZero();
        assertThat(out()).isEqualTo(proof);
        assertThat(run(backend, "erase", "--proof", "0")).isEqualTo(ExitCode.WRONG_SETTINGS);
    }

    /** The command only records the request; the node works. */
    private void runsCampaigns(List<String> backend, RunningServer server) {
        assertThat(run(backend, "campaign")).as(err()).isZero();
        assertThat(out()).contains("0 campaigns");
        assertThat(run(backend, "campaign", "--count", "addons", "--plan", "Plan of shared.example.com"))
                .as(err())
                .isZero();
        assertThat(out()).containsPattern("(0 tenants|1 tenant) would be changed");
        assertThat(run(backend, "campaign", "--start", "addons", "--waves", "10,50", "--max-failure-percent", "2"))
                .as(err())
                .isZero();
        String id = out().replaceAll("[^0-9]", "");
        server.saas().maintenance().run();
        assertThat(server.saas()
                        .operations()
                        .await(new OperationId(Long.parseLong(id)), Duration.ofSeconds(30))
                        .state())
                .isEqualTo(OperationState.DONE);
        assertThat(run(backend, "campaign", "--list")).isZero();
        assertThat(out()).contains(id + "  addons  done", "1 campaign" + System.lineSeparator());
        assertThat(run(backend, "campaign", "--show", id)).isZero();
        assertThat(out()).contains("started by host");
        assertThat(run(backend, "campaign", "--versions")).isZero();
        takesAPlanCampaignBack(backend, server);

        for (List<String> wrong : List.of(
                List.of("--start", "everything"),
                List.of("--start", "addons", "--list"),
                List.of("--show", "first"),
                List.of("--show", id, "--canaries", "1"),
                List.of("--start", "schema"),
                List.of("--start", "addons", "--waves", "half"),
                List.of("--rebalancing", "--by", "weight"),
                List.of("--list", "--by", "load"),
                List.of("--start", "addons", "--force"),
                List.of("--start", "back=first"),
                List.of("--force"),
                List.of("--start", "addons", "--parallel", "0"))) {
            assertThat(run(backend, "campaign", wrong.toArray(new String[0])))
                    .as(wrong + out())
                    .isEqualTo(ExitCode.WRONG_SETTINGS);
        }
        for (List<String> missing : List.of(
                List.of("campaign", "--start", "addons", "--plan", "none"),
                List.of("campaign", "--start", "move=none"),
                List.of("campaign", "--start", "plan=none"),
                List.of("campaign", "--start", "back=999999"),
                List.of("campaign", "--show", "999999"),
                List.of("campaign", "--pause", "999999"),
                List.of("export", "--tenant", "none", "--to", "none.zip"))) {
            assertThat(run(
                            backend,
                            missing.get(0),
                            missing.subList(1, missing.size()).toArray(new String[0])))
                    .as(missing + err())
                    .isEqualTo(ExitCode.NOT_FOUND);
            assertThat(err()).as(missing.toString()).hasLineCount(1).doesNotContain("Exception", "Backend ");
        }
    }

    private void takesAPlanCampaignBack(List<String> backend, RunningServer server) {
        String plan = "Plan of shared.example.com";
        Tenant tenant = server.saas().tenants().findByName("shared.example.com").orElseThrow();
        server.saas().plans().create(Plan.builder("Gold").build());
        assertThat(run(backend, "campaign", "--count", "plan=Gold", "--plan", plan))
                .as(err())
                .isZero();
        assertThat(out()).contains("1 tenant would be changed");
        assertThat(run(backend, "campaign", "--start", "plan=Gold", "--plan", plan, "--force"))
                .as(err())
                .isZero();
        String campaign = out().replaceAll("[^0-9]", "");
        server.saas().maintenance().run();
        assertThat(server.saas()
                        .operations()
                        .await(new OperationId(Long.parseLong(campaign)), Duration.ofSeconds(30))
                        .state())
                .isEqualTo(OperationState.DONE);
        assertThat(run(backend, "campaign", "--show", campaign)).isZero();
        assertThat(out()).contains("plan=Gold  done  1 of 1 done");
        assertThat(run(backend, "campaign", "--start", "back=" + campaign))
                .as(err())
                .isZero();
        String back = out().replaceAll("[^0-9]", "");
        server.saas().maintenance().run();
        server.saas().operations().await(new OperationId(Long.parseLong(back)), Duration.ofSeconds(30));
        assertThat(run(backend, "campaign", "--list")).isZero();
        assertThat(out()).contains("back=" + campaign + "  done  1 of 1 done");
        assertThat(server.saas().tenants().get(tenant.id()).planId()).isEqualTo(tenant.planId());
    }

    /** Only the moves that were shown can be started. */
    private void evensOutServers(SharedPostgres postgres, RunningServer server, Tenant shared) throws IOException {
        assertThat(run(postgres.options(), "campaign", "--rebalancing", "--by", "load"))
                .as(err())
                .isZero();
        assertThat(out())
                .contains("default  0 s a day  fair 0 s a day", "No move would even out the servers noticeably.");
        try (SharedPostgres other = new SharedPostgres()) {
            Server empty = server.saas()
                    .servers()
                    .create(Server.builder("empty")
                            .backend("postgres")
                            .settings(Map.of("url", other.url("postgres"), "user", "postgres"))
                            .capacity(100_000)
                            .build());
            server.saas().tenants().sync(shared.id());
            assertThat(run(postgres.options(), "campaign", "--rebalancing"))
                    .as(err())
                    .isZero();
            assertThat(out()).containsPattern("    [a-z]+\\.example\\.com  default -> empty  [0-9]+ MB");
            String code = out().replaceAll("(?s).*rebalance=([0-9a-f]{12}).*", "$1");
            assertThat(run(postgres.options(), "campaign", "--count", "rebalance=" + code))
                    .as(err())
                    .isZero();
            assertThat(out()).contains(" would be changed");
            assertThat(run(postgres.options(), "campaign", "--start", "rebalance=0123456789ab"))
                    .isEqualTo(ExitCode.WRONG_SETTINGS);
            assertThat(err()).contains("0123456789ab", "--rebalancing");
            printsAConfigurationOfPgBouncer(postgres, other);
            server.saas().servers().delete(empty.id());
        }
    }

    /** Each database server needs its own PgBouncer. */
    private void printsAConfigurationOfPgBouncer(SharedPostgres postgres, SharedPostgres other) {
        String address = other.url("postgres").replaceFirst("[^/]*//([^:/]+):([0-9]+)/.*", "* = host=$1 port=$2\n");
        assertThat(run(postgres.options(), "pgbouncer", "--server", "empty"))
                .as(err())
                .isZero();
        assertThat(out()).contains(address, "\"saas pgbouncer --server empty\"", "default_pool_size = 20\n");
        assertThat(run(postgres.options(), "pgbouncer", "--server", "empty", "--nodes"))
                .as(err())
                .isZero();
        assertThat(out()).contains(address, "usename = 'postgres' OR ", "default_pool_size = 49\n");
        assertThat(run(postgres.options(), "pgbouncer", "--server", "default"))
                .as(err())
                .isZero();
        assertThat(out()).contains("default_pool_size = 20\n").doesNotContain(address);
        assertThat(run(postgres.options(), "pgbouncer", "--server", "nowhere")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(err()).contains("There is no database server \"nowhere\"");
    }

    private static List<String> keyed(SharedPostgres postgres, Path keys) {
        List<String> line = new ArrayList<>(postgres.options());
        line.addAll(List.of("--secret-key-file", keys.toString()));
        return line;
    }

    private void replacesTheSecretKey(SharedPostgres postgres, RunningServer server, Path keys) throws IOException {
        Server far = server.saas()
                .servers()
                .create(
                        Server.builder("far")
                                .backend("postgres")
                                .settings(Map.of("url", postgres.url("postgres"), "user", "postgres"))
                                .build(),
                        "of far");
        Files.writeString(keys, "the second secret key\nthe first secret key\n");
        assertThat(run(keyed(postgres, keys), "rekey")).as(err()).isZero();
        assertThat(out()).contains("Encrypted the passwords of 1 database servers");
        Files.writeString(keys, "the second secret key\n");
        assertThat(run(keyed(postgres, keys), "rekey")).as(err()).isZero();
        assertThat(out()).contains("with the first secret key already");

        server.saas().servers().setPassword(far.id(), "changed");
        assertThat(server.saas().servers().status(far.id()).health().up()).isTrue();
        Files.writeString(keys, "short");
        assertThat(run(keyed(postgres, keys), "rekey")).isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("secret-key", "in each line");
        server.saas().servers().setPassword(far.id(), "changed with the last valid key");
        Files.writeString(keys, "the second secret key");
        assertThat(run(keyed(postgres, keys), "rekey")).as(err()).isZero();
        server.saas().servers().delete(far.id());
    }

    @Test
    void saysThatH2FilesAreOpenInTheServer(@TempDir Path folder) throws Exception {
        List<String> files = List.of("--data", folder.resolve("data").toString());
        try (RunningServer server = serve(files)) {
            assertThat(tenant(server, "shop.example.com").state()).isEqualTo(TenantState.OPEN);
            assertThat(run(files, "check")).isEqualTo(ExitCode.UNAVAILABLE);
        }
        assertThat(run(files, "check")).as(err()).isZero();
        assertThat(out()).contains("0 findings; checked 1 database servers with 1 databases.");
        Path missing = folder.resolve("not mounted");
        assertThat(run(
                        files,
                        "backup",
                        "--backup-folder=" + missing,
                        "--secret-key=a secret key for tests",
                        "--tenant=shop.example.com"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("backup-folder", missing.toString()).doesNotContain("Backend ");
    }

    @Test
    void refusesACatalogThatIsEmpty(@TempDir Path folder) {
        assertThat(run(List.of("--data", folder.resolve("data").toString()), "check"))
                .isEqualTo(ExitCode.REFUSED);
        assertThat(err()).contains("Start a node of this build first");
    }

    private static Connection postgres(SharedPostgres postgres) throws SQLException {
        return DriverManager.getConnection(postgres.url("postgres"), "postgres", "the secret");
    }

    private static void execute(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname LIKE '%.com'");
            statement.execute(sql);
        }
    }

    private static boolean connects(DatabaseLogin login) {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password())) {
            return connection.isValid(5);
        } catch (SQLException e) {
            return false;
        }
    }
}
