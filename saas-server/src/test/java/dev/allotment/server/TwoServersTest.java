// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.AddonStatus;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.DuplicateTenant;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.ServerId;
import dev.allotment.SignUp;
import dev.allotment.SwitchPlan;
import dev.allotment.Tenant;
import dev.allotment.TenantId;
import dev.allotment.User;
import dev.allotment.access.Member;
import dev.allotment.backup.Backup;
import dev.allotment.backup.RestoreBackup;
import dev.allotment.fleet.Rebalancing;
import dev.allotment.fleet.Server;
import dev.allotment.hook.Addon;
import dev.allotment.tenant.TenantDataSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The catalog is on one database server, and the tenants are on another one that was registered later. */
@Tag("slow")
class TwoServersTest {
    private static final String DATABASES =
            "SELECT datname FROM pg_database WHERE NOT datistemplate AND datname <> 'postgres' ORDER BY datname";

    @TempDir
    private static Path backups;

    private static SaasBuilder builder() {
        return Saas.builder()
                .backupFolder(backups)
                .administrator("admin", "admin")
                .passwordIterations(1000)
                .secretKey("a secret key for tests");
    }

    /** Runs the life of a tenant on a server, and leaves one tenant there. */
    private static void live(Saas saas, Server wanted, @Nullable String password) {
        saas.parameters().set(Parameter.RETENTION_DAYS, "0");
        Server far = saas.servers().create(wanted, password);
        assertThat(saas.servers().status(far.id()).health().message()).isEmpty();
        Plan plan = saas.plans()
                .create(Plan.builder("Far").serverId(far.id()).spares(1).build());
        saas.templates().build(plan.id(), List.of("sale"));
        saas.maintenance().run();
        User owner = saas.accounts()
                .signUp(SignUp.builder("owner@example.com", "Owner", "Client Password")
                        .build());
        CreateTenant wish = CreateTenant.onPlan(plan).owner(owner).build();
        CreatedTenant shop = saas.tenants().create(wish.toBuilder().name("shop").build());
        saas.configuration()
                .apply(
                        shop.tenant().id(),
                        ConfigurationChange.builder().install("point_of_sale").build());
        saas.tenants().rename(shop.tenant().id(), "market");
        saas.tenants()
                .delete(saas.tenants()
                        .create(wish.toBuilder().name("gone").build())
                        .tenant()
                        .id());
        assertThat(saas.access()
                        .redeem(
                                "market",
                                Objects.requireNonNull(shop.signInLink()).token()))
                .isPresent();
        restoresABackup(saas, shop.tenant());
        saas.maintenance().run();
        assertThat(saas.templates().spares().claimed()).isPositive();
        assertThat(saas.database("market").addons().count(Filter.equal(AddonStatus.INSTALLED, true)))
                .isGreaterThan(1);
    }

