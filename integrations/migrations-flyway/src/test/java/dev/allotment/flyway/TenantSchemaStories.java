// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Filter;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.hook.TenantSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What an embedder with a tenant schema of Flyway migrations relies on, on any backend. */
abstract class TenantSchemaStories {
    static final TenantSchema ONE = FlywaySchema.at("classpath:db/v1");
    static final TenantSchema TWO = FlywaySchema.at("classpath:db/v1", "classpath:db/v2");

    private Map<String, String> storage = Map.of();

    abstract String backend();

    /** The settings of a new catalog. */
    abstract Map<String, String> newCatalog() throws Exception;

    @BeforeEach
    void startWithAnEmptyCatalog() throws Exception {
        storage = newCatalog();
    }

    final SaasBuilder builder(TenantSchema schema) {
        return Saas.builder().backend(backend(), storage).passwordIterations(1).tenantSchema(schema);
    }

    final Saas open(TenantSchema schema) {
        return builder(schema).open();
    }

    static Plan plan(Saas saas) {
        return saas.plans().list(Query.all()).stream()
                .findFirst()
                .orElseGet(() -> saas.plans()
                        .create(Plan.builder("Shop").dbNameTemplate("shop-%i").build()));
    }

    static Tenant create(Saas saas) {
        return saas.tenants().create(order(saas)).tenant();
    }

    static CreateTenant order(Saas saas) {
        User owner = saas.accounts().list(Query.where(Filter.equal(User.LOGIN, "owner@example.com"))).stream()
                .findFirst()
                .orElseGet(() -> saas.accounts()
                        .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                                .build()));
        return CreateTenant.onPlan(plan(saas)).owner(owner).build();
    }

    static DatabaseLogin login(Saas saas, Tenant tenant) {
        return saas.database(tenant.name()).login();
    }

    static void run(DatabaseLogin login, String sql) throws SQLException {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement()) {
            statement.execute(sql);
        }
    }

    static int count(DatabaseLogin login, String from) throws SQLException {
        try (Connection connection = DriverManager.getConnection(login.url(), login.user(), login.password());
                Statement statement = connection.createStatement();
                ResultSet row = statement.executeQuery("select count(*) from " + from)) {
            row.next();
            return row.getInt(1);
        }
    }

    static void insertWithAuthor(DatabaseLogin login) throws SQLException {
        run(login, "insert into note (text, author) values ('hello', 'me')");
    }

    @Test
    void aNewTenantHasTheSchemaWhenItIsOpenedAndItsApplicationOwnsIt() throws SQLException {
        try (Saas saas = open(ONE)) {
            Tenant tenant = create(saas);
            assertThat(tenant.schemaVersion()).isEqualTo(ONE.version()).startsWith("1-");
            run(login(saas, tenant), "insert into note (text) values ('hello')");
            run(login(saas, tenant), "alter table note add column more integer");
            assertThat(count(login(saas, tenant), "note")).isEqualTo(1);
        }
    }

    @Test
    void aTemplateIsMigratedSoThatItsTenantsNeedNoMigration() throws SQLException {
        CountingSchema schema = new CountingSchema(ONE);
        try (Saas saas = open(schema)) {
            assertThat(saas.templates().build(plan(saas).id(), List.of()).schemaVersion())
                    .isEqualTo(ONE.version());
            Tenant tenant = create(saas);
            assertThat(schema.logins()).hasSize(1);
            assertThat(catchThrowable(() -> count(schema.logins().get(0), "note")))
                    .describedAs("the template is closed again")
                    .isInstanceOf(SQLException.class);
            run(login(saas, tenant), "alter table note add column more integer");
            assertThat(tenant.schemaVersion()).isEqualTo(ONE.version());
        }
    }

    @Test
    void recordQuotasDoNotPreventTheMigrationAndHoldAfterIt() throws SQLException {
        Tenant tenant;
        DatabaseLogin before;
        try (Saas saas = open(ONE)) {
            tenant = create(saas);
            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder().recordQuota("note", 1).build());
            before = login(saas, tenant);
        }
        CountingSchema schema = new CountingSchema(TWO);
        try (Saas saas = open(schema)) {
            saas.tenants().migrate(tenant.id());
            assertThat(schema.logins().get(0).password())
                    .describedAs("the application is locked out meanwhile")
                    .isNotEqualTo(before.password());
            insertWithAuthor(before);
            assertThat(catchThrowable(() -> insertWithAuthor(before)))
                    .isInstanceOf(SQLException.class)
                    .hasMessageContaining("Limit of records reached");
        }
        try (Saas saas = open(new FailingSchema("9"))) {
            assertThat(catchThrowable(() -> saas.tenants().migrate(tenant.id())))
                    .isInstanceOf(SaasException.class);
            assertThat(catchThrowable(() -> insertWithAuthor(before))).hasMessageContaining("Limit of records reached");
        }
    }
}
