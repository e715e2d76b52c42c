// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.backup.Backup;
import dev.allotment.fleet.Server;
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
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The walk-through of the documentation: a tenant is taken from a server that was restored to a point in time. */
class SourceTest {
    private static final String SECRET = "a secret key for tests";

    @TempDir
    private Path folder;

    private Tenant shop;
    private Tenant later;

    private Path backups() throws IOException {
        return Files.createDirectories(folder.resolve("backups"));
    }

    private Saas open(String backend, Map<String, String> settings) throws IOException {
        return Saas.builder()
                .backend(backend, settings)
                .backupFolder(backups())
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .secretKey(SECRET)
                .open();
    }

    /** A tenant at the point in time. */
    private void before(Saas saas) {
        Plan plan = saas.plans().create(Plan.builder("Basic").spares(1).build());
        saas.templates().build(plan.id(), List.of());
        saas.maintenance().run();
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "Client Password")
                        .build());
        shop = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name("shop").build())
                .tenant();
        run(saas, "shop", "CREATE TABLE note (text VARCHAR(20))");
        run(saas, "shop", "INSERT INTO note VALUES ('of then')");
    }

    /** What has happened since, and what a source is not used for. */
    private void after(Saas saas, Server wanted) {
        run(saas, "shop", "UPDATE note SET text = 'of now'");
        saas.tenants().rename(shop.id(), "market");
        Plan plan = saas.plans().findByName("Basic").orElseThrow();
        later = saas.tenants()
                .create(CreateTenant.onPlan(plan)
                        .owner(shop.ownerId())
                        .name("later")
                        .build())
                .tenant();
        Server recovered = saas.servers().create(wanted, null);
        assertThat(recovered.inService()).isFalse();
        assertThat(saas.servers().status(recovered.id()).health().message()).isEmpty();
        assertThat(saas.servers().status(recovered.id()).databases()).isZero();

        saas.maintenance().run();
        assertThat(saas.reconciliation().check().findings()).isEmpty();
        assertThat(saas.reconciliation().check(recovered.id()).findings()).isEmpty();
        assertThat(saas.servers().sync(recovered.id())).isZero();
        assertThat(saas.servers()
                        .update(
                                recovered.id(),
                                each -> each.toBuilder()
                                        .active(true)
                                        .draining(false)
                                        .build()))
                .isEqualTo(recovered);
        assertRefused(
                ErrorCodes.SERVER_INVALID,
                () -> saas.servers()
                        .update(
                                recovered.id(),
                                each -> each.toBuilder()
                                        .state(Server.State.IN_USE)
                                        .build()));
        Plan pinned = saas.plans()
                .create(Plan.builder("Pinned").serverId(recovered.id()).build());
        assertRefused(
                ErrorCodes.SERVER_NONE,
                () -> saas.tenants()
                        .create(CreateTenant.onPlan(pinned)
                                .owner(shop.ownerId())
                                .name("there")
                                .build()));
        saas.plans().delete(pinned.id());
        assertRefused(ErrorCodes.SERVER_NONE, () -> saas.tenants().move(shop.id(), recovered.id()));
        assertRefused(ErrorCodes.SERVER_INVALID, () -> saas.servers().reinstate(recovered.id()));
        assertRefused(ErrorCodes.SERVER_INVALID, () -> saas.backups().createFrom(shop.id(), shop.serverId(), null));
        assertRefused(ErrorCodes.DATABASE_UNKNOWN, () -> saas.backups().createFrom(later.id(), recovered.id(), null));
        assertThat(saas.backups().list(later.id())).isEmpty();
        assertThat(saas.operations().count(Filter.equal(Operation.STATE, OperationState.RUNNING)))
                .isZero();
    }

    private static void assertRefused(String code, ThrowingCallable call) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(code));
    }

    /** Takes the tenant with the command, as the documentation says. */
    private void take(List<String> backend) throws IOException {
        String backup = backup(backend, "--make", "--from", "recovered").substring(0, 36);
        backup(backend, "--restore", backup, "--as", "shop-then", "--preview", "48");
        assertThat(backup(backend, "--restore", backup, "--in-place")).contains("Restored in place: market");
        assertThat(backup(backend)).contains(backup, "2 backups of market");
    }

    private String backup(List<String> backend, String... more) throws IOException {
        List<String> line = new ArrayList<>(List.of("backup"));
        line.addAll(backend);
        line.addAll(List.of("--backup-folder", backups().toString(), "--secret-key", SECRET, "--tenant", "market"));
        line.addAll(Arrays.asList(more));
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ByteArrayOutputStream err = new ByteArrayOutputStream();
        int code = SaasServer.run(
                Map.of(), new PrintStream(out, true), new PrintStream(err, true), line.toArray(new String[0]));
        assertThat(code).as(out + err.toString(StandardCharsets.UTF_8)).isZero();
        return out.toString(StandardCharsets.UTF_8);
    }

    /** Both tenants have the state of then. The state of now is in the other backup. The server is unregistered. */
    private void check(Saas saas) {
        assertThat(note(saas, "shop-then")).isEqualTo("of then");
        assertThat(saas.tenants().findByName("shop-then").orElseThrow().previewOf())
                .isEqualTo(shop.id());
        assertThat(note(saas, "market")).isEqualTo("of then");
        assertThat(saas.tenants().get(shop.id()).uuid()).isEqualTo(shop.uuid());
        List<Backup> found = saas.backups().list(shop.id());
        assertThat(found).extracting(Backup::madeBy).containsExactly("safety", "source");
        assertThat(saas.backups().drill(shop.id(), found.get(1).id()).members()).isPositive();
        saas.backups().restoreInPlace(shop.id(), found.get(0).id(), null);
        assertThat(note(saas, "market")).isEqualTo("of now");
        Server recovered = saas.servers().findByName("recovered").orElseThrow();
        assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.BACKUP_CREATED))))
                .anySatisfy(event -> assertThat(event.details())
                        .containsEntry("sourceServer", recovered.id().toString()));
        saas.maintenance().run();
        assertThat(saas.reconciliation().check().findings()).isEmpty();

        saas.servers().delete(recovered.id());
        assertThat(saas.servers().find(recovered.id())).isEmpty();
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

    private static String note(Saas saas, String database) {
        DatabaseLogin login = saas.database(database).login();
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT text FROM note")) {
            rows.next();
            return rows.getString(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void inH2() throws IOException {
        Path near = folder.resolve("near");
        Path past = folder.resolve("past");
        Map<String, String> settings = Map.of("path", near.toString());
        try (Saas saas = open("h2", settings)) {
            before(saas);
        }
        copy(near, past);
        Map<String, String> files = files(past);
        try (Saas saas = open("h2", settings)) {
            Server.Builder source = Server.builder("recovered").backend("h2").state(Server.State.SOURCE);
            Server live =
                    saas.servers().create(source.settings(settings).name("live").build());
            assertRefused(ErrorCodes.BACKEND_IN_USE, () -> saas.backups().createFrom(shop.id(), live.id(), null));
            saas.servers().delete(live.id());
            after(
                    saas,
                    source.name("recovered")
                            .settings(Map.of("path", past.toString()))
                            .build());
        }
        take(List.of("--backend", "h2", "--data", near.toString()));
        try (Saas saas = open("h2", settings)) {
            check(saas);
        }
        assertThat(files(past)).as("the source").isEqualTo(files);
    }

    @Test
    void onPostgres() throws Exception {
        try (SharedPostgres near = new SharedPostgres()) {
            try (Saas saas = open("postgres", near.settings())) {
                before(saas);
            }
            try (SharedPostgres past = near.restored(folder.resolve("past"))) {
                List<String> state = state(past);
                try (Saas saas = open("postgres", near.settings())) {
                    after(
                            saas,
                            Server.builder("recovered")
                                    .backend("postgres")
                                    .state(Server.State.SOURCE)
                                    .settings(Map.of("url", past.url("postgres"), "user", "postgres"))
                                    .build());
                }
                take(near.options());
                try (Saas saas = open("postgres", near.settings())) {
                    check(saas);
                }
                assertThat(state(past)).as("the source").isEqualTo(state);
            }
        }
    }

    /** Everything that a control plane changes on a server. */
    private static List<String> state(SharedPostgres server) throws SQLException {
        List<String> state = new ArrayList<>(server.ask("postgres", "SELECT r::text FROM pg_roles r ORDER BY 1"));
        state.addAll(server.ask("postgres", "SELECT d::text FROM pg_shdescription d ORDER BY 1"));
        state.addAll(server.ask(
                "postgres",
                "SELECT concat_ws(' ', datname, datdba, datallowconn, datconnlimit, datacl) FROM pg_database"
                        + " ORDER BY 1"));
        state.addAll(server.ask("shop", "SELECT relname FROM pg_class ORDER BY 1"));
        return state;
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> all = Files.walk(from)) {
            for (Path each : all.toList()) {
                Files.copy(each, to.resolve(from.relativize(each)));
            }
        }
    }

    private static Map<String, String> files(Path folder) throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> all = Files.walk(folder)) {
            for (Path each : all.toList()) {
                files.put(
                        folder.relativize(each).toString(),
                        Files.isDirectory(each) ? "" : Integer.toString(Arrays.hashCode(Files.readAllBytes(each))));
            }
        }
        return files;
    }
}
