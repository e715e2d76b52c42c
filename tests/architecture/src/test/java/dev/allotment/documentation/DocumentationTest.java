// SPDX-License-Identifier: Apache-2.0
package dev.allotment.documentation;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.ErrorCategory;
import dev.allotment.ErrorCodes;
import dev.allotment.SaasBuilder;
import dev.allotment.spi.backend.RecordType;
import dev.allotment.spi.backend.RecordTypes;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

final class DocumentationTest {
    private static final String INDEX = "docs/index.md";

    static List<String> pages() {
        return DocumentPage.all().stream().map(DocumentPage::name).toList();
    }

    @Test
    void errorsListsEveryCodeOnceAndNoOther() throws IllegalAccessException {
        List<String> codes = new ArrayList<>();
        for (Field field : ErrorCodes.class.getFields()) {
            codes.add((String) field.get(null));
        }
        DocumentPage errors = DocumentPage.of("docs/errors.md").section("## Codes");

        assertThat(errors.rows("code"))
                .extracting(row -> DocumentPage.code(row.get(0)).get(0))
                .containsExactlyInAnyOrderElementsOf(codes);
    }

    @Test
    void errorsExplainsEveryCategory() {
        assertThat(DocumentPage.of("docs/errors.md").section("## Categories").rows("category"))
                .extracting(row -> DocumentPage.code(row.get(0)).get(0))
                .containsExactly(
                        Arrays.stream(ErrorCategory.values()).map(Enum::name).toArray(String[]::new));
    }

    @Test
    void configurationListsEverySettingOfTheServer() throws ClassNotFoundException {
        TreeSet<String> options = new TreeSet<>();
        for (Object option :
                Class.forName("dev.allotment.server.setting.SettingOption").getEnumConstants()) {
            options.add(
                    "--" + ((Enum<?>) option).name().toLowerCase(Locale.ROOT).replace('_', '-'));
        }

        assertThat(DocumentPage.of("docs/configuration.md").rows("setting"))
                .extracting(row -> DocumentPage.code(row.get(0)).get(0))
                .containsExactlyInAnyOrderElementsOf(options);
    }

    @Test
    void embeddingListsEverySettingOfTheBuilder() {
        Set<String> settings = Arrays.stream(SaasBuilder.class.getMethods())
                .filter(each -> each.getReturnType() == SaasBuilder.class && !Modifier.isStatic(each.getModifiers()))
                .map(Method::getName)
                .collect(Collectors.toSet());

        assertThat(DocumentPage.of("docs/embedding.md").rows("tier").stream()
                        .flatMap(row -> DocumentPage.code(row.get(1)).stream())
                        .map(code -> code.replaceAll("\\(.*", ""))
                        .distinct())
                .containsExactlyInAnyOrderElementsOf(settings);
    }

    @Test
    void customerDataSaysWhatAnErasureDoesToEveryTypeOfRecord() {
        Set<String> types = Stream.of(RecordTypes.catalog(), RecordTypes.database())
                .flatMap(List::stream)
                .map(RecordType::name)
                .collect(Collectors.toSet());

        assertThat(DocumentPage.of("docs/customer-data.md").rows("record type"))
                .extracting(row -> DocumentPage.code(row.get(0)).get(0))
                .containsExactlyInAnyOrderElementsOf(types);
    }

    @ParameterizedTest
    @MethodSource("pages")
    void everyLinkHasATarget(String name) {
        DocumentPage page = DocumentPage.of(name);

        assertThat(page.links()).allSatisfy(link -> {
            if (!link.startsWith("https://")) {
                String[] parts = link.split("#", 2);
                Path target = parts[0].isEmpty()
                        ? page.path()
                        : page.path().resolveSibling(parts[0]).normalize();
                assertThat(target)
                        .as(link)
                        .satisfies(path -> assertThat(Files.exists(path)).isTrue());
                if (parts.length > 1) {
                    assertThat(DocumentPage.of(target).anchors()).as(link).contains(parts[1]);
                }
            }
        });
    }

    @Test
    void theArchitecturePageLinksEveryDecisionRecord() {
        assertThat(DocumentPage.of("docs/architecture.md").links())
                .containsAll(pages().stream()
                        .filter(page -> page.startsWith("docs/adr/"))
                        .map(page -> page.substring("docs/".length()))
                        .toList());
    }

    @Test
    void whereToFindNamesClassesOfTheCore() {
        Path core = Path.of("../../saas-core/src/main/java/dev/allotment/core/internal");

        assertThat(DocumentPage.of("docs/architecture.md").rows("question").stream()
                        .flatMap(row -> DocumentPage.code(row.get(1)).stream())
                        .filter(code -> code.matches("[a-z]+/[A-Z]\\w+")))
                .hasSizeGreaterThan(15)
                .allSatisfy(code -> assertThat(core.resolve(code + ".java")).isRegularFile());
    }

    @Test
    void everyDecisionRecordHasADateAndAStatus() {
        assertThat(pages().stream().filter(page -> page.startsWith("docs/adr/")))
                .allSatisfy(page -> {
                    DocumentPage record = DocumentPage.of(page);
                    assertThat(record.text()).as(page).containsPattern("(?m)^Date: \\d{4}-\\d{2}-\\d{2}$");
                    assertThat(record.headings("##")).as(page).contains("## Status");
                });
    }

    @Test
    void theIndexLinksEveryPage() {
        assertThat(DocumentPage.of("README.md").links()).contains(INDEX);
        assertThat(DocumentPage.of(INDEX).links().stream()
                        .map(link -> Path.of("docs").resolve(link.replaceAll("#.*", "")))
                        .map(path -> path.normalize().toString()))
                .containsAll(pages().stream()
                        .filter(page -> !page.equals(INDEX))
                        .filter(page -> !page.startsWith("docs/adr/"))
                        .filter(page -> !page.startsWith("examples/"))
                        .toList());
    }

    @Test
    void theReadmeIsShortAndShowsJavaEarly() {
        List<String> lines = DocumentPage.of("README.md").text().lines().toList();

        assertThat(lines).hasSizeLessThanOrEqualTo(290);
        assertThat(lines.indexOf("```java")).isBetween(1, 59);
    }

    /** Javadoc, messages and examples name pages. */
    @Test
    void everyPageThatAFileNamesExists() {
        assertThat(DocumentPage.namedByFiles()).hasSizeGreaterThan(8).allSatisfy((name, files) -> {
            String[] parts = name.split("#", 2);
            assertThat(pages()).as("named by %s", files).contains(parts[0]);
            if (parts.length > 1) {
                assertThat(DocumentPage.of(parts[0]).anchors())
                        .as("named by %s", files)
                        .contains(parts[1]);
            }
        });
    }
}
