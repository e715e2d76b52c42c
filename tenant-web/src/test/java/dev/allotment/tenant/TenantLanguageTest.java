// SPDX-License-Identifier: Apache-2.0
package dev.allotment.tenant;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.tenant.request.TenantTexts;
import dev.allotment.test.Browser;
import dev.allotment.text.Texts;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.Writer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.jsoup.nodes.Document;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** In which language the pages of tenants are, and that nothing on them is in another one. */
final class TenantLanguageTest {
    private static final String SHOP = "shop.localhost";

    @TempDir
    private Path folder;

    @ParameterizedTest
    @CsvSource({"de,Anmelden", "'fr-CA, de;q=0.5',Se connecter", "es,Iniciar sesión", "it,Sign in", "en,Sign in"})
    void theBrowserChoosesTheLanguage(String header, String title) throws Exception {
        try (World world = World.open()) {
            world.create(SHOP);
            Browser.Answer answer = world.browser().get(world.at(SHOP, "/web/login"), "Accept-Language: " + header);
            assertThat(answer.page().select("h1").text()).isEqualTo(title);
            assertThat(answer.header("vary")).contains("Accept-Language");
            assertThat(answer.header("content-language"))
                    .isEqualTo(answer.page().selectFirst("html").attr("lang"));
        }
    }

    @Test
    void theInstallationHasALanguageForAllOthers() throws Exception {
        try (World world = World.open()) {
            world.create(SHOP);
            world.saas.parameters().set(Parameter.LANGUAGE, "fr");
            Tenant tenant = world.saas.tenants().list(Query.all()).get(0);
            world.saas.tenants().suspend(tenant.id());
            assertThat(world.browser()
                            .get(world.at(SHOP, "/"))
                            .page()
                            .select("h1")
                            .text())
                    .isEqualTo("Cette base de données est suspendue");
        }
    }

    /** Marks each text, so that one that comes from elsewhere stands out. */
    @Test
    void eachTextIsInTheLanguageOfTheReader() throws Exception {
        Properties marked = new Properties();
        try (InputStream in = TenantTexts.class.getResourceAsStream("tenant.en.properties")) {
            Properties english = new Properties();
            english.load(new InputStreamReader(Objects.requireNonNull(in), StandardCharsets.UTF_8));
            english.forEach((key, text) -> marked.put(key, "⟦" + text + "⟧"));
        }
        try (Writer writer = Files.newBufferedWriter(folder.resolve("tenant.he.properties"))) {
            marked.store(writer, null);
        }
        try (World world = World.open(builder -> builder.texts(folder))) {
            world.create(SHOP);
            for (String path : List.of(
                    "/web/login",
                    "/saas_client/nothing",
                    "/saas_client/support?access_token=x",
                    "/saas_client/new_database?access_token=x",
                    "/auth_oauth/signin",
                    "/auth_oauth/signin?code=x",
                    "/auth_oauth/signin?error=x")) {
                check(
                        path,
                        world.browser()
                                .get(world.at(SHOP, path), "Accept-Language: he")
                                .page());
            }
        }
        try (World world = World.open(builder -> builder.texts(folder))) {
            world.saas.tenants().suspend(world.create(SHOP).tenant().id());
            check(
                    "suspended",
                    world.browser()
                            .get(world.at(SHOP, "/"), "Accept-Language: he")
                            .page());
        }
    }

    private static void check(String path, Document page) {
        assertThat(page.selectFirst("html").attr("dir")).isEqualTo("rtl");
        String rest = (page.title() + page.body().wholeText())
                .replaceAll("⟦[^⟧]*⟧", "")
                .replace(SHOP, "");
        assertThat(Pattern.compile("\\p{L}{2,}").matcher(rest).results().map(each -> each.group()))
                .as(path)
                .isEmpty();
    }

    @Test
    void mistakesInAFolderAreRefused() throws Exception {
        Files.writeString(folder.resolve("tenant.de.properties"), "sign-in.log-in = Hallo\n");
        assertThatThrownBy(() -> World.open(builder -> builder.texts(folder)))
                .isInstanceOf(SaasException.class)
                .hasMessageContaining("tenant.de.properties: there is no text with the key sign-in.log-in");
    }

    @Test
    void eachTextIsUsed() throws Exception {
        StringBuilder sources = new StringBuilder();
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path each : files.filter(Files::isRegularFile).toList()) {
                sources.append(Files.readString(each));
            }
        }
        Texts english = TenantTexts.STANDARD.english();
        assertThat(english.keys()).allMatch(key -> sources.indexOf("\"" + key + "\"") >= 0);
        assertThat(Pattern.compile("\\btext\\(\"([a-z.-]+)\"")
                        .matcher(sources)
                        .results()
                        .map(each -> each.group(1)))
                .allMatch(english::has);
    }
}
