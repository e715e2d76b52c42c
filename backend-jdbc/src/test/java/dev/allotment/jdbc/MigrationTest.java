// SPDX-License-Identifier: Apache-2.0
package dev.allotment.jdbc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class MigrationTest {
    @Test
    void readsTheScriptOfItsVersionAndName() {
        Migration migration =
                Migration.read(12, "more", "catalog", resources(Map.of("catalog/012-more.sql", "SELECT 1")));

        assertThat(migration).isEqualTo(new Migration(12, "more", "SELECT 1"));
    }

    @Test
    void hasTheSameChecksumWhateverTheLineEndings() {
        Migration unix = Migration.read(1, "a", "x", resources(Map.of("x/001-a.sql", "SELECT 1;\nSELECT 2")));
        Migration windows = Migration.read(1, "a", "x", resources(Map.of("x/001-a.sql", "SELECT 1;\r\nSELECT 2")));

        assertThat(windows.checksum()).isEqualTo(unix.checksum()).hasSize(64);
    }

    @Test
    void namesTheResourceThatIsMissing() {
        assertThatThrownBy(() -> Migration.read(1, "a", "x", resources(Map.of())))
                .hasMessage("The jar lacks the resource x/001-a.sql");
    }

    private static Function<String, @Nullable InputStream> resources(Map<String, String> content) {
        return name -> content.containsKey(name)
                ? new ByteArrayInputStream(content.get(name).getBytes(StandardCharsets.UTF_8))
                : null;
    }
}
