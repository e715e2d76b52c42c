// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.BatchResult;
import dev.allotment.CreateTenant;
import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.EventType;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.hook.TenantSchema;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** The same, through the whole life of a tenant. */
abstract class TenantSchemaLife extends TenantSchemaStories {
    private static List<Tenant> outdated(Saas saas, TenantSchema schema) {
        return saas.tenants()
                .list(Query.where(Filter.and(
                        Filter.equal(Tenant.STATE, TenantState.OPEN),
                        Filter.notEqual(Tenant.SCHEMA_VERSION, schema.version()))));
    }

    @Test
    void aTenantOfAnOlderTemplateIsMigratedBeforeItIsOpened() throws SQLException {
        try (Saas saas = open(ONE)) {
            saas.templates().build(plan(saas).id(), List.of());
        }
        CountingSchema schema = new CountingSchema(TWO);
        try (Saas saas = open(schema)) {
            Tenant tenant = create(saas);
            assertThat(tenant.schemaVersion()).isEqualTo(TWO.version());
            insertWithAuthor(login(saas, tenant));
            saas.maintenance().run();
            create(saas);
            assertThat(schema.logins())
                    .describedAs("the tenant, and the template, which the maintenance built again")
                    .hasSize(2);
        }
    }

    @Test
    void ifTheMigrationOfANewTenantFailsThereIsNoTenant() {
        try (Saas saas = open(FlywaySchema.at("classpath:db/v2"))) {
            CreateTenant order = order(saas);
            SaasException failure = catchThrowableOfType(
                    SaasException.class, () -> saas.tenants().create(order));
            assertThat(failure.code()).isEqualTo(ErrorCodes.SCHEMA_FAILED);
            assertThat(failure).hasCauseInstanceOf(org.flywaydb.core.api.FlywayException.class);
            assertThat(saas.tenants().list(Query.all())).isEmpty();
        }
    }

    @Test
    void aTenantWhoseMigrationFailsKeepsItsVersionAndDoesNotPreventTheOthers() throws SQLException {
        Tenant first;
        Tenant second;
        DatabaseLogin before;
        try (Saas saas = open(ONE)) {
            first = create(saas);
            second = create(saas);
            before = login(saas, first);
            run(before, "alter table note add column author integer");
        }
        try (Saas saas = open(TWO)) {
            assertThat(outdated(saas, TWO)).extracting(Tenant::id).containsExactly(first.id(), second.id());
            BatchResult result = saas.tenants()
                    .batch(
                            Filter.notEqual(Tenant.SCHEMA_VERSION, TWO.version()),
                            tenant -> saas.tenants().migrate(tenant.id()));
            assertThat(result.done()).containsExactly(second.id());
            assertThat(result.failed()).containsOnlyKeys(first.id());
            assertThat(outdated(saas, TWO)).extracting(Tenant::id).containsExactly(first.id());
            assertThat(saas.tenants().get(first.id()).schemaVersion()).isEqualTo(ONE.version());
            run(before, "insert into note (text) values ('still open')");
            insertWithAuthor(login(saas, second));
            assertThat(saas.events().list(Query.where(Filter.equal(Event.TYPE, EventType.TENANT_MIGRATED))))
                    .singleElement()
                    .extracting(Event::details)
                    .isEqualTo(Map.of("from", ONE.version(), "to", TWO.version()));
        }
    }

    @Test
    void aSuspendedTenantIsMigratedBeforeItIsResumed() throws SQLException {
        Tenant tenant;
        DatabaseLogin login;
        try (Saas saas = open(ONE)) {
            tenant = create(saas);
            login = login(saas, tenant);
            saas.tenants().suspend(tenant.id());
        }
        try (Saas saas = open(new FailingSchema("9"))) {
            assertThatExceptionOfType(SaasException.class)
                    .isThrownBy(() -> saas.tenants().resume(tenant.id()))
                    .returns(ErrorCodes.SCHEMA_FAILED, SaasException::code);
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
            assertThat(catchThrowable(() -> count(login, "note"))).isInstanceOf(SQLException.class);
        }
        try (Saas saas = open(TWO)) {
            assertThat(saas.tenants().resume(tenant.id()).schemaVersion()).isEqualTo(TWO.version());
            insertWithAuthor(login);
        }
    }

    @Test
    void aTenantWhoseCauseOfSuspensionIsGoneIsMigratedBeforeTheMaintenanceResumesIt() throws SQLException {
        Tenant tenant;
        DatabaseLogin login;
        Instant soon = Instant.now().plus(Duration.ofHours(1));
        try (Saas saas = open(ONE)) {
            tenant = create(saas);
            login = login(saas, tenant);
            saas.tenants()
                    .update(tenant.id(), each -> each.toBuilder().trial(true).build());
            saas.tenants().extend(tenant.id(), Instant.now().minus(Duration.ofMinutes(1)), "a test");
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.SUSPENDED);
        }
        try (Saas saas = open(TWO)) {
            saas.tenants().extend(tenant.id(), soon, "a test");
            saas.maintenance().run();
            assertThat(saas.tenants().get(tenant.id()).state()).isEqualTo(TenantState.OPEN);
            insertWithAuthor(login);
        }
    }

    @Test
    void aDeletedTenantIsMigratedBeforeItIsRestored() throws SQLException {
        Tenant tenant;
        DatabaseLogin login;
        try (Saas saas = open(ONE)) {
            saas.parameters().set(Parameter.RETENTION_DAYS, "7");
            tenant = create(saas);
            login = login(saas, tenant);
            saas.tenants().delete(tenant.id());
        }
        try (Saas saas = open(TWO)) {
            assertThat(saas.tenants().restore(tenant.id()).schemaVersion()).isEqualTo(TWO.version());
            insertWithAuthor(login);
        }
    }

    @Test
    void aNodeWithAnOlderSchemaLeavesNewerDatabasesAlone() throws SQLException {
        Tenant tenant;
        try (Saas saas = open(TWO)) {
            saas.templates().build(plan(saas).id(), List.of());
            tenant = create(saas);
            saas.tenants().suspend(tenant.id());
        }
        CountingSchema older = new CountingSchema(ONE);
        try (Saas saas = open(older)) {
            assertThat(saas.tenants().resume(tenant.id()).schemaVersion()).isEqualTo(TWO.version());
            saas.maintenance().run();
            Tenant another = create(saas);
            assertThat(another.schemaVersion()).isEqualTo(TWO.version());
            insertWithAuthor(login(saas, another));
            assertThat(older.logins()).isEmpty();
        }
    }
}