    /** Backs up a tenant while its application works, restores the backup as another tenant, and deletes that one. */
    private static void restoresABackup(Saas saas, Tenant tenant) {
        DatabaseLogin login = saas.database("market").login();
        Backup backup;
        try (Connection application = DriverManager.getConnection(login.url(), login.user(), login.password())) {
            run(application, "CREATE TABLE note (id INT PRIMARY KEY, text VARCHAR(2000) NOT NULL)");
            for (int i = 0; i < 100; i++) {
                run(application, "INSERT INTO note VALUES (" + i + ", '" + UUID.randomUUID() + " é')");
            }
            backup = saas.backups().create(tenant.id(), null);
            if (backup.format().equals("postgres")) {
                run(application, "DELETE FROM note WHERE id > 0");
            }
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        Tenant old = saas.backups()
                .restore(RestoreBackup.builder(tenant.id(), backup.id())
                        .name("old")
                        .build())
                .tenant();

        assertThat(count(saas, "old", "note")).isEqualTo(100);
        assertThat(count(saas, "market", "note")).isEqualTo(backup.format().equals("postgres") ? 1 : 100);
        assertThat(saas.database("old").addons().list(Query.all()))
                .isEqualTo(saas.database("market").addons().list(Query.all()));
        assertThat(saas.database("old").members().count(Filter.all()))
                .isEqualTo(saas.database("market").members().count(Filter.all()));
        saas.tenants().purge(old.id());
        restoresInPlace(saas, tenant, backup, login);
    }

    /** What the application did since is gone, but in a backup; the tenant and its login are the same. */
    private static void restoresInPlace(Saas saas, Tenant tenant, Backup backup, DatabaseLogin login) {
        int present = count(saas, "market", "note");
        try (Connection application = DriverManager.getConnection(login.url(), login.user(), login.password())) {
            run(application, "CREATE TABLE later (id INT)");
            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder()
                                    .recordQuota("sale.order", 1)
                                    .build());

            Tenant restored = saas.backups().restoreInPlace(tenant.id(), backup.id(), null);

            assertThat(restored.uuid()).isEqualTo(tenant.uuid());
            assertThatThrownBy(() -> run(application, "SELECT 1")).isInstanceOf(SQLException.class);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        try (Connection application = DriverManager.getConnection(login.url(), login.user(), login.password())) {
            run(application, "INSERT INTO note VALUES (1000, 'after')");
            String order = "INSERT INTO sale_order (name, customer) VALUES ('%s', 'Customer')";
            run(application, order.formatted("first"));
            assertThatThrownBy(() -> run(application, order.formatted("second")))
                    .as("the present quota, which the backup does not have")
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("sale.order");
            assertThatThrownBy(() -> run(application, "SELECT * FROM later")).isInstanceOf(SQLException.class);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
        assertThat(count(saas, "market", "note")).isEqualTo(101);
        assertThat(saas.reconciliation().check().findings()).isEmpty();
        Backup before = saas.backups().list(tenant.id()).get(0);
        saas.backups().restoreInPlace(tenant.id(), before.id(), null);
        assertThat(count(saas, "market", "note")).isEqualTo(present);
        assertThat(count(saas, "market", "later")).isZero();
    }

    /** Moves a tenant to the server of the catalog and back, while its application is connected. */
    private static void move(Saas saas) {
        Tenant before = market(saas);
        TenantId id = before.id();
        List<Member> members = saas.database(before.name()).members().list(Query.all());
        int notes = count(saas, before.name(), "note");
        for (ServerId to : List.of(new ServerId(1), before.serverId())) {
            Tenant stale = saas.tenants().get(id);
            try (TenantDataSources sources = TenantDataSources.builder(saas)
                    .acquireTimeout(Duration.ofMinutes(1))
                    .build()) {
                // It cannot even be closed after its database was.
                Connection old = sources.of(stale).getConnection();
                saas.tenants().move(id, to);
                assertThatThrownBy(() -> run(old, "INSERT INTO note VALUES (1000, 'late')"))
                        .isInstanceOf(SQLException.class);
                try (Connection present = sources.of(stale).getConnection()) {
                    run(present, "INSERT INTO note VALUES (" + (500 + to.value()) + ", 'moved')");
                }
            } catch (SQLException e) {
                throw new AssertionError(e);
            }
        }
        assertThat(saas.tenants().get(id)).isEqualTo(before);
        assertThat(saas.database(before.name()).members().list(Query.all())).isEqualTo(members);
        assertThat(count(saas, before.name(), "note")).isEqualTo(notes + 2);
        assertThat(saas.reconciliation().check().findings()).isEmpty();
        saas.maintenance().run();
    }

    private static Tenant market(Saas saas) {
        return saas.tenants().findByName("market").orElseThrow();
    }

    private static void run(Connection connection, String sql) throws SQLException {
        try (Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private static int count(Saas saas, String database, String table) {
        DatabaseLogin login = saas.database(database).login();
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SELECT count(*) FROM " + table)) {
            rows.next();
            return rows.getInt(1);
        } catch (SQLException e) {
            throw new AssertionError(e);
        }
    }

    @Test
    void onPostgres() throws Exception {
        try (SharedPostgres near = new SharedPostgres();
                SharedPostgres far = new SharedPostgres()) {
            Map<String, String> catalog = near.settings();
            try (Saas saas = builder().backend("postgres", catalog).open()) {
                live(
                        saas,
                        Server.builder("far")
                                .backend("postgres")
                                .settings(Map.of("url", far.url("postgres"), "user", "postgres"))
                                .build(),
                        "of far");
                move(saas);
            }
            assertThat(near.ask("postgres", DATABASES)).isEmpty();
            List<String> databases = far.ask("postgres", DATABASES);
            assertThat(databases).hasSize(3).contains("market");
            for (String closed : databases) {
                if (!closed.equals("market")) {
                    assertThat(closed).matches("(template|spare)-.*");
                    assertNobodyGetsInto(far, closed);
                }
            }
            assertThat(far.ask("postgres", "SELECT nspname FROM pg_namespace WHERE nspname = 'allotment'"))
                    .as("no catalog")
                    .isEmpty();
            assertThat(far.ask(
                            "postgres",
                            "SELECT rolname FROM pg_roles WHERE rolname ~ '^allotment_[0-9a-f]{12}_[0-9a-f]{32}'"
                                    + " AND NOT (rolsuper OR rolcreaterole OR rolcreatedb OR rolreplication"
                                    + " OR rolbypassrls)"))
                    .as("a role without rights for each database, and none of a database that was replaced")
                    .hasSize(3);
            assertThat(far.ask("postgres", "SELECT has_database_privilege('public', 'postgres', 'CONNECT')"))
                    .as("let in by default")
                    .containsExactly("f");
            assertThat(near.ask("postgres", "SELECT sealed FROM allotment.server_secrets"))
                    .singleElement()
                    .satisfies(stored -> assertThat(stored).doesNotContain("of far"));
            try (Saas again = builder().backend("postgres", catalog).open()) {
                assertThat(again.database("market").members().count(Filter.equal(Member.OWNER, true)))
                        .isEqualTo(1);
            }
        }
    }

    /** Each of two roles has the tenants of its division, and neither may do anything with those of the other. */
    @Test
    void onPostgresWithTwoRoles() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres()) {
            postgres.ask(
                    "postgres",
                    "CREATE ROLE first LOGIN CREATEDB CREATEROLE; CREATE ROLE second LOGIN CREATEDB CREATEROLE;"
                            + " GRANT CREATE ON DATABASE postgres TO first; SELECT 1");
            try (Saas saas = builder()
                    .backend(
                            "postgres",
                            Map.of("url", postgres.url("postgres"), "user", "first", "password", "of first"))
                    .open()) {
                live(
                        saas,
                        Server.builder("second")
                                .backend("postgres")
                                .settings(Map.of("url", postgres.url("postgres"), "user", "second", "division", "b"))
                                .build(),
                        "of second");
                Plan near = saas.plans()
                        .create(Plan.builder("Near").serverId(new ServerId(1)).build());
                saas.templates().build(near.id(), List.of());
                User owner = saas.accounts().findByLogin("owner@example.com").orElseThrow();
                saas.tenants()
                        .create(CreateTenant.onPlan(near)
                                .owner(owner)
                                .name("near")
                                .build());

                assertThatThrownBy(() -> saas.tenants().move(market(saas).id(), new ServerId(1)))
                        .as("a name is used once on one PostgreSQL")
                        .hasMessageContaining("already exists");
                assertThat(count(saas, "market", "note")).isPositive();
                ServerId second = market(saas).serverId();
                saas.servers()
                        .update(second, each -> each.toBuilder().draining(true).build());
                assertThat(saas.servers().rebalancing().servers())
                        .extracting(Rebalancing.Share::server)
                        .containsExactly(new ServerId(1), second);
                assertThat(saas.servers().rebalancing().moves())
                        .as("moves to the other division, which would be refused")
                        .isEmpty();
                saas.servers()
                        .create(
                                Server.builder("third")
                                        .backend("postgres")
                                        .settings(Map.of(
                                                "url", postgres.url("postgres"), "user", "second", "division", "c"))
                                        .build(),
                                "of second");
                assertThat(saas.reconciliation().check().findings())
                        .as("a division has no databases of another one")
                        .isEmpty();
                assertThat(postgres.ask(
                                "postgres",
                                "SELECT d.datname || ' ' || g.rolname FROM pg_database d"
                                        + " JOIN pg_roles o ON o.oid = d.datdba"
                                        + " JOIN pg_auth_members m ON m.roleid = o.oid AND m.admin_option"
                                        + " JOIN pg_roles g ON g.oid = m.member"
                                        + " WHERE d.datname IN ('near', 'market') ORDER BY d.datname"))
                        .containsExactly("market second", "near first");
            }
        }
    }

    @Test
    void inH2(@TempDir Path near, @TempDir Path far) throws Exception {
        try (Saas saas =
                builder().backend("h2", Map.of("path", near.toString())).open()) {
            live(
                    saas,
                    Server.builder("far")
                            .backend("h2")
                            .settings(Map.of("path", far.toString()))
                            .build(),
                    null);
            move(saas);
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
            assertThat(again.database("market").members().count(Filter.equal(Member.OWNER, true)))
                    .isEqualTo(1);
        }
    }

    /** An add-on with a script for each kind of database, which no other kind runs. */
    private static final Addon KIND = new Addon() {
        @Override
        public String name() {
            return "kind";
        }

        @Override
        public String version() {
            return "1.0";
        }

        @Override
        public String title() {
            return "Of a kind";
        }

        @Override
        public List<String> dependencies() {
            return List.of();
        }

        @Override
        public List<GroupDefinition> groups() {
            return List.of();
        }

        @Override
        public List<Migration> migrations(String dialect) {
            return List.of(new Migration(
                    "1.0",
                    dialect.equals("postgres")
                            ? "create table kind (note inet)"
                            : "create cached table kind (note varchar(9))"));
        }

        @Override
        public Optional<String> uninstallScript(String dialect) {
            return Optional.of("drop table kind");
        }

        @Override
        public Optional<String> neutraliseScript(String dialect) {
            return Optional.of(
                    dialect.equals("postgres")
                            ? "insert into kind (note) values (inet '::1')"
                            : "merge into kind (note) key (note) values ('::1')");
        }
    };

    /**
     * Does all that runs scripts or has limits held to a client database on a server of another kind than the
     * catalog's.
     */
    private static void liveElsewhere(SaasBuilder builder, Server wanted) {
        try (Saas saas = builder.addons(() -> List.of(KIND)).open()) {
            Server far = saas.servers().create(wanted);
            Plan plain =
                    saas.plans().create(Plan.builder("Plain").serverId(far.id()).build());
            saas.templates().build(plain.id(), List.of("sale"));
            Plan kind =
                    saas.plans().create(Plan.builder("Kind").serverId(far.id()).build());
            saas.templates().build(kind.id(), List.of("sale", "kind"));
            User owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "Client Password")
                            .build());
            Tenant shop = saas.tenants()
                    .create(CreateTenant.onPlan(plain).owner(owner).name("shop").build())
                    .tenant();
            saas.configuration()
                    .apply(
                            shop.id(),
                            ConfigurationChange.builder()
                                    .recordQuota("sale.order", 1)
                                    .build());
            saas.tenants().switchPlan(SwitchPlan.builder(shop.id(), kind.id()).build());
            saas.tenants()
                    .duplicate(DuplicateTenant.builder(shop.id()).name("copy").build());
            assertThat(saas.database("copy").parameters().value(Parameter.NEUTRALISED))
                    .contains("addon:kind");
            saas.tenants().sync(shop.id());
            assertThat(saas.tenants().get(shop.id()).databaseSizeBytes()).isPositive();
        }
    }

    @Test
    void withTheCatalogOnPostgresAndTenantsInH2(@TempDir Path far) throws Exception {
        try (SharedPostgres near = new SharedPostgres()) {
            liveElsewhere(
                    builder().backend("postgres", near.settings()),
                    Server.builder("far")
                            .backend("h2")
                            .settings(Map.of("path", far.toString()))
                            .build());
            assertThat(near.ask("postgres", DATABASES)).isEmpty();
        }
        assertThat(folders(far)).contains("db-shop", "db-copy");
    }

    @Test
    void withTheCatalogInH2AndTenantsOnPostgres(@TempDir Path near) throws Exception {
        try (SharedPostgres far = new SharedPostgres()) {
            liveElsewhere(
                    builder().backend("h2", Map.of("path", near.toString())),
                    Server.builder("far")
                            .backend("postgres")
                            .settings(Map.of("url", far.url("postgres"), "user", "postgres"))
                            .build());
            assertThat(far.ask("postgres", DATABASES)).contains("shop", "copy");
            assertThat(far.ask("copy", "SELECT host(note) FROM kind")).containsExactly("::1");
            String order = "INSERT INTO sale_order (name, customer) VALUES ('%s', 'Someone') RETURNING name";
            assertThat(far.ask("shop", order.formatted("first"))).containsExactly("first");
            assertThatThrownBy(() -> far.ask("shop", order.formatted("second")))
                    .as("the limit is held")
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("sale.order");
        }
        assertThat(near.resolve("databases")).isEmptyDirectory();
    }

    /** Neither its own role nor an unrelated role can connect. This server requires no passwords. */
    private static void assertNobodyGetsInto(SharedPostgres server, String database) throws SQLException {
        String own = server.ask(
                        "postgres",
                        "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = '" + database + "'")
                .get(0);
        server.ask("postgres", "CREATE ROLE stranger LOGIN; SELECT 1");
        assertThatThrownBy(() -> DriverManager.getConnection(server.url(database), own, ""))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("28000"));
        assertThatThrownBy(() -> DriverManager.getConnection(server.url(database), "stranger", ""))
                .isInstanceOfSatisfying(
                        SQLException.class, e -> assertThat(e.getSQLState()).isEqualTo("42501"));
        server.ask("postgres", "DROP ROLE stranger; SELECT 1");
    }

    private static List<String> folders(Path data) throws IOException {
        try (Stream<Path> folders = Files.list(data.resolve("databases"))) {
            return folders.map(each -> each.getFileName().toString()).toList();
        }
    }
}
