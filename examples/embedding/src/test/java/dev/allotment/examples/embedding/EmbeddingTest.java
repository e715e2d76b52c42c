// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

final class EmbeddingTest {
    private static final Path PROJECT = Path.of("..", "..");
    private static final Pattern JAVA_BLOCK = Pattern.compile("```java\n(.*?)```", Pattern.DOTALL);

    private static final String[] EXPECTED = {
        "Created http://shop-001.portal.localhost:8069 for client@example.com",
        "Installed [guestbook] for 10 users",
        "Signed in Client Name to shop-001"
    };

    @Test
    void printsWhatItDid() {
        assertThat(printed(() -> Embedding.main(new String[0]))).containsExactly(EXPECTED);
    }

    /**
     * On the module path, module descriptors alone decide which backends are found, and packages that are not exported are
     * inaccessible.
     */
    @Test
    void runsOnTheModulePathToo() throws IOException, InterruptedException {
        Process program = new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "--module-path",
                        System.getProperty("java.class.path"),
                        "--module",
                        "dev.allotment.examples.embedding/" + Embedding.class.getName())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> printed = new String(program.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();

        assertThat(program.waitFor()).isZero();
        assertThat(printed).containsExactly(EXPECTED);
    }

    @Test
    void canBeRunAgain() {
        assertThat(printed(() -> Embedding.main(new String[0])))
                .isEqualTo(printed(() -> Embedding.main(new String[0])));
    }

    @Test
    void theReadmeShowsTheSource() throws IOException {
        String source = Files.readString(Path.of("src/main/java/dev/allotment/examples/embedding/Embedding.java"));
        String body =
                source.substring(source.indexOf("        Map<String, String> storage"), source.lastIndexOf("    }\n}"));

        assertThat(javaBlocks("README.md")).contains(body.replaceAll("(?m)^ {8}", ""));
    }

    private static List<String> javaBlocks(String page) throws IOException {
        return JAVA_BLOCK
                .matcher(Files.readString(PROJECT.resolve(page)))
                .results()
                .map(result -> result.group(1))
                .toList();
    }

    private static List<String> printed(Runnable program) {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            program.run();
        } finally {
            System.setOut(before);
        }
        return bytes.toString(UTF_8).lines().toList();
    }
}
