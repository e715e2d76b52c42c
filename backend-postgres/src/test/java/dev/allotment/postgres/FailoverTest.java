// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.ServerAccess;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import dev.allotment.tck.BackendFixture;
import java.sql.SQLException;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.postgresql.ds.PGSimpleDataSource;

/** The process works on when another server becomes the primary, or when the server runs out of something. */
final class FailoverTest {
    private static final DatabaseRef SHOP = new DatabaseRef("shop.example", new UUID(5, 1));

    private final PostgresTestServer server = PostgresTestServer.shared();
    private final PostgresFixture fixture = new PostgresFixture(PostgresTestServer.Admin.KEEPER, true, Map.of());
    private final Backend backend = fixture.open();
    private final Databases databases = backend.databases(BackendFixture.DEFAULT_SERVER);
    private int keys;

    @BeforeEach
    void migrate() {
        backend.catalog().migrate();
    }

    @AfterEach
    void close() {
        backend.close();
        fixture.close();
    }

    @Test
    void connectionsToAServerThatAcceptsNoChangesAnyMoreAreNotUsedAgain() {
        String alter = "ALTER DATABASE \"" + fixture.catalog() + "\" ";
        server.execute("postgres", alter + "SET default_transaction_read_only = on");
        try (Backend later = fixture.open()) {
            // Opens connections that refuse all changes, as if their server had become a standby.
            Databases there = later.databases(BackendFixture.DEFAULT_SERVER);
            assertThat(there.exists(SHOP.name())).isFalse();
            assertUnavailable(() -> there.create(SHOP));
            assertUnavailable(() -> insert(later));
            assertThat(there.exists(SHOP.name())).isFalse();
            assertUnavailable(() -> there.create(SHOP));
            server.execute("postgres", alter + "RESET default_transaction_read_only");

            insert(later);
            createSoon(there);
        }
    }

    /** The pool may have opened a connection before the change. The first failure closes it. */
    private static void createSoon(Databases databases) {
        try {
            databases.create(SHOP);
        } catch (SaasException e) {
            assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            databases.create(SHOP);
        }
    }

    @Test
    void theUrlMayNameSeveralServers() throws SQLException {
        int closed;
        try (SilentNetwork network = new SilentNetwork(server.port())) {
            closed = network.port();
        }
        Map<String, String> settings = new HashMap<>(fixture.settings());
        settings.compute(
                "url",
                (any, url) -> url.replace("//localhost", "//localhost:" + closed + ",localhost")
                        + "?targetServerType=primary");
        try (Backend later = new PostgresBackendProvider().open(Settings.of(settings))) {
            insert(later);
            Databases there = later.databases(BackendFixture.DEFAULT_SERVER);
            there.create(SHOP);
            there.open(SHOP);
            assertThat(there.<Long>transact(
                            SHOP, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all())))
                    .isZero();
            assertThat(fixture.connects(there.login(SHOP, PostgresFixture.PASSWORD)))
                    .isTrue();
        }
    }

    @Test
    void aPasswordThatTheServerRefusesIsReportedAsUnavailable() {
        databases.create(SHOP);
        Map<String, String> settings = new HashMap<>(fixture.settings());
        settings.put("password", "an old password");
        settings.put("connect.seconds", "1");
        try (Backend later = new PostgresBackendProvider().open(Settings.of(settings))) {
            assertUnavailable(() -> insert(later));
            assertThat(later.health().message()).contains("password");
        }
    }

    @Test
    void refusesAPoolerThatDropsTheSettingsOfConnections() {
        PostgresSettings settings = PostgresSettings.read(Settings.of(fixture.settings()));
        ServerAccess throughPooler = new ServerAccess(settings, PostgresBackend.CONTROL_STATEMENTS, source -> {
            ((PGSimpleDataSource) source).setOptions("");
            return source;
        });
        try (Backend later = new PostgresBackend(settings, throughPooler)) {
            assertThatThrownBy(() -> later.catalog().migrate())
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNSUPPORTED))
                    .hasMessageContaining("PgBouncer");
        }
    }

    @Test
    void runningOutOfLocksOrMemoryIsReportedAsUnavailable() {
        databases.create(SHOP);
        for (String state : new String[] {"53100", "53200", "53400", "58030", "25P04"}) {
            assertUnavailable(() -> databases.configure(SHOP, tx -> {
                tx.run("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = '" + state + "'; END $$");
                return null;
            }));
        }
        assertThatThrownBy(() -> databases.configure(SHOP, tx -> {
                    tx.run("DO $$ BEGIN RAISE EXCEPTION USING ERRCODE = 'XX000'; END $$");
                    return null;
                }))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ADDON_FAILED));
    }

    private void insert(Backend there) {
        keys++;
        Parameter parameter = new Parameter(0, "key " + keys, "value", false);
        there.catalog().transact(tx -> tx.records(RecordTypes.PARAMETERS).insert(parameter));
    }

    private static void assertUnavailable(ThrowingCallable call) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SaasException.class, e -> {
            assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
            assertThat(e.retryable()).isTrue();
        });
    }
}
