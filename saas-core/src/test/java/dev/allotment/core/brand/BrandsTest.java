// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.brand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandColours;
import dev.allotment.brand.BrandDraft;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandFont;
import dev.allotment.brand.BrandLink;
import dev.allotment.brand.BrandText;
import dev.allotment.brand.Brands;
import dev.allotment.brand.Colour;
import dev.allotment.core.Fixture;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BrandsTest {
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', 1, 2, 3};

    private final Fixture fixture = new Fixture();
    private final Saas host = fixture.saas;
    private final Brands ann = brands(fixture.administrator("ann@example.com"));
    private final Brands bob = brands(fixture.administrator("bob@example.com"));
    private final Brands eve = brands(fixture.signUp("eve@example.com"));

    private Brands brands(User user) {
        return host.actingAs(user.id()).brands();
    }

    @AfterEach
    void close() {
        fixture.close();
    }

    private static Brand named(String name) {
        return Brand.builder().name(name).build();
    }

    private static void assertRefused(String code, Runnable call) {
        assertThatThrownBy(call::run)
                .isInstanceOfSatisfying(
                        SaasException.class,
                        refusal -> assertThat(refusal.code()).isEqualTo(code));
    }

    @Test
    void anAppliedBrandCountsForEveryoneAndKeepsItsParts() {
        Brand brand = Brand.builder()
                .name("Sprout & Co")
                .accent(Colour.of("#123456"))
                .accentDark(Colour.of("#9ec1f0"))
                .font(BrandFont.SERIF)
                .file(BrandAsset.LOGO, BrandFile.of(PNG))
                .support("help@example.com")
                .link(BrandLink.Kind.TERMS, "Terms", "https://example.com/terms")
                .link(BrandLink.Kind.OTHER, "Status", "https://status.example.com")
                .text(BrandText.PAGE_FOOTER, "Line 1\nLine 2 <b>")
                .build();

        ann.saveDraft(brand);
        ann.applyDraft();

        for (Brands each : List.of(host.brands(), ann, bob, eve)) {
            assertThat(each.current()).isEqualTo(brand);
        }
        assertThat(ann.draft()).isEmpty();
        assertThat(eve.file(BrandFile.of(PNG).hash()).orElseThrow().content()).isEqualTo(PNG);

        host.brands().reset();

        assertThat(eve.current()).isEqualTo(Brand.NONE);
    }

    @Test
    void aDraftIsForItsAdministratorOnly() {
        ann.saveDraft(Brand.builder()
                .name("Draft")
                .file(BrandAsset.LOGO, BrandFile.of(PNG))
                .build());

        assertThat(ann.draft().map(BrandDraft::brand).map(Brand::name)).contains("Draft");
        assertThat(bob.draft()).isEmpty();
        assertThat(host.brands().current()).isEqualTo(Brand.NONE);
        assertThat(eve.file(BrandFile.of(PNG).hash())).isEmpty();

        ann.discardDraft();

        assertThat(ann.draft()).isEmpty();
        assertRefused(ErrorCodes.BRAND_NO_DRAFT, ann::applyDraft);
    }

    @Test
    void onlyAdministratorsChangeTheBrand() {
        for (Runnable each : List.<Runnable>of(
                () -> eve.apply(named("Eve")),
                eve::reset,
                eve::draft,
                () -> eve.saveDraft(named("Eve")),
                eve::applyDraft,
                eve::discardDraft,
                () -> host.brands().draft())) {
            assertRefused(ErrorCodes.ACCESS_NOT_ALLOWED, each);
        }
        assertThat(eve.current()).isEqualTo(Brand.NONE);
    }

    @Test
    void aDraftDoesNotUndoWhatAnotherAdministratorHasApplied() {
        ann.saveDraft(named("Ann's"));
        bob.saveDraft(named("Bob's"));
        bob.applyDraft();

        assertThat(ann.draft().orElseThrow().outdated()).isTrue();
        assertRefused(ErrorCodes.BRAND_CHANGED, ann::applyDraft);
        assertThat(host.brands().current().name()).isEqualTo("Bob's");

        ann.saveDraft(named("Ann's"));
        ann.applyDraft();

        assertThat(host.brands().current().name()).isEqualTo("Ann's");
    }

    @Test
    void anotherNodeShowsTheBrandWithinSecondsAndAfterARestart() {
        try (Saas other = fixture.open(fixture.backend)) {
            assertThat(other.brands().current().name()).isEmpty();

            host.brands().apply(named("Sprout"));
            fixture.seconds(5);

            assertThat(other.brands().current().name()).isEqualTo("Sprout");
        }
        try (Saas restarted =
                fixture.builder(fixture.backend).brand(named("Settings")).open()) {
            assertThat(restarted.brands().current().name()).isEqualTo("Sprout");
            restarted.brands().reset();
            assertThat(restarted.brands().current().name()).isEqualTo("Settings");
        }
    }

    @Test
    void aFileStaysForAnHourAfterItsBrandWasReplaced() {
        String hash = BrandFile.of(PNG).hash();
        host.brands()
                .apply(Brand.builder().file(BrandAsset.LOGO, BrandFile.of(PNG)).build());

        host.brands().apply(named("Without a logo"));
        assertThat(host.brands().file(hash)).isPresent();

        fixture.clock.advance(Duration.ofMinutes(61));
        host.brands().apply(named("Later"));
        assertThat(host.brands().file(hash)).isEmpty();
    }

    @ParameterizedTest
    @CsvSource({
        "#ffcc00, accent, 1.3",
        "#777777, accent, 4.1",
    })
    void aColourWithTooLittleContrastIsRefusedWithTheNearestOne(String hex, String part, String ratio) {
        Brand brand = Brand.builder().accent(Colour.of(hex)).build();

        assertThatThrownBy(() -> host.brands().apply(brand))
                .hasMessageContaining(part + ": The accent " + hex + " has a contrast of " + ratio)
                .hasMessageContaining("4.50:1");
        String text = brand.problems().get(0).text();
        Colour nearest = Colour.of(text.substring(text.lastIndexOf('#'), text.lastIndexOf('#') + 7));
        assertThat(Brand.builder().accent(nearest).build().problems()).isEmpty();
    }

    @Test
    void derivedColoursAreReadable() {
        for (int rgb = 0; rgb < 0x1000000; rgb += 0x1357) {
            Brand brand = Brand.builder().accent(new Colour(rgb)).build();
            if (!brand.problems().isEmpty()) {
                continue;
            }
            BrandColours light = BrandColours.light(brand).orElseThrow();
            BrandColours dark = BrandColours.dark(brand).orElseThrow();
            for (BrandColours each : List.of(light, dark)) {
                assertThat(each.accent().contrast(each.onAccent()))
                        .as(brand.toString())
                        .isGreaterThanOrEqualTo(4.5);
            }
            assertThat(light.link().contrast(Colour.of("#f5f6f4"))).isGreaterThanOrEqualTo(4.5);
            assertThat(dark.link().contrast(Colour.of("#1e2623"))).isGreaterThanOrEqualTo(4.5);
        }
        assertThat(Colour.WHITE.contrast(Colour.BLACK)).isEqualTo(21.0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"red", "#fff", "#1f6f5c;}", "", "#1f6f5g", "url(x)", "#1f6f5c\n"})
    void aColourIsSixHexadecimalDigits(String text) {
        assertRefused(ErrorCodes.BRAND_INVALID, () -> Colour.of(text));
    }

    @Test
    void everyHostileValueIsNamed() {
        Brand brand = Brand.builder()
                .name("Sprout\r\nBcc: x@example.org")
                .support("javascript:alert(1)")
                .link(BrandLink.Kind.TERMS, "Terms", "javascript:alert(1)")
                .link(BrandLink.Kind.IMPRINT, "Imprint\r\nX: y", "http://example.com")
                .link(BrandLink.Kind.PRIVACY, "Privacy", "mailto:a@example.com?bcc=b@example.com")
                .link(BrandLink.Kind.OTHER, "Evil", "https://user:secret@example.com/")
                .text(BrandText.SIGN_IN, "x".repeat(1001))
                .text(BrandText.MAIL_FOOTER, "\u202Eevil")
                .file(BrandAsset.LOGO, BrandFile.of("GIF89a".getBytes(StandardCharsets.UTF_8)))
                .file(BrandAsset.ICON, BrandFile.of(new byte[BrandAsset.ICON.maxBytes() + 1]))
                .file(BrandAsset.FONT, BrandFile.of(PNG))
                .build();

        assertThatThrownBy(() -> host.brands().apply(brand))
                .isInstanceOfSatisfying(
                        SaasException.class,
                        refusal -> assertThat(refusal.details())
                                .containsOnlyKeys(
                                        "name",
                                        "support",
                                        "link-terms",
                                        "link-imprint",
                                        "link-privacy",
                                        "link-other",
                                        "text-sign-in",
                                        "text-mail-footer",
                                        "logo",
                                        "icon",
                                        "font"))
                .hasMessageNotContaining("\r");
        assertThat(host.brands().current()).isEqualTo(Brand.NONE);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><SCRIPT/></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>",
                "<svg xmlns='http://www.w3.org/2000/svg'><a href='https://example.com'><path/></a></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><image href='https://example.com/x.png'/></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><image href='data:image/svg+xml;base64,AAAA'/></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><style>@import 'https://example.com'</style></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><rect style='fill:url(https://example.com)'/></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><foreignObject/></svg>",
                "<?xml-stylesheet href='x.css'?><svg xmlns='http://www.w3.org/2000/svg'/>",
                "<!DOCTYPE svg [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><svg xmlns='http://www.w3.org/2000/svg'/>",
                "<html><svg xmlns='http://www.w3.org/2000/svg'/></html>",
                "<svg xmlns='http://www.w3.org/2000/svg'>",
                "<svg xmlns='http://www.w3.org/2000/svg'><x:script xmlns:x='http://www.w3.org/2000/svg'/></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><style>@imp&#x6f;rt 'x'</style></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><style><![CDATA[@import 'x']]></style></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><rect href='&#106;avascript:alert(1)'/></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'><rect a=1/></svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'>&x;</svg>",
                "<svg xmlns='http://www.w3.org/2000/svg'/><script/>",
                "<svg/>"
            })
    void anSvgImageThatIsMoreThanAnImageIsRefused(String svg) {
        assertRefused(ErrorCodes.BRAND_INVALID, () -> host.brands().apply(logo(svg)));
    }

    @Test
    void anSvgImageAsProgramsExportItIsAccepted() {
        host.brands().apply(logo("""
                <?xml version="1.0" encoding="UTF-8"?>
                <!-- Exported -->
                <svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 9 9">
                  <style>.a{fill:#123456}</style>
                  <defs><linearGradient id="g"><stop offset="0"/></linearGradient></defs>
                  <use xlink:href="#g"/><rect class="a" style="fill:url(#g)" width="9" height="9"/>
                </svg>
                """));

        assertThat(host.brands().current().file(BrandAsset.LOGO)).isPresent();
    }

    private static Brand logo(String svg) {
        return Brand.builder()
                .file(BrandAsset.LOGO, BrandFile.of(svg.getBytes(StandardCharsets.UTF_8)))
                .build();
    }

    @Test
    void theBuilderRefusesABrandAndAStylesheetThatAreNotAllowed() {
        assertThatThrownBy(() -> fixture.builder(fixture.backend)
                        .brand(named("x".repeat(61)))
                        .brandStylesheet("x".repeat(262_145))
                        .open())
                .hasMessageContainingAll("brand: ", "name: ", "brandStylesheet: ");
    }

    @Test
    void callersThatApplyAtOnceDoNotFail() throws Exception {
        Consumer<String> apply = name -> host.brands().apply(named(name));
        List<Thread> threads = List.of("A", "B", "C", "D").stream()
                .map(name -> new Thread(() -> apply.accept(name)))
                .toList();
        threads.forEach(Thread::start);
        for (Thread each : threads) {
            each.join();
        }

        assertThat(host.brands().current().name()).isIn("A", "B", "C", "D");
    }
}
