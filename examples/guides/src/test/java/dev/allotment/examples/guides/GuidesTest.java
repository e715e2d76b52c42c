// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.guides;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import dev.allotment.Saas;
import dev.allotment.Tenant;
import dev.allotment.tenant.TenantDataSources;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

final class GuidesTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "guides.md");
    private static final Path MAIN = Path.of("src", "main");
    private static final int MAX_LINES = 60;

    /** The name of a file at the end of a paragraph, and its content. */
    private static final Pattern FILE =
            Pattern.compile("`([^`\n]+\\.[a-z]+)`:\n\n```[a-z]+\n(.*?)```\n", Pattern.DOTALL);

    /** The name of a program at the end of a paragraph, and its output. */
    private static final Pattern OUTPUT =
            Pattern.compile("`([A-Za-z]+)` prints\n\n```text\n(.*?)```\n", Pattern.DOTALL);

    private static final Pattern BLOCK = Pattern.compile("(?ms)^```.*?^```$");
    private static final Pattern LIBRARY = Pattern.compile("`([\\w.]+):([\\w-]+):([\\w.]+)`");

    private static Map<String, String> shown(Pattern pattern) throws IOException {
        Map<String, String> found = new TreeMap<>();
        for (MatchResult each :
                pattern.matcher(Files.readString(PAGE)).results().toList()) {
            assertThat(found.put(each.group(1), each.group(2)))
                    .as(each.group(1))
                    .isNull();
        }
        return found;
    }

    /** Returns the files of this project as a reader writes them, without a package and its description. */
    private static Map<String, String> files() throws IOException {
        Map<String, String> files = new TreeMap<>();
        try (Stream<Path> paths = Files.walk(MAIN)) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                String text = Files.readString(path);
                if (!path.endsWith("package-info.java")) {
                    boolean java = path.toString().endsWith(".java");
                    files.put(
                            java ? "src/main/java/" + path.getFileName() : "src/main/" + MAIN.relativize(path),
                            java ? text.substring(text.indexOf("import ")) : text);
                }
            }
        }
        return files;
    }

    @Test
    void thePageShowsEveryFileInFullAndNoOtherCode() throws IOException {
        assertThat(shown(FILE)).isEqualTo(files());
        assertThat(BLOCK.matcher(Files.readString(PAGE)).results())
                .hasSize(files().size() + shown(OUTPUT).size());
    }

    @Test
    void noFileIsLong() throws IOException {
        assertThat(files()).allSatisfy((name, text) -> assertThat(text.lines()).hasSizeLessThanOrEqualTo(MAX_LINES));
    }

    @ParameterizedTest
    @ValueSource(classes = {WithFlyway.class, WithLiquibase.class, WithHibernate.class, WithJooq.class})
    void aProgramPrintsWhatThePageShows(Class<?> program) throws Exception {
        PrintStream before = System.out;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        System.setOut(new PrintStream(bytes, true, UTF_8));
        try {
            program.getMethod("main", String[].class).invoke(null, (Object) new String[0]);
        } finally {
            System.setOut(before);
        }
        assertThat(shown(OUTPUT)).hasSize(4).containsEntry(program.getSimpleName(), bytes.toString(UTF_8));
    }

    @Test
    void aSessionOfOneTenantGetsNoConnectionToAnother() {
        try (Saas saas = Saas.builder().backend("h2", Map.of("memory", "true")).open();
                TenantDataSources sources = TenantDataSources.of(saas)) {
            Customers customers = new Customers(saas);
            Tenant anna = customers.signUp("anna");
            Tenant ben = customers.signUp("ben");
            TenantConnections connections = new TenantConnections(sources);

            sources.currentTenant().runAs(ben, () -> {
                String session = anna.uuid().toString();
                assertThatIllegalStateException().isThrownBy(() -> connections.getConnection(session));
            });
            assertThatIllegalStateException().isThrownBy(connections::getAnyConnection);
            assertThat(sources.acquiredConnections()).isZero();
        }
    }

    @Test
    void thePageNamesTheLibrariesWithWhichItIsTested() throws IOException {
        String pom = Files.readString(Path.of("pom.xml")) + Files.readString(Path.of("..", "..", "pom.xml"));
        List<MatchResult> libraries =
                LIBRARY.matcher(Files.readString(PAGE)).results().toList();
        assertThat(libraries)
                .hasSize(2)
                .allSatisfy(library -> assertThat(pom)
                        .contains("<artifactId>" + library.group(2) + "</artifactId>")
                        .contains(".version>" + library.group(3) + "</"));
    }
}
