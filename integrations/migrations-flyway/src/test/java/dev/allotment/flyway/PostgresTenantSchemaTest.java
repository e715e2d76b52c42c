// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Operation;
import dev.allotment.OperationState;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.fleet.Campaign;
import dev.allotment.fleet.CampaignChange;
import dev.allotment.hook.TenantSchema;
import dev.allotment.testing.SettableClock;
import java.io.IOException;
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
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

final class PostgresTenantSchemaTest extends TenantSchemaStories {
    private static PostgresCatalogs catalogs;

    @BeforeAll
    static void start() throws IOException {
        catalogs = new PostgresCatalogs();
    }

    @AfterAll
    static void stop() throws IOException {
        catalogs.close();
    }

    @Override
    String backend() {
        return "postgres";
    }

    @Override
    Map<String, String> newCatalog() throws Exception {
        return catalogs.next();
    }

    @Test
    void theNodeThatTakesAStalledMigrationOverEndsItsSessions() throws Exception {
        Tenant tenant;
        try (Saas saas = open(ONE)) {
            tenant = create(saas);
            saas.tenants().suspend(tenant.id());
        }
        StallingSchema stalling = new StallingSchema("2-stalling", new CountDownLatch(1), new CountDownLatch(1));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Saas stalled = open(stalling)) {
            Future<Tenant> late = thread.submit(() -> stalled.tenants().resume(tenant.id()));
            stalling.stalled().await();
            assertThatExceptionOfType(SaasException.class)
                    .describedAs("the login has another password meanwhile")
                    .isThrownBy(() -> login(stalled, tenant))
                    .returns(ErrorCodes.TENANT_BUSY, SaasException::code);
            SettableClock later = SettableClock.at(Instant.now().plus(Duration.ofDays(1)));
            try (Saas saas = builder(TWO).clock(later).open()) {
                saas.maintenance().run();
                assertThat(saas.tenants().get(tenant.id()).schemaVersion()).isEqualTo(TWO.version());
                assertThat(saas.tenants().resume(tenant.id()).state()).isEqualTo(TenantState.OPEN);
                stalling.told().countDown();
                assertThat(catchThrowable(late::get)).hasCauseInstanceOf(SaasException.class);
                DatabaseLogin login = login(saas, tenant);
                insertWithAuthor(login);
                assertThat(count(login, "note")).isEqualTo(1);
                assertThat(count(login, "flyway_schema_history"))
                        .describedAs("each version once")
                        .isEqualTo(2);
            }
        } finally {
            stalling.told().countDown();
            thread.shutdown();
        }
    }

    /** The operation lost its node together with one of its tenants, whose lease ends later. */
    @Test
    void aMigrationOfAllTenantsContinuesWithTheTenantThatAKilledNodeWorkedOn() throws Exception {
        List<Tenant> tenants = new ArrayList<>();
        try (Saas saas = open(ONE)) {
            for (int i = 0; i < 3; i++) {
                tenants.add(create(saas));
            }
        }
        Instant start = Instant.now();
        SettableClock before = SettableClock.at(start);
        SettableClock after = SettableClock.at(start.plus(Duration.ofMinutes(5)));
        CountDownLatch stalled = new CountDownLatch(1);
        CountDownLatch told = new CountDownLatch(1);
        TenantSchema stalling = new ActingSchema("2", login -> {
            before.advance(Duration.ofMinutes(1));
            if (login.url().contains(tenants.get(1).name())) {
                stalled.countDown();
                ActingSchema.await(told);
            }
        });
        TenantSchema continuing = new ActingSchema("2", login -> after.advance(Duration.ofHours(1)));
        ExecutorService thread = Executors.newSingleThreadExecutor();
        try (Saas killed = builder(stalling).clock(before).node("killed").open();
                Saas saas = builder(continuing).clock(after).node("other").open()) {
            Operation operation = killed.campaigns()
                    .start(Campaign.of(CampaignChange.schema()).build());
            Future<?> late = thread.submit(() -> killed.maintenance().run());
            stalled.await();
            saas.maintenance().run();
            assertThat(saas.operations().get(operation.id()))
                    .returns(OperationState.DONE, Operation::state)
                    .returns(
                            Integer.toString(tenants.size()),
                            each -> each.result().get("done"));
            for (Tenant tenant : tenants) {
                assertThat(saas.tenants().get(tenant.id()).schemaVersion()).isEqualTo("2");
            }
            told.countDown();
            late.get();
        } finally {
            told.countDown();
            thread.shutdown();
        }
    }

    /** An application may keep a transaction open that locks a table. */
    @Test
    void aMigrationWaitsForALockForALimitedTime() throws SQLException {
        try (Saas saas = open(FlywaySchema.at("classpath:db/postgres"))) {
            assertThat(count(login(saas, create(saas)), "timeout where value = '30s'"))
                    .isEqualTo(1);
        }
        String own = "SET lock_timeout = '5s'";
        try (Saas saas = open(
                FlywaySchema.of(each -> each.locations("classpath:db/postgres").initSql(own)))) {
            assertThat(count(login(saas, create(saas)), "timeout where value = '5s'"))
                    .isEqualTo(1);
        }
    }
}
