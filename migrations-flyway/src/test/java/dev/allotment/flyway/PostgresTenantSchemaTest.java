// SPDX-License-Identifier: Apache-2.0
package dev.allotment.flyway;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.catchThrowable;

import dev.allotment.DatabaseLogin;
import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.TenantState;
import dev.allotment.tck.memory.SettableClock;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
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
}
