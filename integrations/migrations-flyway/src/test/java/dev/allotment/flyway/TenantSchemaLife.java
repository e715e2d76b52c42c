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
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.hook.MigrationFailedException;
import dev.allotment.hook.TenantSchema;
import dev.allotment.testing.SettableClock;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.jspecify.annotations.Nullable;
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
            assertThat(failure)
                    .hasCauseInstanceOf(MigrationFailedException.class)
                    .extracting(each -> each.getCause().getCause())
                    .isInstanceOf(org.flywaydb.core.api.FlywayException.class);
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
            assertThat(saas.operations()
                            .list(Query.where(Filter.equal(Operation.ERROR_CODE, ErrorCodes.SCHEMA_FAILED))))
                    .singleElement()
                    .extracting(Operation::errorMessage)
                    .asString()
                    .containsPattern("V2__authors\\.sql failed in line 1 \\(SQL state 42\\w{3}\\)")
                    .contains("Reason: ")
                    .contains("\"author\"")
                    .doesNotContain(System.getProperty("user.dir"));
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

    @Test
    void aCampaignStopsAtAFailureAndTheNextOneDoesTheRest() throws SQLException {
        List<Tenant> tenants = new ArrayList<>();
        try (Saas saas = open(ONE)) {
            for (int i = 0; i < 4; i++) {
                tenants.add(create(saas));
            }
            saas.tenants().suspend(tenants.get(3).id());
        }
        String broken = tenants.get(1).name();
        AtomicBoolean breaks = new AtomicBoolean(true);
        CountingSchema schema = new CountingSchema(new TenantSchema() {
            @Override
            public String version() {
                return TWO.version();
            }

            @Override
            public void migrate(DatabaseLogin login) throws Exception {
                if (breaks.get() && login.url().contains(broken)) {
                    throw new IllegalStateException("This database is broken");
                }
                TWO.migrate(login);
            }
        });
        ExecutorService executor = Executors.newFixedThreadPool(2);
        try (Saas saas = builder(schema).executor(executor).open()) {
            Campaign command =
                    Campaign.of(CampaignChange.schema()).canaries(2).parallel(2).build();
            Operation stopped = await(saas, saas.campaigns().start(command));
            assertThat(stopped.errorCode()).isEqualTo(ErrorCodes.CAMPAIGN_STOPPED);
            assertThat(stopped.errorMessage()).contains("Done: 1, failed: 1.", broken);
            assertThat(versions(saas, tenants))
                    .containsExactly(TWO.version(), ONE.version(), ONE.version(), ONE.version());

            breaks.set(false);
            Operation done = await(saas, saas.campaigns().start(command));
            assertThat(done.state()).isEqualTo(OperationState.DONE);
            assertThat(done.result()).containsEntry("done", "3").containsEntry("failed", "0");
            assertThat(versions(saas, tenants)).containsOnly(TWO.version());
            assertThat(schema.logins())
                    .describedAs("one failed, and no other was repeated")
                    .hasSize(5);
            assertThat(await(saas, saas.campaigns().start(command)).result()).containsEntry("done", "0");
            assertThat(schema.logins()).hasSize(5);
        } finally {
            executor.shutdown();
        }
    }

    @Test
    void aCampaignIsLeftToANodeWithItsVersion() {
        List<Tenant> tenants = new ArrayList<>();
        Operation operation;
        try (Saas saas = open(ONE)) {
            for (int i = 0; i < 3; i++) {
                tenants.add(create(saas));
            }
        }
        try (Saas saas = open(TWO)) {
            operation =
                    saas.campaigns().start(Campaign.of(CampaignChange.schema()).build());
        }
        try (Saas saas = open(ONE)) {
            saas.maintenance().run();
            assertThat(saas.operations().get(operation.id()).state()).isEqualTo(OperationState.RUNNING);
        }
        SettableClock later = SettableClock.at(Instant.now().plus(Duration.ofHours(1)));
        try (Saas saas = builder(TWO).clock(later).open()) {
            assertThat(versions(saas, tenants))
                    .describedAs("the start does not wait")
                    .containsOnly(ONE.version());
            saas.maintenance().run();
            assertThat(saas.operations().get(operation.id()).state()).isEqualTo(OperationState.DONE);
            assertThat(versions(saas, tenants)).containsOnly(TWO.version());
        }
    }

    @Test
    void aBusyTenantIsTriedAgainAfterTheOthers() throws Exception {
        List<Tenant> tenants = new ArrayList<>();
        try (Saas saas = open(ONE)) {
            for (int i = 0; i < 2; i++) {
                tenants.add(create(saas));
            }
        }
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch othersDone = new CountDownLatch(1);
        TenantSchema schema = new ActingSchema("2", login -> {
            if (login.url().contains(tenants.get(0).name())) {
                busy.countDown();
                ActingSchema.await(othersDone);
            } else {
                othersDone.countDown();
            }
        });
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Saas saas = open(schema)) {
            Future<Tenant> first =
                    thread.submit(() -> saas.tenants().migrate(tenants.get(0).id()));
            busy.await();
            Operation operation = saas.campaigns()
                    .start(Campaign.of(CampaignChange.schema()).canaries(1).build());
            saas.maintenance().run();
            assertThat(saas.operations().get(operation.id()))
                    .returns(OperationState.DONE, Operation::state)
                    .extracting(Operation::result)
                    .asInstanceOf(InstanceOfAssertFactories.MAP)
                    .containsEntry("failed", "0");
            first.get();
            assertThat(versions(saas, tenants)).containsOnly("2");
        } finally {
            othersDone.countDown();
            thread.shutdown();
        }
    }

    @Test
    void aCampaignIsCancelledBeforeTheNextTenant() {
        List<Tenant> tenants = new ArrayList<>();
        AtomicReference<Runnable> during = new AtomicReference<>(() -> {});
        TenantSchema cancelling = new TenantSchema() {
            @Override
            public String version() {
                return "2";
            }

            @Override
            public void migrate(DatabaseLogin login) {
                during.get().run();
            }
        };
        try (Saas saas = open(ONE)) {
            for (int i = 0; i < 3; i++) {
                tenants.add(create(saas));
            }
        }
        try (Saas saas = open(cancelling)) {
            Operation operation =
                    saas.campaigns().start(Campaign.of(CampaignChange.schema()).build());
            during.set(() -> saas.operations().cancel(operation.id()));
            saas.maintenance().run();
            assertThat(saas.operations().get(operation.id()))
                    .returns(ErrorCodes.OPERATION_CANCELLED, Operation::errorCode)
                    .extracting(Operation::errorMessage)
                    .asString()
                    .contains("Done: 1, failed: 0.");
            assertThat(versions(saas, tenants)).containsExactly("2", ONE.version(), ONE.version());
        }
    }

    private static List<@Nullable String> versions(Saas saas, List<Tenant> tenants) {
        List<@Nullable String> versions = new ArrayList<>();
        tenants.forEach(each -> versions.add(saas.tenants().get(each.id()).schemaVersion()));
        return versions;
    }

    private static Operation await(Saas saas, Operation operation) {
        return saas.operations().await(operation.id(), Duration.ofMinutes(2));
    }
}
