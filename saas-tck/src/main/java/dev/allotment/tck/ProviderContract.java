// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tck;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Health;
import dev.allotment.Parameter;
import dev.allotment.SaasException;
import dev.allotment.ServerId;
import dev.allotment.fleet.Server;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.spi.backend.DatabaseRef;
import dev.allotment.spi.backend.Databases;
import dev.allotment.spi.backend.RecordTypes;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.UUID;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/** A backend is found by name, reports all invalid settings at once, and opens without connecting to anything. */
public abstract class ProviderContract extends Contract {
    /** For subclasses. */
    protected ProviderContract() {}

    @Test
    void itsNameCanBeUsedInScriptsAndCommandLines() {
        assertThat(fixture().provider().name()).matches("[a-z][a-z0-9-]*");
    }

    @Test
    void itIsBuiltForThisVersionOfTheSpi() {
        assertThat(fixture().provider().spiVersion()).isEqualTo(BackendProvider.SPI_VERSION);
    }

    @Test
    void serviceLoaderFindsIt() {
        assertThat(ServiceLoader.load(BackendProvider.class))
                .extracting(BackendProvider::name)
                .contains(fixture().provider().name());
    }

    @Test
    void theDialectOfItsScriptsIsItsName() {
        assertThat(backend().dialect()).isEqualTo(fixture().provider().name());
    }

    @Test
    void anUnknownSettingIsRefused() {
        Map<String, String> settings = new HashMap<>(fixture().settings());
        settings.put("no-such-setting", "x");

        assertThatThrownBy(() -> open(settings)).satisfies(e -> assertReported(e, "no-such-setting"));
    }

    @Test
    void allInvalidSettingsAreReportedAtOnceWithoutSecrets() {
        Map<String, String> settings = new HashMap<>(fixture().wrongSettings());
        settings.put("no-such-setting", "x");
        settings.put("other-password", "s3cret-of-the-test");

        assertThatThrownBy(() -> open(settings))
                .satisfies(e -> assertReported(e, settings.keySet().toArray(String[]::new)))
                .hasMessageNotContaining("s3cret-of-the-test");
    }

    @TestFactory
    Stream<DynamicTest> anUnreachableServer() {
        return fixture().unreachableSettings().stream()
                .map(settings -> dynamicTest("is reported by the first use, not by opening the backend", () -> {
                    try (Backend backend = open(settings)) {
                        Health health = backend.health();
                        assertThat(health.up()).isFalse();
                        assertThat(health.message()).isNotBlank();
                        assertThatThrownBy(() -> backend.catalog().transact(tx -> 1))
                                .isInstanceOfSatisfying(SaasException.class, e -> {
                                    assertThat(e.code()).isEqualTo(ErrorCodes.BACKEND_UNAVAILABLE);
                                    assertThat(e.category()).isEqualTo(ErrorCategory.UNAVAILABLE);
                                    assertThat(e.retryable()).isTrue();
                                });
                        assertRefused(
                                ErrorCodes.BACKEND_UNAVAILABLE,
                                () -> backend.databases(BackendFixture.DEFAULT_SERVER)
                                        .list());
                    }
                }));
    }

    @Test
    void anUnknownServerIsRefused() {
        Server nowhere = Server.builder("nowhere.example")
                .id(new ServerId(2))
                .sequence(1)
                .host("nowhere.example")
                .build();

        assertRefused(ErrorCodes.BACKEND_UNSUPPORTED, () -> backend().databases(nowhere));
    }

    @Test
    void theDefaultServerIsIdentifiedByItsNameOnly() {
        Server other = Server.builder(Server.DEFAULT_NAME)
                .id(new ServerId(7))
                .active(false)
                .sequence(3)
                .host("elsewhere.example")
                .odooVersion("16.0")
                .build();

        assertThat(backend().databases(other).list()).isEmpty();
    }

    @Test
    void aServerStoresDatabasesWithoutACatalog() {
        DatabaseRef shop = new DatabaseRef("shop", new UUID(7, 7));
        Settings settings = Settings.of(fixture().settings());
        try (Backend server = fixture().provider().openServer(settings, new UUID(1, 2))) {
            assertThat(server.dialect()).isEqualTo(fixture().provider().name());
            assertThat(server.health().up()).as(server.health().message()).isTrue();
            Databases databases = server.databases(BackendFixture.DEFAULT_SERVER);
            databases.create(shop);
            databases.open(shop);
            databases.rename(shop, "market");
            DatabaseRef market = new DatabaseRef("market", shop.uuid());
            databases.transact(
                    market, tx -> tx.records(RecordTypes.PARAMETERS).insert(new Parameter(0, "key", "value", false)));
            long parameters = databases.transact(
                    market, tx -> tx.records(RecordTypes.PARAMETERS).count(Filter.all()));
            assertThat(parameters).isEqualTo(1);
            assertThat(databases.list()).containsExactly(market);
            databases.drop(market);
            assertThat(databases.list()).isEmpty();
        }
    }

    private Backend open(Map<String, String> settings) {
        return fixture().provider().open(Settings.of(settings));
    }

    private static void assertReported(Throwable error, String... settings) {
        assertThat(error)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.SETTING_INVALID));
        // Settings starts each error with the name. An error of another setting that mentions it is not enough.
        List<String> lines =
                String.valueOf(error.getMessage()).lines().map(String::strip).toList();
        for (String setting : settings) {
            assertThat(lines).anyMatch(line -> line.startsWith(setting + ":"));
        }
    }
}
