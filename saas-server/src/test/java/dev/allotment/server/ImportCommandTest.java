// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.server.setting.ExitCode;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A backup of one installation becomes a tenant of another one, which has another secret key. */
class ImportCommandTest {
    private static final String SECRET = "the secret key of here";
    private static final String OTHER = "the secret key of there";

    @TempDir
    private Path folder;

    private Path folder(String name) throws IOException {
        return Files.createDirectories(folder.resolve(name));
    }

    private Saas open(String backend, Map<String, String> settings, String name, String secret) throws IOException {
        return Saas.builder()
                .backend(backend, settings)
                .backupFolder(folder(name))
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .secretKey(secret)
                .open();
    }

    private static User owner(Saas saas, String login) {
        return saas.accounts()
                .signUp(SignUp.builder(login, "Owner", "Client Password").build());
    }

    private static Backup backUp(Saas saas) {
        Plan plan = saas.plans().create(Plan.builder("Basic").build());
        Tenant shop = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(owner(saas, "seller@example.com"))
                        .name("shop")
                        .build())
                .tenant();
        run(saas, "shop", "CREATE TABLE note (text VARCHAR(20))");
        run(saas, "shop", "INSERT INTO note VALUES ('of there')");
        return saas.backups().create(shop.id(), null);
    }

    private int run(List<String> backend, List<String> more, StringBuilder said) throws IOException {
        List<String> line = new ArrayList<>(List.of("backup"));
        line.addAll(backend);
        line.addAll(List.of("--backup-folder", folder("here").toString(), "--secret-key", SECRET));
        line.addAll(more);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        PrintStream both = new PrintStream(out, true);
        int code = SaasServer.run(Map.of(), both, both, line.toArray(new String[0]));
        said.setLength(0);
        said.append(out.toString(StandardCharsets.UTF_8));
        return code;
    }

    private void importsWith(List<String> backend, Backup backup) throws IOException {
        Path keys = Files.writeString(folder.resolve("keys"), OTHER + "\n");
        StringBuilder said = new StringBuilder();
        List<String> command = List.of(
                "--import",
                folder("there").toString(),
                "--tenant",
                backup.tenant().toString(),
                "--restore",
                backup.id().toString(),
                "--import-key-file",
                keys.toString(),
                "--plan",
                "Gold",
                "--as",
                "bought",
                "--active");
        assertThat(run(backend, command, said)).as("without an owner").isEqualTo(ExitCode.WRONG_SETTINGS);
        List<String> complete = new ArrayList<>(command);
        complete.addAll(List.of("--owner", "buyer@example.com"));
        assertThat(run(backend, complete, said)).as(said.toString()).isZero();
        assertThat(said.toString()).contains("Imported as bought");
    }

    private static void prepare(Saas saas) {
        saas.plans().create(Plan.builder("Gold").build());
        owner(saas, "buyer@example.com");
    }

    private static void check(Saas saas) {
        Tenant bought = saas.tenants().findByName("bought").orElseThrow();
        assertThat(saas.accounts().get(bought.ownerId()).login()).isEqualTo("buyer@example.com");
        assertThat(saas.database("bought").members().list(Query.all()))
                .filteredOn(member -> member.owner())
                .singleElement()
                .satisfies(member -> assertThat(member.login()).isEqualTo("buyer@example.com"));
        DatabaseLogin login = saas.database("bought").login();
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT text FROM note")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).isEqualTo("of there");
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        assertThat(saas.reconciliation().check().findings()).isEmpty();
    }

    private static void run(Saas saas, String database, String sql) {
        DatabaseLogin login = saas.database(database).login();
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void inH2() throws IOException {
        Map<String, String> here = Map.of("path", folder.resolve("h2-here").toString());
        Backup backup;
        try (Saas saas = open("h2", Map.of("path", folder.resolve("h2-there").toString()), "there", OTHER)) {
            backup = backUp(saas);
        }
        try (Saas saas = open("h2", here, "here", SECRET)) {
            prepare(saas);
        }
        importsWith(
                List.of("--backend", "h2", "--data", folder.resolve("h2-here").toString()), backup);
        try (Saas saas = open("h2", here, "here", SECRET)) {
            check(saas);
        }
    }

    @Test
    void onPostgres() throws IOException {
        try (SharedPostgres there = new SharedPostgres();
                SharedPostgres here = new SharedPostgres()) {
            Backup backup;
            try (Saas saas = open("postgres", there.settings(), "there", OTHER)) {
                backup = backUp(saas);
            }
            try (Saas saas = open("postgres", here.settings(), "here", SECRET)) {
                prepare(saas);
                importsWith(here.options(), backup);
                check(saas);
            }
        }
    }
}
