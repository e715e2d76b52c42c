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
        Migration migration = Migration.read(
                12, "more", "catalog", resources(Map.of("catalog/012-more.sql", "-- readable from 11\nSELECT 1")));

        assertThat(migration).isEqualTo(new Migration(12, "more", 11, false, "SELECT 1"));
    }

    @Test
    void hasTheSameChecksumWhateverTheLineEndings() {
        Migration unix = Migration.read(
                1, "a", "x", resources(Map.of("x/001-a.sql", "-- readable from 1\nSELECT 1;\nSELECT 2")));
        Migration windows = Migration.read(
                1, "a", "x", resources(Map.of("x/001-a.sql", "-- readable from 1\r\nSELECT 1;\r\nSELECT 2")));

        assertThat(windows.checksum()).isEqualTo(unix.checksum()).hasSize(64);
    }

    @Test
    void namesTheResourceThatIsMissing() {
        assertThatThrownBy(() -> Migration.read(1, "a", "x", resources(Map.of())))
                .hasMessage("The jar lacks the resource x/001-a.sql");
    }

    @Test
    void readsAScriptThatRunsOutsideATransaction() {
        Migration migration = Migration.read(
                2, "index", "x", resources(Map.of("x/002-index.concurrently.sql", "-- readable from 1\nSELECT 1")));

        assertThat(migration).isEqualTo(new Migration(2, "index", 1, true, "SELECT 1"));
    }

    @Test
    void refusesAScriptThatDoesNotDeclareWhichBuildsCanReadTheSchema() {
        assertThatThrownBy(() -> Migration.read(1, "a", "x", resources(Map.of("x/001-a.sql", "SELECT 1"))))
                .hasMessageContaining("The first line of x/001-a.sql must say");
    }

    @Test
    void refusesARangeThatExcludesItsOwnBuild() {
        assertThatThrownBy(() -> new Migration(2, "a", 3, false, "SELECT 1"))
                .hasMessageContaining("must be readable from a version between 1 and 2, not from 3");
    }

    private static Function<String, @Nullable InputStream> resources(Map<String, String> content) {
        return name -> content.containsKey(name)
                ? new ByteArrayInputStream(content.get(name).getBytes(StandardCharsets.UTF_8))
                : null;
    }
}
