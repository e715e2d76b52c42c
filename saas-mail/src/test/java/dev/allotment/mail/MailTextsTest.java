// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
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
    void everyTextIsCompleteInBothLanguages(MailKind kind) {
        for (String lang : new String[] {"en_US", "de_DE"}) {
            MailTexts.Written written = MailTexts.standard().write(kind, lang, VALUES, MailFrame.NONE);

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
        "fr_FR,Hello",
        "x,Hello",
        "'',Hello",
        "../de,Hello"
    })
    void usesTheReadersLanguageOrElseEnglish(String lang, String greeting) {
        assertThat(MailTexts.standard()
                        .write(MailKind.TENANT_CREATED, lang, VALUES, MailFrame.NONE)
                        .text())
                .startsWith(greeting);
    }

    @Test
    void makesALinkOfAParagraphThatIsAnAddress() {
        assertThat(MailTexts.standard()
                        .write(MailKind.TENANT_CREATED, "en", VALUES, MailFrame.NONE)
                        .html())
                .contains("<a href=\"https://shop.example.com/?a=1&#38;b=&#34;2&#34;\">");
        assertThat(MailTexts.standard()
                        .write(MailKind.TENANT_CREATED, "en", Map.of("url", "javascript:alert(1)"), MailFrame.NONE)
                        .html())
                .doesNotContain("href=\"javascript");
    }

    @Test
    void anEmbedderReplacesTextsAndAddsLanguages() throws IOException {
        write("tenant-created.fr.txt", "Subject: Voilà {database}\n\nBonjour {user}.\n");
        write("tenant-created.en.html", "<html><b>{user}</b></html>");
        MailTexts texts = MailTexts.in(folder);

        assertThat(texts.write(MailKind.TENANT_CREATED, "fr_FR", VALUES, MailFrame.NONE)
                        .subject())
                .isEqualTo("Voilà shop Bcc: x@example.org");
        assertThat(texts.write(MailKind.TENANT_CREATED, "en_US", VALUES, MailFrame.NONE)
                        .html())
                .isEqualTo("<html><b>Zoë &#60;b&#62;&#38; Co&#60;/b&#62; {url}</b></html>");
        assertThat(texts.write(MailKind.TENANT_DELETED, "fr_FR", VALUES, MailFrame.NONE)
                        .text())
                .startsWith("Hello");
    }

    @Test
    void reportsEveryInvalidTextAtOnce() throws IOException {
        write("tenant-created.en.txt", "Hello {user}");
        write("tenant-deleted.en.txt", "Subject: Gone\n\nLook: {url}\n");
        write("tenant-eaten.en.txt", "Subject: Gone\n\nGone\n");
        write("sign-up.fr.html", "<p>Oui</p>");

        assertThatThrownBy(() -> MailTexts.in(folder))
                .hasMessageContainingAll(
                        "tenant-created.en.txt: expected a first line",
                        "tenant-deleted.en.txt: unknown values [url]; expected [database, portal, user]",
                        "tenant-eaten.en.txt: expected <kind>.<language>.txt or",
                        "sign-up.fr.html: expected a file sign-up.fr.txt too");
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
