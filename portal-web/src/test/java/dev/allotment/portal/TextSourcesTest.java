// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.portal.text.PortalTexts;
import dev.allotment.text.Texts;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The sources of the customers' pages have keys instead of texts, and the bundles have those keys and no others. */
class TextSourcesTest {
    private static final Path MAIN = Path.of("src", "main");
    private static final Set<String> CUSTOMERS =
            Set.of("account", "databases", "identity", "oauth", "passkey", "support", "team", "webhook", "web");
    /** Their texts are for operators, or for the log. */
    private static final Set<String> OTHERS = Set.of("OperatorSupportPages.java");

    private static final Pattern COMMENT = Pattern.compile("/\\*.*?\\*/|//[^\n]*", Pattern.DOTALL);
    /** Exceptions that show a mistake of the program, and the log. */
    private static final Pattern UNSEEN = Pattern.compile(
            "(?:LOG\\.\\w+|_LOG\\.log|Exception|requireNonNull|setDescription|setHeader|addHeader)\\((?:[^;]|\n)*?;|"
                    + "return \"\\w+\\[.*?;|@SuppressWarnings\\(.*?\\)");

    private static final Pattern LITERAL = Pattern.compile("\"((?:[^\"\\\\\n]|\\\\.)*)\"");
    private static final Pattern SENTENCE = Pattern.compile("[A-Za-z]{2,},? [A-Za-z]{2,}|[A-Z][a-z]+[.!?…:]?");
    private static final Pattern OPERATORS = Pattern.compile("<%--operators--%>.*?<%--/operators--%>", Pattern.DOTALL);
    private static final Pattern KEY = Pattern.compile("\"([a-z0-9-]+(?:\\.[a-z0-9-]+)+)\"");

