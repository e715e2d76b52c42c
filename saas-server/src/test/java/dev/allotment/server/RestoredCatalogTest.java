// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.CreateTenant;
import dev.allotment.CreatedTenant;
import dev.allotment.ErrorCodes;
import dev.allotment.Plan;
import dev.allotment.PlanId;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.UserId;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * An operator restores an older backup of the catalog, and not the databases of tenants. A tenant that the backup does
 * not know keeps its database, which no other tenant gets.
 */
class RestoredCatalogTest {
    private static final String VICTIM = "victim@example.com";
    private static final String EVE = "eve@example.com";

    /** The catalog of a control plane that is not running. */
    private interface Storage {
        SaasBuilder open(SaasBuilder builder);

        void backUp();

        void restore();
    }

    @Test
    void aClaimedSpareGoesToNobodyElseOnPostgres() throws Exception {
        try (SharedPostgres postgres = new SharedPostgres()) {
            aClaimedSpareGoesToNobodyElse(new PostgresCatalog(postgres));
        }
    }

    @Test
    void aClaimedSpareGoesToNobodyElseInH2(@TempDir Path data, @TempDir Path backup) throws Exception {
        aClaimedSpareGoesToNobodyElse(new H2Catalog(data, backup));
    }

    private static void aClaimedSpareGoesToNobodyElse(Storage storage) throws Exception {
        PlanId plan;
        UserId victim;
        UserId eve;
        try (Saas saas = open(storage)) {
            plan = saas.plans()
                    .create(Plan.builder("Stocked")
                            .dbNameTemplate("t%i")
                            .spares(3)
                            .build())
                    .id();
            saas.templates().build(plan, List.of());
            victim = signUp(saas, VICTIM);
            eve = signUp(saas, EVE);
            for (int i = 0; saas.maintenance().run() > 0; i++) {
                assertThat(i).as("the maintenance finishes").isLessThan(10);
            }
        }
        storage.backUp();
        Tenant generated;
        Tenant named;
        try (Saas saas = open(storage)) {
            generated = create(saas, plan, victim, null);
            named = create(saas, plan, victim, "shop");
            execute(saas, generated, "CREATE TABLE secret (id int)");
            execute(saas, named, "CREATE TABLE secret (id int)");
        }
        storage.restore();
        try (Saas saas = open(storage)) {
            if (saas.catalogIdentity().isCopy()) {
                saas.catalogIdentity().confirmMoved();
            }
            assertThatThrownBy(() -> create(saas, plan, eve, "shop"))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.TENANT_NAME_TAKEN));
            for (String name : new String[] {null, "other", null}) {
                Tenant tenant = create(saas, plan, eve, name);
                assertThat(tenant.uuid()).isNotIn(generated.uuid(), named.uuid());
                assertThat(tenant.name()).isNotIn(generated.name(), named.name());
                assertThatThrownBy(() -> execute(saas, tenant, "SELECT * FROM secret"))
                        .isInstanceOf(SQLException.class)
                        .hasMessageContaining("secret");
            }
        }
    }

    private static Saas open(Storage storage) {
        return storage.open(Saas.builder()
                        .administrator("admin", "admin")
                        .passwordIterations(1000)
                        .secretKey("a secret key for tests"))
                .open();
    }

    private static UserId signUp(Saas saas, String login) {
        return saas.accounts()
                .signUp(SignUp.builder(login, "Customer", "a long password").build())
                .id();
    }

    private static Tenant create(Saas saas, PlanId plan, UserId owner, String name) {
        CreatedTenant created = saas.tenants()
                .create(CreateTenant.onPlan(plan).owner(owner).name(name).build());
        String token = Objects.requireNonNull(created.signInLink()).token();
        assertThat(saas.access().redeem(created.tenant().name(), token)).isPresent();
        return created.tenant();
    }

    private static void execute(Saas saas, Tenant tenant, String sql) throws SQLException {
        var login = saas.database(tenant.name()).login();
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    private record PostgresCatalog(SharedPostgres postgres) implements Storage {
        @Override
        public SaasBuilder open(SaasBuilder builder) {
            try {
                execute("CREATE DATABASE portal");
            } catch (IllegalStateException exists) {
                // It was restored.
            }
            return builder.backend(
                    "postgres", Map.of("url", postgres.url("portal"), "user", "postgres", "password", "any"));
        }

        @Override
        public void backUp() {
            execute("CREATE DATABASE backup TEMPLATE portal");
        }

        @Override
        public void restore() {
            execute("DROP DATABASE portal WITH (FORCE)");
            execute("CREATE DATABASE portal TEMPLATE backup");
        }

        private void execute(String sql) {
            try (Connection connection = DriverManager.getConnection(postgres.url("postgres"), "postgres", "any");
                    Statement statement = connection.createStatement()) {
                statement.execute(sql);
            } catch (SQLException e) {
                throw new IllegalStateException(e);
            }
        }
    }

    private record H2Catalog(Path data, Path backup) implements Storage {
        @Override
        public SaasBuilder open(SaasBuilder builder) {
            return builder.backend("h2", Map.of("path", data.toString()));
        }

        @Override
        public void backUp() {
            copy(data, backup);
        }

        @Override
        public void restore() {
            copy(backup, data);
        }

        private static void copy(Path from, Path to) {
            try (Stream<Path> files = Files.list(from)) {
                for (Path file : files.filter(Files::isRegularFile).toList()) {
                    Files.copy(file, to.resolve(file.getFileName()), StandardCopyOption.REPLACE_EXISTING);
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}
