// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.User;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.fleet.Server;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A catalog is copied, and a second control plane is started on the copy, with production's settings. */
@Tag("slow")
class CatalogCopyTest {
    private static final Duration A_YEAR = Duration.ofDays(365);

    /** Everything that a control plane changes on a server, except in its own catalog. */
    private static final String STATE = """
            SELECT concat_ws(' ', 'database', oid, datname, datdba, datallowconn, datconnlimit, datacl)
            FROM pg_database WHERE datname NOT IN ('portal', 'staging')
            UNION ALL
            SELECT concat_ws(' ', 'role', oid, rolname, rolcanlogin, rolconnlimit, rolpassword, shobj_description(oid, 'pg_authid'))
            FROM pg_authid
            ORDER BY 1
            """;

    private SharedPostgres postgres;
    private User owner;
    private Plan plan;

    @BeforeEach
    void start() throws IOException, SQLException {
        postgres = new SharedPostgres();
        execute("CREATE DATABASE portal");
    }

    @AfterEach
    void stop() {
        postgres.close();
    }

    private Saas open(String catalog) {
        return open(catalog, Clock.systemUTC());
    }

    private Saas open(String catalog, Clock clock) {
        return Saas.builder()
                .backend("postgres", Map.of("url", postgres.url(catalog), "user", "postgres", "password", "the secret"))
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .secretKey("the same key as in production")
                .clock(clock)
                .node("node-1")
                .open();
    }

