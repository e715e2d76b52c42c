// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.text.TextBundles;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

final class MailTextsTest {
    private static final Map<String, String> VALUES = Map.of(
            "pay", "https://pay.example.com/1",
            "user", "Zoë <b>& Co</b> {url}",
            "database", "shop\r\nBcc: x@example.org",
            "url", "https://shop.example.com/?a=1&b=\"2\"",
            "date", "later",
            "limit", "5 MB",
            "used", "6 MB",
            "portal", "https://portal.example.com",
            "link", "https://portal.example.com/x");

    @TempDir
    private Path folder;

    @ParameterizedTest
    @EnumSource(MailKind.class)
    void everyTextIsCompleteInEachLanguage(MailKind kind) {
        for (String lang : List.of("en_US", "de_DE", "fr_FR", "es_ES")) {
            MailTexts.Written written = MailTexts.standard().write(kind, lang, "en", VALUES, MailFrame.NONE);

            assertThat(written.subject()).isNotBlank().doesNotContain("\n", "\r");
            assertThat(written.text()).contains("Zoë <b>& Co</b> {url}").doesNotContain("\r");
            assertThat(written.html())
                    .contains("lang=\"" + lang.substring(0, 2) + "\"", "Zoë &#60;b&#62;&#38; Co&#60;/b&#62; {url}")
                    .doesNotContain("<b>", "Bcc: x@example.org\n");
        }
    }

    @ParameterizedTest
    @CsvSource({
        "de_DE,Hallo",
        "de,Hallo",
        "de_AT,Hallo",
        "en_US,Hello",
        "fr_FR,Bonjour",
        "es_MX,'Hola,'",
        "it_IT,Hello",
        "x,Hello",
        "'',Hello",
        "../de,Hello"
    })
    void usesTheReadersLanguageOrElseEnglish(String lang, String greeting) {
        assertThat(MailTexts.standard()
                        .write(MailKind.TENANT_CREATED, lang, "en", VALUES, MailFrame.NONE)
                        .text())
                .startsWith(greeting);
    }

    @Test
    void theLanguageOfTheInstallationIsForReadersWhoseLanguageThereIsNot() {
        assertThat(MailTexts.standard()
                        .write(MailKind.TENANT_CREATED, "it_IT", "fr", VALUES, MailFrame.NONE)
                        .text())
                .startsWith("Bonjour");
    }

    @ParameterizedTest
    @EnumSource(MailKind.class)
    void eachLanguageHasTheSameValues(MailKind kind) throws IOException {
        for (String lang : TextBundles.LANGUAGES) {
            assertThat(placeholders(kind, lang)).as(lang).isEqualTo(placeholders(kind, "en"));
        }
    }

    private static Set<String> placeholders(MailKind kind, String lang) throws IOException {
        try (InputStream in = MailTexts.class.getResourceAsStream(kind.key() + "." + lang + ".txt")) {
            return new MailTemplate(new String(Objects.requireNonNull(in).readAllBytes(), StandardCharsets.UTF_8))
                    .placeholders();
        }
    }

    @Test
    void makesALinkOfAParagraphThatIsAnAddress() {
        assertThat(MailTexts.standard()
                        .write(MailKind.TENANT_CREATED, "en", "en", VALUES, MailFrame.NONE)
                        .html())
                .contains("<a href=\"https://shop.example.com/?a=1&#38;b=&#34;2&#34;\">");
        assertThat(MailTexts.standard()
                        .write(
                                MailKind.TENANT_CREATED,
                                "en",
                                "en",
                                Map.of("url", "javascript:alert(1)"),
                                MailFrame.NONE)
                        .html())
                .doesNotContain("href=\"javascript");
    }

    @Test
    void anEmbedderReplacesTextsAndAddsLanguages() throws IOException {
        write("tenant-created.it.txt", "Subject: Ecco {database}\n\nCiao {user}.\n");
        write("tenant-created.en.html", "<html><b>{user}</b></html>");
        MailTexts texts = MailTexts.in(folder);

        assertThat(texts.write(MailKind.TENANT_CREATED, "it_IT", "en", VALUES, MailFrame.NONE)
                        .subject())
                .isEqualTo("Ecco shop Bcc: x@example.org");
        assertThat(texts.write(MailKind.TENANT_CREATED, "en_US", "en", VALUES, MailFrame.NONE)
                        .html())
                .isEqualTo("<html><b>Zoë &#60;b&#62;&#38; Co&#60;/b&#62; {url}</b></html>");
        assertThat(texts.write(MailKind.TENANT_DELETED, "it_IT", "en", VALUES, MailFrame.NONE)
                        .text())
                .startsWith("Hello");
    }

    @Test
    void reportsEveryInvalidTextAtOnce() throws IOException {
        write("tenant-created.en.txt", "Hello {user}");
        write("tenant-deleted.en.txt", "Subject: Gone\n\nLook: {url}\n");
        write("tenant-eaten.en.txt", "Subject: Gone\n\nGone\n");
        write("sign-up.it.html", "<p>Sì</p>");

        assertThatThrownBy(() -> MailTexts.in(folder))
                .hasMessageContainingAll(
                        "tenant-created.en.txt: expected a first line",
                        "tenant-deleted.en.txt: unknown values [url]; expected [database, portal, user]",
                        "tenant-eaten.en.txt: expected <kind>.<language>.txt or",
                        "sign-up.it.html: expected a file sign-up.it.txt too");
        assertThatThrownBy(() -> MailTexts.in(folder.resolve("missing"))).hasMessageContaining("missing");
    }

    @ParameterizedTest
    @CsvSource({
        "Zoë Müller,Zoë Müller",
        "J. R. R. T.,J. R. R. T.",
        "Win at evil.com,me@example.com",
        "http://evil,me@example.com",
        "'',me@example.com",
        "'a\nb',a b"
    })
    void addressesAPersonByLoginIfTheNameIsAnAdvertisement(String name, String shown) {
        assertThat(MailFormats.name(name, "me@example.com")).isEqualTo(shown);
    }

    private void write(String name, String content) throws IOException {
        Files.writeString(folder.resolve(name), content);
    }
}
