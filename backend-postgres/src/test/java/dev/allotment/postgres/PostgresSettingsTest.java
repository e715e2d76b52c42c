// SPDX-License-Identifier: Apache-2.0
package dev.allotment.postgres;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.postgres.server.PostgresSettings;
import dev.allotment.postgres.server.PostgresUrl;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class PostgresSettingsTest {
    @Test
    void onlyTheUrlAndTheUserAreRequired() {
        PostgresSettings settings = read(Map.of("url", "jdbc:postgresql://db.example/portal", "user", "keeper"));

        assertThat(settings.url()).isEqualTo(new PostgresUrl("db.example", "portal", ""));
        assertThat(settings.password().present()).isNull();
        assertThat(settings.poolSize()).isEqualTo(10);
        assertThat(settings.tenantConnections()).isEqualTo(20);
        assertThat(settings.loginConnections()).isEqualTo(20);
        assertThat(settings.connectSeconds()).isEqualTo(5);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = ' ',
            value = {
                "jdbc:postgresql://localhost:5432/portal jdbc:postgresql://localhost:5432/shop.example",
                "jdbc:postgresql://a:1,b:2/portal?targetServerType=primary jdbc:postgresql://a:1,b:2/shop.example?targetServerType=primary",
                "jdbc:postgresql://[::1]:5432/por%20tal?sslmode=require jdbc:postgresql://[::1]:5432/shop.example?sslmode=require"
            })
    void theUrlsOfOtherDatabasesHaveTheSameHostsAndParameters(String url, String expected) {
        PostgresSettings settings = read(Map.of("url", url, "user", "keeper"));

        assertThat(settings.url().of("shop.example")).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "postgresql://localhost/portal",
                "jdbc:postgresql:portal",
                "jdbc:postgresql://localhost",
                "jdbc:postgresql://localhost/",
                "jdbc:postgresql://localhost:99999/portal",
                "jdbc:postgresql://local host/portal",
                "jdbc:postgresql://localhost/portal?user=x",
                "jdbc:postgresql://localhost/portal?sslmode=require&Password=s3cret",
                "jdbc:postgresql://localhost/portal?options=-c%20role=x",
                "jdbc:postgresql://localhost/portal?currentSchema=public",
                "jdbc:postgresql://x:s3cret@localhost/portal?a=s3cret"
            })
    void refusesAnInvalidUrlWithoutShowingASecret(String url) {
        assertThatThrownBy(() -> read(Map.of("url", url, "user", "keeper")))
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.SETTING_INVALID))
                .hasMessageContaining("url")
                .hasMessageNotContaining("s3cret");
    }

    @Test
    void onlyAnAdditionalServerMayHaveADivision() {
        PostgresBackendProvider provider = new PostgresBackendProvider();
        UUID installation = new UUID(1, 1);
        Map<String, String> settings = new HashMap<>(
                Map.of("url", "jdbc:postgresql://nowhere.invalid/portal", "user", "keeper", "division", "pg-1-b"));
        provider.openServer(Settings.of(settings), installation).close();
        provider.openSource(Settings.of(settings), installation).close();
        assertThatThrownBy(() -> provider.open(Settings.of(settings))).hasMessageContaining("division");

        for (String wrong : List.of("B", "a_b", "a".repeat(21))) {
            settings.put("division", wrong);
            assertThatThrownBy(() -> provider.openServer(Settings.of(settings), installation))
                    .as(wrong)
                    .hasMessageContaining("division")
                    .hasMessageContaining("1 to 20");
        }
    }

    @Test
    void aPasswordIsNeverPrinted() {
        PostgresSettings settings =
                read(Map.of("url", "jdbc:postgresql://localhost/portal", "user", "keeper", "password", " s3cret "));

        assertThat(settings.password().present()).isEqualTo(" s3cret ");
        assertThat(settings.toString()).doesNotContain("s3cret");
    }

    @Test
    void openingDoesNoInputOrOutput() {
        Map<String, String> nowhere = Map.of("url", "jdbc:postgresql://nowhere.invalid/portal", "user", "keeper");

        try (Backend backend = new PostgresBackendProvider().open(Settings.of(nowhere))) {
            assertThat(backend.dialect()).isEqualTo("postgres");
        }
    }

    private static PostgresSettings read(Map<String, String> given) {
        return PostgresSettings.read(Settings.of(given));
    }
}
