// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.tck.BackendFixture;
import java.nio.file.Path;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class PgBouncerTest {
    @TempDir
    private Path folder;

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());

    @ParameterizedTest
    @CsvSource({"transaction, 0", "transaction, 1", "statement, 0", "statement, 1"})
    void aPoolerThatSharesSessionsIsRefused(String mode, int roundRobin) throws Exception {
        try (PgBouncer pooler = PgBouncer.start(server, folder, mode, "server_round_robin = " + roundRobin);
                Backend backend = open(pooler.through(fixture.settings()))) {
            assertRefused(() -> backend.catalog().migrate());
            assertRefused(() -> backend.catalog().isMigrated());
        }
    }

    @Test
    void soIsOneBeforeAnAdditionalServer() throws Exception {
        try (PgBouncer pooler = PgBouncer.start(server, folder, "transaction");
                Backend backend = new PostgresBackendProvider()
                        .openServer(Settings.of(pooler.through(fixture.settings())), UUID.randomUUID())) {
            assertRefused(() -> backend.databases(BackendFixture.DEFAULT_SERVER)
                    .create(new DatabaseRef("shop", UUID.randomUUID())));
        }
    }

    private static void assertRefused(Runnable use) {
        assertThatThrownBy(use::run)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED))
                .hasMessageContaining("pool_mode = session");
    }

    /** It does not pass on the options with which the backend connects. A migration refuses sessions without them. */
    @Test
    void oneThatKeepsSessionsIsAccepted() throws Exception {
        try (PgBouncer pooler = PgBouncer.start(server, folder, "session");
                Backend backend = open(pooler.through(fixture.settings()))) {
            backend.catalog().migrate();

            assertThat(backend.catalog().isMigrated()).isTrue();
        }
    }

    private static Backend open(Map<String, String> settings) {
        return new PostgresBackendProvider().open(Settings.of(settings));
    }
}
