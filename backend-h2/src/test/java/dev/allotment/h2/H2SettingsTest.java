// SPDX-License-Identifier: Apache-2.0
package dev.allotment.h2;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.SaasException;
import dev.allotment.spi.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class H2SettingsTest {
    @Test
    void needsOnlyAFolder() {
        H2Settings settings = read(Map.of("path", "some/../data"));

        assertThat(settings.folder()).isEqualTo(Path.of("data").toAbsolutePath());
        assertThat(settings.poolSize()).isEqualTo(10);
        assertThat(settings.clientConnections()).isEqualTo(20);
        assertThat(settings.autoCommit()).isTrue();
    }

    @Test
    void needsNoFolderInMemory() {
        assertThat(read(Map.of("memory", "true")).folder()).isNull();
    }

    @Test
    void requiresAFolderOrMemory() {
        assertRefused(
                Map.of(),
                "path: is missing; expected a folder, without a semicolon in its name, for everything that"
                        + " is stored, or memory=true");
        assertRefused(Map.of("memory", "false"), "path: is missing");
    }

    @Test
    void refusesAFolderTogetherWithMemory() {
        assertRefused(Map.of("memory", "true", "path", "data"), "path: found \"data\", expected nothing");
    }

    @Test
    void refusesAPathThatCannotBeAFolder(@TempDir Path folder) throws IOException {
        Path file = Files.createFile(folder.resolve("file"));

        assertRefused(Map.of("path", file.toString()), "path: found \"" + file + "\", expected a folder");
        assertRefused(Map.of("path", "data;INIT=x"), "path: found \"data;INIT=x\", expected a folder");
        assertRefused(Map.of("path", "a\0b"), "path: found");
    }

    @Test
    void reportsAllProblemsAtOnce() {
        assertThatThrownBy(() -> read(Map.of("pth", "data", "pool.size", "1", "client.connections", "many")))
                .hasMessage("""
                        Invalid settings of the H2 backend:
                          path: is missing; expected a folder, without a semicolon in its name, for everything that is stored, or memory=true
                          pool.size: found "1", expected a whole number from 2 to 1000; default 10
                          client.connections: found "many", expected a whole number from 1 to 10000; default 20
                          pth: is not a setting of the H2 backend; did you mean path?""");
    }

    private static H2Settings read(Map<String, String> settings) {
        return H2Settings.read(Settings.of(settings));
    }

    private static void assertRefused(Map<String, String> settings, String message) {
        assertThatThrownBy(() -> read(settings))
                .hasMessageContaining(message)
                .isInstanceOfSatisfying(
                        SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.SETTING_INVALID));
    }
}
