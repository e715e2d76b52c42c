// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A real process is killed at arbitrary moments, also while the server executes a statement. */
final class PostgresKilledProcessTest {
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);

    @BeforeEach
    void migrate() {
        backend.catalog().migrate();
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    static IntStream moments() {
        IntStream all = IntStream.of(0, 30, 70, 120, 180, 250, 330, 420, 520, 630);
        return Boolean.getBoolean("allotment.exhaustive") ? all : all.filter(each -> each % 60 == 0);
    }

    @ParameterizedTest
    @MethodSource("moments")
    void theNextProcessContinues(int milliseconds) throws Exception {
        Map<String, String> settings = fixture.settings();
        Process process = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-XX:TieredStopAtLevel=1",
                        "-cp",
                        System.getProperty("java.class.path"),
                        PostgresProcessToKill.class.getName(),
                        settings.get("url"),
                        settings.get("user"),
                        settings.get("password"))
                .redirectError(ProcessBuilder.Redirect.DISCARD)
                .start();
        try {
            assertThat(process.getInputStream().read()).isEqualTo('\n');
            assertThat(process.waitFor(milliseconds, TimeUnit.MILLISECONDS)).isFalse();
        } finally {
            process.destroyForcibly().waitFor();
        }

        databases.create(PostgresProcessToKill.MADE);
        assertEmpty(PostgresProcessToKill.MADE);
        // It has either of its names, depending on the moment.
        DatabaseRef copied = databases.find(PostgresProcessToKill.COPIED.uuid());
        databases.copy(PostgresProcessToKill.MADE, copied == null ? PostgresProcessToKill.COPIED : copied);
        databases.rename(PostgresProcessToKill.COPIED, PostgresProcessToKill.RENAMED.name());
        assertEmpty(PostgresProcessToKill.RENAMED);
        assertThat(databases.list()).containsExactly(PostgresProcessToKill.MADE, PostgresProcessToKill.RENAMED);
        assertThat(fixture.roles()).hasSize(2);
        databases.drop(PostgresProcessToKill.MADE);
        databases.drop(PostgresProcessToKill.RENAMED);
        assertThat(databases.list()).isEmpty();
        assertThat(fixture.roles()).isEmpty();
    }

    private void assertEmpty(DatabaseRef database) {
        databases.open(database);
        assertThat(fixture.connects(databases.login(database, PostgresFixture.PASSWORD)))
                .isTrue();
        assertThat(databases.<Boolean>transact(
                        database, tx -> tx.records(RecordTypes.MEMBERS).find(1).isEmpty()))
                .isTrue();
    }
}
