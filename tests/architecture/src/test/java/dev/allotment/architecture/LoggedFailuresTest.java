// SPDX-License-Identifier: Apache-2.0
package dev.allotment.architecture;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

final class LoggedFailuresTest {
    private static final Path PROJECT = Path.of("../..").toAbsolutePath().normalize();
    private static final Path OFFENDERS =
            Path.of("src/test/java/dev/allotment/architecture/offenders").toAbsolutePath();

    @Test
    void everyModuleLogsFailuresWithTheirStackTrace() throws IOException {
        List<Path> sources = sources();
        assertThat(sources).hasSizeGreaterThan(400);

        assertThat(sources)
                .allSatisfy(source -> assertThat(LoggedFailures.withoutStackTrace(Files.readString(source)))
                        .as("%s", PROJECT.relativize(source))
                        .isEmpty());
    }

    private static List<Path> sources() throws IOException {
        try (Stream<Path> files = Files.walk(PROJECT)) {
            return files.filter(file -> file.toString().endsWith(".java"))
                    .filter(file -> file.toString().contains("/src/main/java/"))
                    .toList();
        }
    }

    @Test
    void aFailureLoggedWithoutItsStackTraceIsCaught() throws IOException {
        assertThat(LoggedFailures.withoutStackTrace(Files.readString(OFFENDERS.resolve("LosingTheStackTrace.java"))))
                .hasSize(2);
    }

    @Test
    void aFailureLoggedWithItsStackTraceIsFine() throws IOException {
        assertThat(LoggedFailures.withoutStackTrace(Files.readString(OFFENDERS.resolve("KeepingTheStackTrace.java"))))
                .isEmpty();
    }
}
