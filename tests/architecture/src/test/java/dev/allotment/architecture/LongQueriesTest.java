// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LongQueriesTest {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();

    @Test
    void queriesThatAreTooLongForATextBlockAreResources() throws IOException {
        assertThat(sources())
                .hasSizeGreaterThan(90)
                .allSatisfy(source -> assertThat(LongQueries.in(Files.readString(source)))
                        .as("%s", PROJECT.relativize(source))
                        .isEmpty());
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files =
                Stream.of("backend-jdbc", "backend-postgres", "backend-h2").flatMap(LongQueriesTest::sourcesOf)) {
            return files.toList();
        }
    }

    private static Stream<Path> sourcesOf(String module) {
        try (Stream<Path> files = Files.walk(PROJECT.resolve(module).resolve("src/main/java"))) {
            return files.filter(file -> file.toString().endsWith(".java")).toList().stream();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aLongQueryInATextBlockIsCaught() {
        String lines = "    FROM one\n".repeat(LongQueries.MAX_LINES - 1);

        assertThat(LongQueries.in("String a = \"\"\"\n    SELECT 1\n" + lines + "    \"\"\";"))
                .isEmpty();
        assertThat(LongQueries.in("String a = \"\"\"\n    SELECT 1\n" + lines + "    WHERE true\n    \"\"\";"))
                .containsExactly("SELECT 1");
    }
}
