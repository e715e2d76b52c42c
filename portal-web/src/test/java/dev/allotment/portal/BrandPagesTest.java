// SPDX-License-Identifier: Apache-2.0
package dev.allotment.portal;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Role;
import dev.allotment.SignUp;
import dev.allotment.brand.Brand;
import dev.allotment.brand.BrandAsset;
import dev.allotment.brand.BrandFile;
import dev.allotment.brand.BrandText;
import dev.allotment.portal.PortalTestServer.SentEmail;
import dev.allotment.portal.PortalVisit.Answer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.TimeUnit;
import org.jsoup.nodes.Element;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BrandPagesTest {
    private static final String PATH = "/admin/brand";
    private static final byte[] PNG = {(byte) 0x89, 'P', 'N', 'G', '\r', '\n', 0x1a, '\n', '\r', '\n', '-', '-', 'X', 0
    };

    private PortalTestServer server;
    private PortalVisit admin;
    private PortalVisit stranger;

    @BeforeEach
    void open() throws Exception {
        server = PortalTestServer.openWithMail();
        admin = PortalVisit.signedIn(server, "admin");
        stranger = new PortalVisit(server);
    }

    @AfterEach
    void close() throws Exception {
        server.close();
    }

    private Answer save(String... values) {
        return admin.get(PATH).submit(PATH, values);
    }

    private static String css(PortalVisit visit, String page) {
        return visit.get(visit.get(page)
                        .page()
                        .select("link[rel=stylesheet]")
                        .get(1)
                        .attr("href"))
                .body();
    }

    @Test
    void onlyTheAdministratorSeesTheDraftUntilItIsApplied() {
        server.saas
                .accounts()
                .create(
                        SignUp.builder("olga@example.com", "Olga", PortalTestServer.PASSWORD)
                                .build(),
                        Role.ADMINISTRATOR);
        PortalVisit other = PortalVisit.signedIn(server, "olga@example.com");
        Answer saved = save(
                "name", "Acme <Cloud>",
                "accent", "#123456",
                "text-sign-in", "Welcome to <b>Acme</b>.",
                "text-page-footer", "Acme Ltd.",
                "link-imprint", "https://example.com/imprint");
        assertThat(saved.location()).isEqualTo(PATH + "?done=saved");

        assertThat(admin.get(PATH).page().title()).endsWith("Acme <Cloud>");
        assertThat(admin.get(PATH + "/preview/sign-in").text()).contains("Welcome to <b>Acme</b>.", "Acme Ltd.");
        assertThat(admin.get(PATH + "/preview/sign-up").text()).contains("Acme Ltd.");
        assertThat(admin.get(PATH + "/preview/database").text()).contains("Acme Ltd.");
        assertThat(css(admin, PATH)).contains("--brand:#123456");
        assertThat(admin.get("/admin").page().title()).as("another page").endsWith("Sprout & Co");
        assertThat(other.get(PATH).page().title()).endsWith("Sprout & Co");
        assertThat(stranger.get("/web/login").text()).contains("Sprout & Co").doesNotContain("Acme");

        assertThat(admin.get(PATH).submit(PATH + "/apply").location()).isEqualTo(PATH + "?done=applied");

        Answer login = stranger.get("/web/login");
        assertThat(login.page().title()).isEqualTo("Sign in · Acme <Cloud>");
        assertThat(login.text()).contains("Welcome to <b>Acme</b>.", "Acme Ltd.");
        assertThat(login.page().select("footer a").eachAttr("href")).contains("https://example.com/imprint");
        assertThat(css(stranger, "/web/login")).contains("--brand:#123456").contains("prefers-color-scheme: dark");
        assertThat(login.header("content-security-policy"))
                .doesNotContain("unsafe")
                .doesNotContain("font-src");
        assertThat(admin.get(PATH + "/draft.css").status()).isEqualTo(404);
    }

    @Test
    void otherRolesHaveNoAccess() {
        server.signUp("carla@example.com", "Carla");
        PortalVisit carla = PortalVisit.signedIn(server, "carla@example.com");
        save("name", "Acme");
        for (String path : new String[] {"", "/preview/sign-in", "/preview/database", "/draft.css", "/reset"}) {
            assertThat(carla.get(PATH + path).status()).as(path).isIn(403, 404);
            assertThat(stranger.get(PATH + path).status()).as(path).isEqualTo(303);
        }
        String token =
                carla.get("/my/account").page().select("input[name=form]").attr("value");
        for (String path : new String[] {"", "/apply", "/discard", "/reset", "/email"}) {
            assertThat(carla.post(PATH + path, Map.of("form", token, "name", "Eve"), "Origin", carla.origin())
                            .status())
                    .as(path)
                    .isIn(403, 404);
        }
        assertThat(stranger.get("/web/login").page().title()).endsWith("Sprout & Co");
    }

    @ParameterizedTest
    @CsvSource(
            delimiterString = "~",
            value = {
                "accent~red;}body{display:none",
                "accent~#ffcc00",
                "accent-dark~#101010",
                "support~javascript:alert(1)",
                "link-terms~javascript:alert(1)",
                "link-privacy~http://example.com",
                "link-other~Evil=data:text/html,x"
            })
    void aHostileValueIsRefusedAndNothingIsStored(String field, String value) {
        Answer answer = save("name", "Acme", "accent", "#123456", field, value);

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.page().select("#" + field + "-problem").text()).isNotEmpty();
        assertThat(answer.page().select("#name").attr("value")).as("the rest").isEqualTo("Acme");
        assertThat(admin.get(PATH).page().title()).endsWith("Sprout & Co");
    }

    @Test
    void aNameCannotAddLines() {
        assertThat(save("name", "Acme\r\nBcc: x@example.org").status()).isEqualTo(422);
    }

    private Map<String, String> fields() {
        Map<String, String> fields = new LinkedHashMap<>();
        for (Element each : admin.get(PATH)
                .page()
                .select("form[enctype] input:not([type=file], [type=checkbox]), form[enctype] textarea")) {
            fields.put(each.attr("name"), each.val());
        }
        return fields;
    }

    @Test
    void anUploadedLogoIsServedAsAnImageAndNothingElse() {
        String hash = BrandFile.of(PNG).hash();
        assertThat(admin.upload(PATH, fields(), "logo", PNG).location()).isEqualTo(PATH + "?done=saved");

        String draft = admin.get(PATH).page().select("img.logo").attr("src");
        assertThat(admin.get(draft).bytes()).isEqualTo(PNG);
        assertThat(admin.get(draft).header("cache-control")).isEqualTo("no-store");
        assertThat(stranger.get("/portal/static/brand/" + hash).status()).isEqualTo(404);

        admin.get(PATH).submit(PATH + "/apply");

        Answer logo = stranger.get(
                stranger.get("/web/login").page().select("img.logo").attr("src"));
        assertThat(logo.bytes()).isEqualTo(PNG);
        assertThat(logo.header("content-type")).isEqualTo("image/png");
        assertThat(logo.header("content-security-policy")).isEqualTo("sandbox; default-src 'none'");
        assertThat(logo.header("x-content-type-options")).isEqualTo("nosniff");
        assertThat(logo.header("cache-control")).contains("immutable");
        assertThat(stranger.get("/portal/static/brand/logo").bytes())
                .as("for emails")
                .isEqualTo(PNG);

        assertThat(admin.get(PATH).submit(PATH, "remove-logo", "true").status()).isEqualTo(303);
        admin.get(PATH).submit(PATH + "/apply");
        assertThat(stranger.get("/web/login").page().select("img.logo")).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
                "<html>",
                "GIF89a",
                "%PDF"
            })
    void anUploadThatIsNoImageIsRefused(String content) {
        Answer answer = admin.upload(PATH, fields(), "logo", content.getBytes(StandardCharsets.UTF_8));

        assertThat(answer.status()).isEqualTo(422);
        assertThat(answer.page().select("#logo-problem").text()).isNotEmpty();
    }

    @Test
    void aFileThatIsTooLargeIsRefused() {
        byte[] large = Arrays.copyOf(PNG, BrandAsset.LOGO.maxBytes() + 1);
        assertThat(admin.upload(PATH, fields(), "logo", large).status()).isEqualTo(422);
        assertThat(admin.upload(PATH, fields(), "logo", new byte[3_000_000]).status())
                .isEqualTo(413);
        assertThat(stranger.upload(PATH, Map.of(), "logo", PNG).status())
                .as("a stranger")
                .isEqualTo(303);
        assertThat(admin.upload("/admin/settings", fields(), "logo", PNG).status())
                .as("a form without files")
                .isEqualTo(403);
    }

    @Test
    void aFontOfTheOperatorIsLoadedFromTheOwnOrigin() {
        byte[] font = "wOF2 font".getBytes(StandardCharsets.UTF_8);
        server.saas
                .brands()
                .apply(Brand.builder().file(BrandAsset.FONT, BrandFile.of(font)).build());

        assertThat(stranger.get("/web/login").header("content-security-policy")).contains("font-src 'self'");
        assertThat(css(stranger, "/web/login"))
                .contains("url(\"brand/" + BrandFile.of(font).hash() + "\")");
        assertThat(stranger.get("/portal/static/brand/" + BrandFile.of(font).hash())
                        .header("content-type"))
                .isEqualTo("font/woff2");
    }

    @Test
    void theStylesheetOfTheEmbedderIsLast() {
        Answer page = stranger.get("/web/login");
        String last = Objects.requireNonNull(
                        page.page().select("link[rel=stylesheet]").last())
                .attr("href");

        assertThat(stranger.get(last).body()).isEqualTo("body{letter-spacing:0}");
        assertThat(stranger.get(last).header("cache-control")).contains("immutable");
        for (Element each : page.page().select("link[rel=stylesheet]:not([href*=portal.css])")) {
            assertThat(stranger.get(each.attr("href"), "Accept-Encoding", "gzip")
                            .header("content-encoding"))
                    .isEmpty();
        }
    }

    @Test
    void aTestEmailHasTheDraft() throws Exception {
        server.saas
                .accounts()
                .findByLogin("admin")
                .ifPresent(user -> server.saas
                        .accounts()
                        .update(
                                user.id(),
                                each -> each.toBuilder()
                                        .email("admin@example.com")
                                        .build()));
        save("name", "Acme");

        assertThat(admin.get(PATH).submit(PATH + "/email").location()).isEqualTo(PATH + "?done=emailed");

        SentEmail sent = server.emails.poll(10, TimeUnit.SECONDS);
        assertThat(sent).isNotNull();
        assertThat(sent.kind()).isEqualTo("preview of Acme");
        assertThat(sent.to().address()).isEqualTo("admin@example.com");
    }

    @Test
    void theAppliedBrandIsRemovedAfterAQuestion() {
        server.saas
                .brands()
                .apply(Brand.builder()
                        .name("Acme")
                        .text(BrandText.SIGN_IN, "Hi")
                        .build());

        Answer question = admin.get(PATH + "/reset");
        assertThat(question.text()).contains("cannot be restored");
        assertThat(question.submit(PATH + "/reset").location()).isEqualTo(PATH + "?done=reset");

        assertThat(stranger.get("/web/login").page().title()).endsWith("Sprout & Co");
    }
}