    /** Production with an open tenant, a trial, a tenant on a registered server, and an operation that is due. */
    private void produce() {
        try (Saas saas = open("portal")) {
            Server far = saas.servers()
                    .create(
                            Server.builder("far")
                                    .backend("postgres")
                                    .settings(Map.of("url", postgres.url("postgres"), "user", "postgres"))
                                    .build(),
                            "the secret");
            owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "Client Password")
                            .build());
            plan = saas.plans().create(Plan.builder("Plan").build());
            Plan trial = saas.plans().create(Plan.builder("Trial").trialHours(1).build());
            Plan there =
                    saas.plans().create(Plan.builder("There").serverId(far.id()).build());
            saas.parameters().set("saas_portal.delete_expired_trials_after", "1");
            create(saas, plan, "shop");
            create(saas, trial, "trial");
            create(saas, there, "distant");
            Operation due = saas.async()
                    .create(CreateTenant.onPlan(plan).owner(owner).name("due").build());
            assertThat(due.state()).isEqualTo(OperationState.RUNNING);
        }
    }

    private Tenant create(Saas saas, Plan on, String name) {
        return saas.tenants()
                .create(CreateTenant.onPlan(on).owner(owner).name(name).build())
                .tenant();
    }

    private void copyCatalog() throws SQLException {
        execute("CREATE DATABASE staging TEMPLATE portal");
    }

    private static Clock inAYear() {
        return Clock.offset(Clock.systemUTC(), A_YEAR);
    }

    private static void assertRefused(ThrowingCallable change) {
        assertThatThrownBy(change)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.CATALOG_CLONE));
    }

    @Test
    void aCopyReadsAndChangesNothing() throws SQLException {
        produce();
        copyCatalog();
        List<String> before = state();

        try (Saas staging = open("staging", inAYear())) {
            assertThat(staging.catalogIdentity().isCopy()).isTrue();
            assertThat(staging.maintenance().run()).isZero();
            assertThat(staging.maintenance().recover()).isZero();
            staging.maintenance().renewLeases();
            Tenant shop = staging.tenants().findByName("shop").orElseThrow();
            assertThat(shop.state()).isEqualTo(TenantState.OPEN);
            assertThat(staging.reconciliation().check().findings()).isEmpty();
            assertRefused(() -> create(staging, plan, "new"));
            assertRefused(() -> staging.tenants().suspend(shop.id()));
            assertRefused(() -> staging.tenants().purge(shop.id()));
            assertRefused(() -> staging.tenants().rename(shop.id(), "other"));
            assertRefused(() -> staging.tenants().sync(shop.id()));
            assertRefused(() -> staging.operations().recover());
            assertRefused(() -> staging.database("shop").login());
            assertRefused(() -> staging.database("shop").members().list(Query.all()));
            assertRefused(() -> staging.parameters().set("x", "y"));
        }

        assertThat(state()).isEqualTo(before);
        try (Saas production = open("portal")) {
            production.maintenance().run();
            assertThat(production.catalogIdentity().isCopy()).isFalse();
            assertThat(production.tenants().findByName("due").orElseThrow().state())
                    .isEqualTo(TenantState.OPEN);
        }
    }

    @Test
    void aSeparatedCopyWorksAndDoesNotReachTheOriginal() throws SQLException {
        produce();
        copyCatalog();
        List<String> before = state();
        try (Saas staging = open("staging")) {
            staging.catalogIdentity().separate();
            assertThat(staging.catalogIdentity().isCopy()).isFalse();
        }
        try (Saas staging = open("staging", inAYear())) {
            staging.maintenance().run();
            staging.maintenance().run();
            assertThat(state()).containsAll(before);
            assertThat(staging.servers().list(Query.all()))
                    .filteredOn(each -> each.name().equals("far"))
                    .allMatch(Server::lost);
            Tenant own = create(staging, plan, "of-staging");
            assertThat(staging.database("of-staging").members().list(Query.all()))
                    .isNotEmpty();
            staging.tenants().purge(own.id());
            Tenant shop = staging.tenants().findByName("shop").orElseThrow();
            staging.tenants().purge(shop.id());
        }
        assertThat(state()).containsAll(before);
        try (Saas production = open("portal")) {
            assertThat(production.reconciliation().check().findings()).isEmpty();
            assertThat(production.database("shop").members().list(Query.all())).isNotEmpty();
        }
    }

    @Test
    void aCatalogThatWasMovedTakesTheServersAndTheOldOneDoesNotGetThemBackByItself() throws SQLException {
        produce();
        copyCatalog();
        try (Saas moved = open("staging");
                Saas old = open("portal")) {
            create(old, plan, "before");
            moved.catalogIdentity().confirmMoved();
            moved.maintenance().run();
            assertThat(moved.tenants().findByName("due").orElseThrow().state()).isEqualTo(TenantState.OPEN);
        }
        try (Saas old = open("portal")) {
            assertThat(old.catalogIdentity().isCopy()).isTrue();
            assertThat(old.maintenance().run()).isZero();
            assertRefused(() -> create(old, plan, "late"));
            Tenant distant = old.tenants().findByName("distant").orElseThrow();
            assertThat(distant.state()).isEqualTo(TenantState.OPEN);

            old.catalogIdentity().confirmMoved();
            create(old, plan, "back");
        }
        try (Saas moved = open("staging")) {
            assertRefused(() -> create(moved, plan, "late"));
        }
    }

    @Test
    void aCatalogThatWasLeftKeepsItsKeysWhenItIsMoved() throws SQLException {
        produce();
        String key;
        try (Saas production = open("portal")) {
            key = key(production);
            assertThatThrownBy(() -> leave("portal"))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.CATALOG_IN_USE))
                    .hasMessageContaining("node-1");
        }
        leave("portal");
        copyCatalog();

        try (Saas moved = open("staging")) {
            assertRefused(() -> key(moved));
            assertThat(moved.catalogIdentity().confirmMoved()).isTrue();
            assertThat(moved.apiKeys().authenticate(key, null)).isPresent();
            create(moved, plan, "new");
        }
        try (Saas old = open("portal")) {
            assertRefused(() -> key(old));
        }
        execute("DROP DATABASE staging");
        copyCatalog();
        try (Saas again = open("staging")) {
            assertThat(again.catalogIdentity().confirmMoved())
                    .as("keys may have been revoked in the copy that was confirmed before")
                    .isFalse();
            assertThat(again.apiKeys().authenticate(key, null)).isEmpty();
        }
    }

    @Test
    void anOldCopyOfACatalogThatWasLeftKeepsNoKeys() throws SQLException {
        produce();
        String key;
        try (Saas production = open("portal")) {
            key = key(production);
        }
        leave("portal");
        copyCatalog();

        try (Saas moved = open("staging", Clock.offset(Clock.systemUTC(), Duration.ofHours(25)))) {
            assertThat(moved.catalogIdentity().confirmMoved()).isFalse();
            assertThat(moved.apiKeys().authenticate(key, null)).isEmpty();
        }
    }

    private static String key(Saas saas) {
        return saas.actingAs(saas.accounts().findByLogin("admin").orElseThrow().id())
                .apiKeys()
                .create(new NewApiKey("ci", ApiKeyScope.EVERYTHING, null))
                .secret();
    }

    private void leave(String catalog) {
        try (Saas saas = Saas.builder()
                .backend("postgres", Map.of("url", postgres.url(catalog), "user", "postgres", "password", "the secret"))
                .secretKey("the same key as in production")
                .attach()) {
            saas.catalogIdentity().leave();
        }
    }

    @Test
    void aCopyOfAFolderWithRegisteredServersChangesNothing(@TempDir Path folder) throws IOException, SQLException {
        Path original = folder.resolve("original");
        try (Saas saas = h2(original)) {
            owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "Client Password")
                            .build());
            plan = saas.plans().create(Plan.builder("Plan").build());
            create(saas, plan, "shop");
        }
        Path harmless = folder.resolve("harmless");
        copy(original, harmless);
        try (Saas saas = h2(harmless)) {
            assertThat(saas.catalogIdentity().isCopy())
                    .as("all its databases were copied")
                    .isFalse();
            saas.servers()
                    .create(
                            Server.builder("far")
                                    .backend("postgres")
                                    .settings(Map.of("url", postgres.url("postgres"), "user", "postgres"))
                                    .build(),
                            "the secret");
            create(saas, plan, "after");
        }
        copy(harmless, folder.resolve("harmful"));
        try (Saas saas = h2(folder.resolve("harmful"))) {
            assertThat(saas.catalogIdentity().isCopy()).isTrue();
            assertRefused(() -> create(saas, plan, "new"));
            saas.catalogIdentity().confirmMoved();
            create(saas, plan, "new");
        }
    }

    private static Saas h2(Path folder) {
        return Saas.builder()
                .backend("h2", Map.of("path", folder.toString()))
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .secretKey("the same key as in production")
                .open();
    }

    private static void copy(Path from, Path to) throws IOException {
        try (Stream<Path> files = Files.walk(from)) {
            files.forEach(each -> {
                try {
                    Files.copy(each, to.resolve(from.relativize(each).toString()));
                } catch (IOException e) {
                    throw new UncheckedIOException(e);
                }
            });
        }
    }

    private List<String> state() throws SQLException {
        List<String> state = new ArrayList<>();
        try (Connection connection = DriverManager.getConnection(postgres.url("postgres"), "postgres", "the secret");
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(STATE)) {
            while (rows.next()) {
                state.add(rows.getString(1));
            }
        }
        return state;
    }

    private void execute(String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(postgres.url("postgres"), "postgres", "the secret");
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }
}
