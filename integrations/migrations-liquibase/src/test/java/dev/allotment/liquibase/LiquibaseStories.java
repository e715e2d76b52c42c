// SPDX-License-Identifier: Apache-2.0
package dev.allotment.liquibase;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Operation;
import dev.allotment.Plan;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.hook.MigrationFailedException;
import dev.allotment.hook.TenantSchema;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import liquibase.exception.LiquibaseException;
import org.junit.jupiter.api.Test;

/** What an embedder with a tenant schema of Liquibase relies on, on any backend. */
abstract class LiquibaseStories {
    abstract String backend();

    /** The settings of a new catalog. */
    abstract Map<String, String> newCatalog() throws Exception;

    final Saas open(Map<String, String> storage, TenantSchema schema) {
        return Saas.builder()
                .backend(backend(), storage)
                .passwordIterations(1)
                .tenantSchema(schema)
                .open();
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

    @Test
    void migratesTemplateNewTenantAndOpenTenantWithALockThatAKilledProcessLeft() throws Exception {
        TenantSchema one = LiquibaseSchema.at("db/changes/one.sql");
        TenantSchema two = LiquibaseSchema.at("db/changes/two.sql");
        Map<String, String> storage = newCatalog();
        Tenant tenant;
        try (Saas saas = open(storage, one)) {
            Plan plan = saas.plans()
                    .create(Plan.builder("Shop").dbNameTemplate("shop-%i").build());
            saas.templates().build(plan.id(), List.of());
            User owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                            .build());
            tenant = saas.tenants()
                    .create(CreateTenant.onPlan(saas.plans().get(plan.id()))
                            .owner(owner)
                            .build())
                    .tenant();
            assertThat(tenant.schemaVersion()).isEqualTo(one.version()).startsWith("1-");
            run(saas.database(tenant.name()).login(), "insert into note (text) values ('hello')");
        }
        try (Saas saas = open(storage, two)) {
            DatabaseLogin login = saas.database(tenant.name()).login();
            run(login, "alter table note add column author integer");
            SaasException failure = catchThrowableOfType(
                    SaasException.class, () -> saas.tenants().migrate(tenant.id()));
            assertThat(failure)
                    .hasCauseInstanceOf(MigrationFailedException.class)
                    .hasMessageFindingMatch("change set authors by shop failed \\(SQL state 42\\w{3}\\)");
            assertThat(saas.operations()
                            .list(Query.where(Filter.equal(Operation.ERROR_CODE, ErrorCodes.SCHEMA_FAILED))))
                    .singleElement()
                    .extracting(Operation::errorMessage)
                    .asString()
                    .containsIgnoringCase("\"author\"");
            run(login, "alter table note drop column author");
            run(login, "update databasechangeloglock set locked = true, lockedby = 'a killed process'");
            assertThat(saas.tenants().migrate(tenant.id()).schemaVersion())
                    .isEqualTo(two.version())
                    .startsWith("2-");
            saas.tenants().migrate(tenant.id());
            run(login, "insert into note (text, author) values ('hello', 'me')");
            assertThat(count(login, "note")).isEqualTo(2);
            assertThat(count(login, "databasechangelog")).isEqualTo(2);
            saas.configuration()
                    .apply(
                            tenant.id(),
                            ConfigurationChange.builder().recordQuota("note", 2).build());
            saas.tenants().migrate(tenant.id());
            assertThat(count(login, "note"))
                    .describedAs("the login is the same again")
                    .isEqualTo(2);
        }
    }

    @Test
    void theVersionDependsOnTheChangeSets() throws LiquibaseException {
        assertThat(LiquibaseSchema.at("db/changes/one.sql").version())
                .isEqualTo(LiquibaseSchema.at("db/changes/one.sql").version())
                .isNotEqualTo(LiquibaseSchema.at("db/changes/two.sql").version());
    }
}
