// SPDX-License-Identifier: Apache-2.0
package dev.allotment.mail;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.brand.Colour;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

final class MailFrameTest {
    private static final BrandFile PNG = BrandFile.of(new byte[] {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n'});
    private static final BrandFile SVG =
            BrandFile.of("<svg xmlns='http://www.w3.org/2000/svg'/>".getBytes(StandardCharsets.UTF_8));

    private static MailTexts.Written written(Brand brand, String baseUrl) {
        return MailTexts.standard()
                .write(MailKind.PASSWORD_CHANGED, "en_US", "en", Map.of("user", "Zoë"), new MailFrame(brand, baseUrl));
    }

    @Test
    void bothPartsHaveTheBrand() {
        Brand brand = Brand.builder()
                .name("Sprout & <b>Co</b>")
                .accent(Colour.of("#7a1f5c"))
                .file(BrandAsset.LOGO, PNG)
                .support("help@example.com")
                .link(BrandLink.Kind.IMPRINT, "Imprint", "https://example.com/imprint?a=1&b=2")
                .text(BrandText.MAIL_FOOTER, "Acme Ltd.\nLondon")
                .build();

        MailTexts.Written written = written(brand, "https://portal.example.com");

        assertThat(written.text()).endsWith("""

                        --\s
                        Sprout & <b>Co</b>
                        help@example.com
                        Acme Ltd.
                        London
                        Imprint: https://example.com/imprint?a=1&b=2
                        """);
        assertThat(written.html())
                .contains("<img src=\"https://portal.example.com/portal/static/brand/logo\"", "3px solid #7a1f5c")
                .contains("Sprout &#38; &#60;b&#62;Co&#60;/b&#62;", "Acme Ltd.<br>\nLondon")
                .contains("<a href=\"https://example.com/imprint?a=1&#38;b=2\">Imprint</a>")
                .doesNotContain("<b>");
    }

    @Test
    void aLogoThatProgramsForEmailDoNotShowIsLeftOut() {
        Brand svg = Brand.builder().name("Sprout").file(BrandAsset.LOGO, SVG).build();
        Brand png = Brand.builder().name("Sprout").file(BrandAsset.LOGO, PNG).build();

        assertThat(written(svg, "https://portal.example.com").html()).doesNotContain("<img");
        assertThat(written(png, "http://portal.localhost:8069").html()).doesNotContain("<img");
    }

    @Test
    void aValueNeverAddsALineToTheSubject() {
        Brand brand = Brand.builder().name("Sprout\r\nBcc: x@example.org").build();

        assertThat(written(brand, "").subject()).doesNotContain("\r", "\n", "Bcc");
        assertThat(written(brand, "").text()).contains("\nSprout Bcc: x@example.org\n");
    }

    @Test
    void withoutABrandNothingIsAround() {
        assertThat(written(Brand.NONE, "https://portal.example.com").text()).doesNotContain("-- ");
        assertThat(written(Brand.NONE, "https://portal.example.com").html()).doesNotContain("<img", "color: #59635c");
    }
}