    @Test
    void theJavaOfCustomersPagesHasNoEnglishText() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources("java")) {
            String code = COMMENT.matcher(Files.readString(file)).replaceAll("");
            code = UNSEEN.matcher(code).replaceAll("");
            LITERAL.matcher(code)
                    .results()
                    .map(match -> match.group(1))
                    .filter(text -> SENTENCE.matcher(text).matches() || text.matches(".*[a-z]{2,} [a-z]{2,}.*"))
                    .forEach(text -> found.add(file.getFileName() + ": " + text));
        }
        assertThat(found)
                .containsExactlyInAnyOrderElementsOf(Set.of(
                        // Only on pages of operators.
                        "Form.java:  must be a whole number from 0 to 999999999.",
                        "RoleWords.java: Administrator",
                        "RoleWords.java: Support",
                        "RoleWords.java: Billing",
                        "RoleWords.java: Reader",
                        "RoleWords.java: Customer",
                        "RoleWords.java: : does everything",
                        "RoleWords.java: : sees everything, suspends databases, retries operations, and sends emails again",
                        "RoleWords.java: : sees everything, and changes customers, prices and payments",
                        "RoleWords.java: : sees everything, and changes nothing",
                        "RoleWords.java: : sees the databases of its teams",
                        "BackupPages.java: Delete a backup of ",
                        "PaymentBanner.java: Paid",
                        "PaymentBanner.java: Unpaid",
                        "PaymentBanner.java: Past due",
                        // What the core says of browsers.
                        "SessionPages.java: Unknown browser",
                        // Stored in the record of the endpoint, and translated when it is shown.
                        "WebhookPages.java: Disabled in the portal.",
                        // Markup, and names of headers and of the product.
                        "Moment.java: <time datetime=\\\"",
                        "TokenEndpoint.java: Authorization",
                        "PortalExchange.java: Origin",
                        "PortalExchange.java: Referer",
                        "PortalExchange.java: Host",
                        "Download.java: Range",
                        "PageBrand.java: Allotment",
                        // If the catalog is not available, so that the language is not known.
                        "Dispatcher.java: Temporarily unavailable. Please try again shortly."));
    }

    @Test
    void thePagesUseTheTextsThatThereAreAndNoOthers() throws IOException {
        Set<String> keys = new TreeSet<>(PortalTexts.ENGLISH.keys());
        Set<String> used = new TreeSet<>();
        String all = "";
        for (Path file :
                Stream.concat(sources("java").stream(), sources("jte").stream()).toList()) {
            String code = Files.readString(file);
            all += code;
            for (MatchResult match : KEY.matcher(code).results().toList()) {
                used.add(match.group(1));
            }
        }
        String code = all;
        assertThat(Pattern.compile("\\b(?:text|rich|plural)\\(\\s*\"([^\"]+)\"")
                        .matcher(code)
                        .results()
                        .map(match -> match.group(1))
                        .filter(key -> !key.endsWith("."))
                        .filter(key -> !keys.contains(key) && !keys.contains(key + ".other")))
                .as("texts that there are not")
                .isEmpty();
        keys.removeIf(key -> used.contains(key)
                || used.contains(key.replaceFirst("\\.(one|other|many)$", ""))
                // Made from a constant, the code of an error, or what was just done.
                || key.matches(
                        "(error|operation\\.kind|unit|role|sort|backups\\.maker|tenant\\.state|permission|failure\\.no-email)(\\..*)?")
                // In the module of the texts.
                || key.startsWith("format.")
                || (key.contains(".done.") && code.contains("\"" + key.substring(0, key.indexOf('.')) + "\"")));
        assertThat(keys).as("texts that nothing uses").isEmpty();
    }

    @Test
    void theStyleSheetDoesNotKnowLeftAndRight() throws IOException {
        String css = COMMENT.matcher(Files.readString(MAIN.resolve("resources/dev/allotment/portal/web/portal.css")))
                .replaceAll("");
        assertThat(Pattern.compile(
                                "(?:margin|padding|border)-(?:left|right)|text-align: *(?:left|right)|^\\s*(?:left|right) *:",
                                Pattern.MULTILINE)
                        .matcher(css)
                        .results()
                        .map(MatchResult::group))
                .isEmpty();
    }

    @Test
    void templatesHaveNoTextOfTheirOwn() throws IOException {
        List<String> found = new ArrayList<>();
        for (Path file : sources("jte")) {
            String template = OPERATORS.matcher(Files.readString(file)).replaceAll("");
            Pattern.compile(
                            ">\\s*([A-Z][a-z]+[^<>{}@$]*)<|(?:aria-label|placeholder|alt|label|hint) ?= ?\"([A-Z][^\"$]*)\"")
                    .matcher(template)
                    .results()
                    .forEach(match -> found.add(file.getFileName() + ": " + match.group()));
        }
        assertThat(found).isEmpty();
    }

    @Test
    void theFourLanguagesSayDifferentThings() {
        Texts english = PortalTexts.ENGLISH;
        for (Texts each : PortalTexts.STANDARD.all()) {
            if (each != english) {
                long same = english.keys().stream()
                        .filter(key -> each.has(key) && each.text(key).equals(english.text(key)))
                        .count();
                assertThat(same).as(each.language()).isLessThan(english.keys().size() / 12);
            }
        }
    }

    private static List<Path> sources(String kind) throws IOException {
        List<Path> found = new ArrayList<>();
        try (Stream<Path> all = Files.walk(MAIN.resolve(kind))) {
            all.filter(Files::isRegularFile)
                    .filter(each -> kind.equals("jte")
                            ? !each.toString().contains("/admin") && !isForOperators(each)
                            : CUSTOMERS.contains(String.valueOf(each.getParent().getFileName()))
                                    && !OTHERS.contains(String.valueOf(each.getFileName())))
                    .forEach(found::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        return found;
    }

    private static boolean isForOperators(Path tag) {
        return Set.of(
                                "area.jte",
                                "brandPreviews.jte",
                                "choose.jte",
                                "databases.jte",
                                "facts.jte",
                                "upload.jte",
                                "usageFields.jte")
                        .contains(String.valueOf(tag.getFileName()))
                && tag.toString().contains("/tag/");
    }
}
