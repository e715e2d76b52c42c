// SPDX-License-Identifier: Apache-2.0
package dev.allotment.liquibase;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.Plan;
import dev.allotment.Saas;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.test.TenantTraps;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.sql.Connection;
import java.sql.Statement;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PostgresLiquibaseTest extends LiquibaseStories {
    private static EmbeddedPostgres postgres;
    private static int catalogs;

    @BeforeAll
    static void start() throws IOException {
        postgres = EmbeddedPostgres.builder().setServerConfig("fsync", "off").start();
    }

    @AfterAll
    static void stop() throws IOException {
        postgres.close();
    }

    @Override
    String backend() {
        return "postgres";
    }

    @Override
    Map<String, String> newCatalog() throws Exception {
        String name = "catalog" + catalogs++;
        try (Connection connection = postgres.getPostgresDatabase().getConnection();
                Statement statement = connection.createStatement()) {
            statement.execute("create database " + name);
        }
        return Map.of(
                "url",
                "jdbc:postgresql://localhost:" + postgres.getPort() + "/" + name,
                "user",
                "postgres",
                "password",
                "postgres");
    }

    /** An application may keep a transaction open that locks a table. */
    @Test
    void aMigrationWaitsForALockForALimitedTime() throws Exception {
        try (Saas saas = open(newCatalog(), LiquibaseSchema.at("db/changes/postgres.sql"))) {
            Plan plan = saas.plans()
                    .create(Plan.builder("Shop").dbNameTemplate("shop-%i").build());
            User owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                            .build());
            Tenant tenant = saas.tenants()
                    .create(CreateTenant.onPlan(plan).owner(owner).build())
                    .tenant();
            assertThat(count(saas.database(tenant.name()).login(), "timeout where value = '30s'"))
                    .isEqualTo(1);
        }
    }

    /** What an application has on its tables runs in change sets, too. */
    @Test
    void codeOfATenantRunsWithItsRightsInChangeSets() throws Exception {
        Map<String, String> storage = newCatalog();
        Tenant tenant;
        try (Saas saas = open(storage, LiquibaseSchema.at("db/changes/one.sql"))) {
            Plan plan = saas.plans()
                    .create(Plan.builder("Shop").dbNameTemplate("trapped-%i").build());
            User owner = saas.accounts()
                    .signUp(SignUp.builder("owner@example.com", "Owner", "a password")
                            .build());
            CreateTenant order = CreateTenant.onPlan(plan).owner(owner).build();
            tenant = saas.tenants().create(order).tenant();
            String victim = saas.database(saas.tenants().create(order).tenant().name())
                    .login()
                    .user();
            DatabaseLogin login = saas.database(tenant.name()).login();
            for (String statements : List.of(
                    TenantTraps.WITNESS,
                    String.valueOf(TenantTraps.all().get("a deferred trigger that defers itself")))) {
                run(login, statements.replace(":victim", victim).replace(":me", login.user()));
            }
        }
        try (Saas saas = open(storage, LiquibaseSchema.at("db/changes/notes.sql"))) {
            saas.tenants().migrate(tenant.id());
            DatabaseLogin login = saas.database(tenant.name()).login();
            assertThat(count(login, "called where is_called")).isEqualTo(1);
            assertThat(count(login, "escaped where is_called")).isZero();
        }
    }
}
