// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.life;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

final class LifeExampleTest {
    @Test
    void itTellsWhatItShould() throws IOException {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            Life.main(new String[0]);
        } finally {
            System.setOut(before);
        }

        assertThat(bytes.toString(UTF_8).lines())
                .containsExactlyElementsOf(Files.readAllLines(Path.of("life.expected")));
    }
}
