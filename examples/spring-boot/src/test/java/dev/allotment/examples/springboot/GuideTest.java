// SPDX-License-Identifier: Apache-2.0
package dev.allotment.examples.springboot;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The guide for Spring Boot shows this project. */
final class GuideTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "spring-boot.md");
    private static final Pattern GUIDE =
            Pattern.compile("(?s)\n## Spring Boot in 15 minutes\n(.*?)\n\\*\\*7\\. Switch to PostgreSQL");
    private static final Pattern BLOCK = Pattern.compile("(?s)```([a-z]+)\n(.*?)```\n");
    private static final int MAX_LINES = 30;

    /** What the blocks about Allotment contain. The others are the application, and would be there without it. */
    private static final Pattern OURS = Pattern.compile("allotment|Saas|saas|version=|title=");

    private static List<String> blocks(String kinds) throws IOException {
        String guide = GUIDE.matcher(Files.readString(PAGE))
                .results()
                .map(each -> each.group(1))
                .findFirst()
                .orElseThrow();
        return BLOCK.matcher(guide)
                .results()
                .filter(each -> each.group(1).matches(kinds))
                .map(each -> each.group(2))
                .toList();
    }

    /** Returns the files of the example, without the indentation, which is another one in the guide. */
    private static List<String> files() throws IOException {
        List<String> files = new ArrayList<>();
        try (Stream<Path> paths = Files.walk(Path.of("src", "main"))) {
            for (Path path : paths.filter(Files::isRegularFile).toList()) {
                files.add(withoutIndentation(Files.readString(path)));
            }
        }
        return files;
    }

    private static String withoutIndentation(String text) {
        return text.replaceAll("(?m)^ +", "");
    }

    @Test
    void itsFilesAreThoseOfTheExample() throws IOException {
        List<String> files = files();
        assertThat(blocks("java|sql|properties"))
                .hasSize(7)
                .allSatisfy(block ->
                        assertThat(files).anySatisfy(file -> assertThat(file).contains(withoutIndentation(block))));
    }

    @Test
    void itsTestIsThatOfTheExample() throws IOException {
        String test = Files.readString(
                Path.of("src", "test", "java", "dev", "allotment", "examples", "springboot", "InvoiceTest.java"));
        String page = withoutIndentation(Files.readString(PAGE));
        assertThat(withoutIndentation(test.substring(test.indexOf("@SpringBootTest"))))
                .startsWith("@SpringBootTest")
                .isSubstringOf(page);
        assertThat(test.lines().filter(line -> line.startsWith("import ") && !line.contains("AutoConfigureMockMvc")))
                .hasSizeGreaterThan(5)
                .allSatisfy(line -> assertThat(page).contains(line));
    }

    @Test
    void itTakesFewLinesForAllotment() throws IOException {
        assertThat(blocks("java|sql|xml|properties").stream()
                        .filter(block -> OURS.matcher(block).find())
                        .flatMap(String::lines))
                .hasSizeLessThanOrEqualTo(MAX_LINES);
    }
}
