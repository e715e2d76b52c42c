// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.Server;
import dev.allotment.SignUp;
import dev.allotment.Upgrade;
import dev.allotment.User;
import dev.allotment.core.Allotment;
import java.io.IOException;
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
import java.util.Objects;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog is on one database server, and the client databases are on another one that was registered later. */
class TwoServersTest {
    private static final String DATABASES =
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY datname";

    private static Allotment.Builder builder() {
        return Allotment.builder()
                .administrator("admin", "admin")
                .passwordRounds(1000)
                .secretKey("a secret key for tests");
    }

    /** Lives a short life on a server, and leaves a client database there. */
    private static void live(Saas saas, Server wanted, @Nullable String password) {
        Server far = saas.servers().create(wanted, password);
        assertThat(saas.servers().status(far.id()).health().message()).isEmpty();
        Plan plan = saas.plans()
                .create(Plan.builder("Far").serverId(far.id()).spares(1).build());
        saas.templates().build(plan.id(), List.of("sale"));
        saas.maintenance().run();
        User owner = saas.accounts().signUp(new SignUp("owner@example.com", "Owner", "Client Password"));
        CreateTenant wish = CreateTenant.on(plan).ownedBy(owner);
        CreatedTenant shop = saas.tenants().create(wish.named("shop"));
        saas.configuration()
                .apply(
                        shop.tenant().id(),
                        Upgrade.builder().install("point_of_sale").build());
        saas.tenants().rename(shop.tenant().id(), "market");
        saas.tenants().delete(saas.tenants().create(wish.named("gone")).tenant().id());
        saas.maintenance().run();
        assertThat(saas.templates().spares().claimed()).isPositive();
        assertThat(saas.access()
                        .redeem("market", Objects.requireNonNull(shop.entry()).token()))
                .isPresent();
        assertThat(saas.database("market").addons().count(Filter.equal("installed", true)))
                .isGreaterThan(1);
    }

    @Test
    void on_postgres() throws Exception {
        try (OwnPostgres near = new OwnPostgres();
                OwnPostgres far = new OwnPostgres()) {
            Map<String, String> catalog = Map.of("url", near.url("postgres"), "user", "postgres", "password", "any");
            try (Saas saas = builder().backend("postgres", catalog).open()) {
                live(
                        saas,
                        Server.builder("far")
                                .backend("postgres")
                                .settings(Map.of("url", far.url("postgres"), "user", "postgres"))
                                .build(),
                        "of far");
            }
            assertThat(ask(near, "postgres", DATABASES)).isEmpty();
            List<String> databases = ask(far, "postgres", DATABASES);
            assertThat(databases).hasSize(3).contains("market");
            for (String closed : databases) {
                if (!closed.equals("market")) {
                    assertThat(closed).matches("(template|spare)-.*");
                    assertNobodyGetsInto(far, closed);
                }
            }
            assertThat(ask(far, "postgres", "SELECT nspname FROM pg_namespace WHERE nspname = 'allotment'"))
                    .as("no catalog")
                    .isEmpty();
            assertThat(ask(far, "postgres", "SELECT has_database_privilege('public', 'postgres', 'CONNECT')"))
                    .as("let in by default")
                    .containsExactly("f");
            assertThat(ask(near, "postgres", "SELECT sealed FROM allotment.server_secrets"))
                    .singleElement()
                    .satisfies(stored -> assertThat(stored).doesNotContain("of far"));
            try (Saas again = builder().backend("postgres", catalog).open()) {
                assertThat(again.database("market").members().count(Filter.equal("owner", true)))
                        .isEqualTo(1);
            }
        }
    }

    @Test
    void in_h2(@TempDir Path near, @TempDir Path far) throws Exception {
        try (Saas saas =
                builder().backend("h2", Map.of("path", near.toString())).open()) {
            live(
                    saas,
                    Server.builder("far")
                            .backend("h2")
                            .settings(Map.of("path", far.toString()))
                            .build(),
                    null);
        }
        assertThat(folders(near)).isEmpty();
        assertThat(folders(far)).contains("db-market").hasSize(3);
        for (String database : folders(far)) {
            try (Stream<Path> files = Files.list(far.resolve("databases").resolve(database))) {
                assertThat(files.filter(file -> file.toString().endsWith(".open")))
                        .as("whether %s is open", database)
                        .hasSize(database.equals("db-market") ? 1 : 0);
            }
        }
        try (Saas again =
                builder().backend("h2", Map.of("path", near.toString())).open()) {
            assertThat(again.database("market").members().count(Filter.equal("owner", true)))
                    .isEqualTo(1);
        }
    }

    /** Neither its own role, nor one that has nothing to do with it; this server asks nobody for a password. */
    private static void assertNobodyGetsInto(OwnPostgres server, String database) throws SQLException {
        String own = ask(
                        server,
                        "postgres",
                        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '" + database + "'")
                .get(0);
        ask(server, "postgres", "CREATE ROLE stranger LOGIN; SELECT 1");
        assertThatThrownBy(() -> DriverManager.getConnection(server.url(database), own, ""))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
        assertThatThrownBy(() -> DriverManager.getConnection(server.url(database), "stranger", ""))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        ask(server, "postgres", "DROP ROLE stranger; SELECT 1");
    }

    private static List<String> folders(Path data) throws IOException {
        try (Stream<Path> folders = Files.list(data.resolve("databases"))) {
            return folders.map(each -> each.getFileName().toString()).toList();
        }
    }

    private static List<String> ask(OwnPostgres server, String database, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(server.url(database), "postgres", "");
                Statement statement = connection.createStatement()) {
            List<String> values = new ArrayList<>();
            boolean rowsFollow = statement.execute(sql);
            while (!rowsFollow) {
                rowsFollow = statement.getMoreResults();
            }
            ResultSet rows = statement.getResultSet();
            while (rows.next()) {
                values.add(rows.getString(1));
            }
            return values;
        }
    }
}
