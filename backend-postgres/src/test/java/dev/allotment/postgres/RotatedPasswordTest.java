// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The password of the control plane's role is changed while the process runs. */
@Tag("slow")
final class RotatedPasswordTest {
    private static final DatabaseRef SHOP = new DatabaseRef("rotated-shop", new UUID(4711, 1));
    private static final PostgresTestServer.Admin ROTATING = new PostgresTestServer.Admin("rotating", "first");

    private final PostgresTestServer server = PostgresTestServer.shared();

    @TempDir
    private Path folder;

    private Map<String, String> settings(Path file) {
        Map<String, String> settings = new HashMap<>(server.newCatalog(ROTATING));
        settings.remove("password");
        settings.put("password.file", file.toString());
        return settings;
    }

    private void alter(String password) {
        server.execute("postgres", "ALTER ROLE rotating PASSWORD '" + password + "'");
    }

    /** Ends all sessions of the control plane, so that it needs new connections. */
    private void endSessions() {
        server.execute(
                "postgres", "SELECT pg_terminate_backend(pid, 5000) FROM pg_stat_activity WHERE usename = 'rotating'");
    }

    private static long members(Databases databases) {
        return databases.size(SHOP) + databases.transact(SHOP, tx -> 0L);
    }

    /** Waits until the pool has noticed that its connections were ended. */
    private static void works(Databases databases) {
        long end = System.nanoTime() + Duration.ofSeconds(20).toNanos();
        while (true) {
            try {
                assertThat(members(databases)).isPositive();
                return;
            } catch (SaasException e) {
                assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
                assertThat(System.nanoTime()).as(e.toString()).isLessThan(end);
            }
        }
    }

    @Test
    void newConnectionsUseThePasswordThatTheFileHasNow() throws IOException {
        server.execute("postgres", "CREATE ROLE rotating LOGIN CREATEDB CREATEROLE PASSWORD 'first'");
        Path file = Files.writeString(folder.resolve("password"), "first\n");
        try (Backend backend = new PostgresBackendProvider().open(Settings.of(settings(file)))) {
            Databases databases =
                    backend.databases(Server.builder(Server.DEFAULT_NAME).build());
            backend.catalog().migrate();
            databases.create(SHOP);
            works(databases);

            Files.writeString(file, "second\n");
            endSessions();
            works(databases);
            alter("second");
            endSessions();
            works(databases);

            Files.delete(file);
            endSessions();
            works(databases);

            alter("third");
            endSessions();
            assertThatThrownBy(() -> members(databases))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE));
            Files.writeString(file, "third");
            works(databases);
            databases.drop(SHOP);
        }
    }

    @Test
    void aServerThatIsRegisteredCannotNameAFileOfThisMachine() throws IOException {
        Path file = Files.writeString(folder.resolve("password"), "s3cret");
        Map<String, String> settings = new HashMap<>(
                Map.of("url", server.url("postgres"), "user", "keeper", "password.file", file.toString()));

        assertThatThrownBy(() -> new PostgresBackendProvider().openServer(Settings.of(settings), new UUID(1, 1)))
                .isInstanceOfSatisfying(SaasException.class, e -> {
                    assertThat(e.code()).isEqualTo(ErrorCodes.SETTING_INVALID);
                    assertThat(e.getMessage()).contains("password.file").doesNotContain("s3cret");
                });
    }

    @Test
    void aFileThatCannotBeReadIsAProblemOfTheSettings() {
        Map<String, String> settings = new HashMap<>(Map.of(
                "url",
                server.url("postgres"),
                "user",
                "keeper",
                "password.file",
                folder.resolve("none").toString()));

        assertThatThrownBy(() -> new PostgresBackendProvider().open(Settings.of(settings)))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.SETTING_INVALID));
    }
}
