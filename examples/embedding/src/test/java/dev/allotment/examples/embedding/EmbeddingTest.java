// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.embedding;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.File;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class EmbeddingTest {
    private static final Path README = Path.of("..", "..", "README.md");
    private static final Path PAGE = Path.of("..", "..", "docs", "embedding.md");
    private static final Path SOURCE = Path.of("src/main/java/dev/allotment/examples/embedding/Embedding.java");
    private static final String RESOURCES = "src/main/resources/";
    private static final String ADDON = "META-INF/allotment/addons/guestbook/";

    /** The name of a file at the end of a paragraph, and its content. */
    private static final Pattern SHOWN =
            Pattern.compile("`([^`\n]+\\.(?:java|properties|sql|xml))`:\n\n```[a-z]+\n(.*?)```", Pattern.DOTALL);

    private static final Pattern DEPENDENCY = Pattern.compile("<dependency>\\s*<groupId>dev.allotment</groupId>"
            + "\\s*<artifactId>([^<]+)</artifactId>(?:\\s*<version>[^<]+</version>)?(?:\\s*<scope>([^<]+)</scope>)?"
            + "\\s*</dependency>");

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
        assertThat(java(
                        "--module-path",
                        System.getProperty("java.class.path"),
                        "--module",
                        "dev.allotment.examples.embedding/" + Embedding.class.getName()))
                .containsExactly(EXPECTED);
    }

    @Test
    void canBeRunAgain() {
        assertThat(printed(() -> Embedding.main(new String[0])))
                .isEqualTo(printed(() -> Embedding.main(new String[0])));
    }

    /** A reader puts what the page shows into files with the names that the page gives, and runs it. */
    @Test
    void whatThePageShowsRuns(@TempDir Path folder) throws IOException, InterruptedException {
        List<String> files = new ArrayList<>();
        for (MatchResult shown : SHOWN.matcher(Files.readString(PAGE)).results().toList()) {
            Path file = folder.resolve(shown.group(1));
            Files.createDirectories(file.getParent());
            Files.writeString(file, shown.group(2));
            files.add(shown.group(1));
        }
        assertThat(files)
                .containsExactly(
                        "pom.xml",
                        "src/main/java/Embedding.java",
                        RESOURCES + ADDON + "addon.properties",
                        RESOURCES + ADDON + "1.0.sql",
                        RESOURCES + ADDON + "uninstall.sql");
        assertThat(dependencies(Files.readString(folder.resolve("pom.xml"))))
                .containsExactly("saas-core", "backend-h2 runtime")
                .isSubsetOf(dependencies(Files.readString(Path.of("pom.xml"))));

        // With the module path of the test, without this example.
        String libraries = Stream.of(System.getProperty("java.class.path").split(File.pathSeparator))
                .filter(each -> !Path.of(each)
                        .toAbsolutePath()
                        .startsWith(Path.of("target").toAbsolutePath()))
                .collect(Collectors.joining(File.pathSeparator));
        assertThat(java(
                        "--class-path",
                        folder.resolve(RESOURCES) + File.pathSeparator + libraries,
                        folder.resolve("src/main/java/Embedding.java").toString()))
                .containsExactly(EXPECTED);
    }

    /** The README shows the first lines that the program runs, and what the program prints. */
    @Test
    void theReadmeShowsTheStartOfThisProject() throws IOException {
        String page = Files.readString(README);
        String java = page.split("```java\n", 2)[1].split("```", 2)[0];
        assertThat(java).endsWith(";\n}\n");
        assertThat(Files.readString(SOURCE))
                .contains(java.substring(0, java.length() - 2).indent(8));
        assertThat(page).contains("```text\n" + String.join("\n", EXPECTED) + "\n```");
    }

    @Test
    void thePageShowsThisProject() throws IOException {
        String page = Files.readString(PAGE);
        String source = Files.readString(SOURCE);
        assertThat(page).contains(source.substring(source.indexOf("import ")));
        for (String file : List.of("addon.properties", "1.0.sql", "uninstall.sql")) {
            assertThat(page).contains(Files.readString(Path.of(RESOURCES + ADDON + file)));
        }
    }

    /** Returns the names of the project's libraries that a POM declares, with their scopes. */
    private static List<String> dependencies(String pom) {
        return DEPENDENCY
                .matcher(pom)
                .results()
                .map(each -> (each.group(1) + " " + Objects.requireNonNullElse(each.group(2), "")).strip())
                .toList();
    }

    private static List<String> java(String... arguments) throws IOException, InterruptedException {
        List<String> command = new ArrayList<>();
        command.add(Path.of(System.getProperty("java.home"), "bin", "java").toString());
        command.addAll(List.of(arguments));
        Process program = new ProcessBuilder(command)
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
        List<String> printed = new String(program.getInputStream().readAllBytes(), UTF_8)
                .lines()
                .toList();
        assertThat(program.waitFor()).isZero();
        return printed;
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
