// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core.addon;

import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.AddonStatus;
import dev.allotment.ConfigurationChange;
import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.ErrorCodes;
import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasException;
import dev.allotment.Tenant;
import dev.allotment.access.Group;
import dev.allotment.core.Fixture;
import dev.allotment.core.TestAddon;
import dev.allotment.testing.MemoryBackend;
import java.io.IOException;
import java.io.OutputStream;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.jar.JarEntry;
import java.util.jar.JarOutputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class AddonDiscoveryTest {
    private static final String PLACE = "META-INF/allotment/addons/";

    @TempDir
    Path folder;

    private final MemoryBackend storage = MemoryBackend.create();
    private final ClassLoader before = Thread.currentThread().getContextClassLoader();

    @AfterEach
    void restore() {
        Thread.currentThread().setContextClassLoader(before);
    }

    private Saas open() {
        return Saas.builder()
                .backend(storage)
                .passwordIterations(1)
                .addons(folder)
                .open();
    }

    private void addon(String name, String properties, String... scripts) {
        Map<String, String> files = new LinkedHashMap<>();
        for (String script : scripts) {
            files.put(script, "script " + script);
        }
        Fixture.addon(folder, name, properties, files);
    }

    private SaasException broken() {
        SaasException refusal = refusal(this::open);
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ADDON_INVALID);
        assertThat(refusal).hasMessageNotContaining(folder.toString());
        return refusal;
    }

    private static Tenant tenant(Saas saas) {
        return saas.tenants()
                .create(CreateTenant.outsidePlans("shop", new Administrator("boss", "secret"))
                        .build())
                .tenant();
    }

    private static List<String> install(Saas saas, String... names) {
        return saas.configuration()
                .apply(
                        tenant(saas).id(),
                        ConfigurationChange.builder().install(names).build())
                .installed();
    }

    @Test
    void findsAddonsInAFolderWithScriptsInOrderOfVersion() {
        addon("sale", """
                version=1.10
                title=Sale
                depends= stock , menus
                group.group_seller=Seller
                group.base.group_boss=Boss
                group.base.group_boss.everyone=true
                """, "1.9.sql", "1.10.sql", "1.2.memory.sql", "1.2.sql", "1.3.postgres.sql", "uninstall.sql");
        addon("stock", "version=1\n");
        addon("menus", "version=1\ntitle=M\u00e9nus\n");
        Fixture.addon(folder, "menus", "version=1\ntitle=M\u00e9nus\n", Map.of("readme.txt", "not a script"));

        try (Saas saas = open()) {
            assertThat(install(saas, "sale")).containsExactly("stock", "menus", "sale");
            assertThat(storage.scripts("shop"))
                    .as("the scripts of the backend's dialect, or else the common ones")
                    .containsExactly("script 1.2.memory.sql", "script 1.9.sql", "script 1.10.sql");
            assertThat(saas.database("shop").groups().findByXmlId("base.group_boss"))
                    .hasValueSatisfying(group -> assertThat(group)
                            .extracting(Group::name, Group::addon)
                            .containsExactly("Boss", "sale"));
            assertThat(saas.database("shop").groups().findByXmlId("sale.group_seller"))
                    .isPresent();
            assertThat(saas.database("shop").addons().list(Query.all()))
                    .extracting(AddonStatus::title)
                    .contains("Sale", "M\u00e9nus", "stock");
        }
    }

    @Test
    void reloadsTheListAndKeepsTheOldOneIfTheNewOneIsInvalid() throws IOException {
        addon("stock", "version=1.0\n", "1.0.sql");
        try (Saas saas = open()) {
            Tenant shop = tenant(saas);
            ConfigurationChange reread =
                    ConfigurationChange.builder().refreshAddons().build();
            addon("sale", "version=1.0\n");
            saas.configuration().apply(shop.id(), reread);
            assertThat(saas.database("shop").addons().count(Filter.all())).isEqualTo(2);

            addon("stock", "version=one\n");
            assertThat(refusal(() -> saas.configuration().apply(shop.id(), reread))
                            .code())
                    .isEqualTo(ErrorCodes.ADDON_INVALID);
            assertThat(saas.configuration()
                            .apply(
                                    shop.id(),
                                    ConfigurationChange.builder()
                                            .install("stock")
                                            .build())
                            .installed())
                    .containsExactly("stock");

            Files.delete(folder.resolve("stock/addon.properties"));
            Files.delete(folder.resolve("sale/addon.properties"));
            saas.configuration().apply(shop.id(), reread);
            assertThat(saas.database("shop").addons().list(Query.all()))
                    .as("a missing add-on is forgotten unless it is installed")
                    .extracting(AddonStatus::name)
                    .containsExactly("stock");
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {true, false})
    void findsAddonsOnTheClassPathInJarsAndFolders(boolean jar) throws IOException {
        Map<String, String> files = Map.of(
                PLACE + "crm/addon.properties", "version=1.0\n", PLACE + "crm/1.0.sql", "create table lead (id int)");
        Path place = folder.resolve(jar ? "with space %.jar" : "with space %");
        if (jar) {
            writeJar(place, files);
        } else {
            for (Map.Entry<String, String> file : files.entrySet()) {
                Path target = place.resolve(file.getKey());
                Files.createDirectories(target.getParent());
                Files.writeString(target, file.getValue());
            }
        }
        try (URLClassLoader loader = new URLClassLoader(new URL[] {place.toUri().toURL()}, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            try (Saas saas =
                    Saas.builder().backend(storage).passwordIterations(1).open()) {
                assertThat(install(saas, "crm")).containsExactly("crm");
                assertThat(storage.scripts("shop")).containsExactly("create table lead (id int)");
            }
        }
    }

    private static void writeJar(Path jar, Map<String, String> files) throws IOException {
        try (OutputStream out = Files.newOutputStream(jar);
                JarOutputStream entries = new JarOutputStream(out)) {
            for (String directory : List.of("META-INF/", "META-INF/allotment/", PLACE, PLACE + "crm/")) {
                entries.putNextEntry(new JarEntry(directory));
            }
            for (Map.Entry<String, String> file : files.entrySet()) {
                entries.putNextEntry(new JarEntry(file.getKey()));
                entries.write(file.getValue().getBytes(StandardCharsets.UTF_8));
            }
        }
    }

    @Test
    void refusesTwoAddonsOfTheSameName() {
        addon("sale", "version=1.0\n");
        SaasException refusal = refusal(() -> Saas.builder()
                .backend(storage)
                .addons(folder)
                .addons(() -> List.of(TestAddon.of("sale", "2.0")))
                .open());
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ADDON_INVALID);
        assertThat(refusal).hasMessageContainingAll("sale", "1.0", "2.0");
    }

    @Test
    void refusesAddonsThatDependOnThemselves() {
        addon("a", "version=1\ndepends=b\n");
        addon("b", "version=1\ndepends=c\n");
        addon("c", "version=1\ndepends=a\n");
        assertThat(broken()).hasMessageContainingAll("\"a\"", "a needs b needs c needs a");
    }

    @Test
    void refusesAMissingDependencyAndNamesBoth() {
        addon("sale", "version=1\ndepends=stock\n");
        SaasException refusal = refusal(this::open);
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ADDON_UNKNOWN);
        assertThat(refusal).hasMessageContainingAll("sale", "stock");
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "version=one | version",
                "version= | version",
                "title=no version | version",
                "version=1.2.x | version",
                "version=-1 | version",
                "version=1;colour=red | colour",
                "version=1;dependencies=stock | dependencies",
                "version=1;group.Bad=Name | Bad",
                "version=1;group.=Nothing | group",
                "version=1;group.a.b.c=Deep | a.b.c",
                "version=1;group.seller.everyone=true | group.seller",
                "version=1;group.seller=S;group.seller.everyone=yes | everyone",
                "version=1;title=\\u00zz | UTF-8"
            })
    void refusesUnknownPropertiesAndNamesThem(String properties, String named) {
        addon("sale", properties.strip().replace(';', '\n') + "\n");
        assertThat(broken()).hasMessageContainingAll("sale", named.strip());
    }

    @ParameterizedTest
    @ValueSource(strings = {"Sale", "1sale", "sale-order", "a b", "base", "..."})
    void refusesInvalidNames(String name) {
        addon(name, "version=1.0\n");
        assertThat(broken()).hasMessageContaining(name);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "install.sql",
                "v1.sql",
                "1..0.sql",
                "1.0.Postgres.sql",
                ".sql",
                "99999999999.sql",
                "2.0.sql",
                "1.0.0.sql"
            })
    void refusesScriptsThatWouldNeverRunOrRunTwice(String script) {
        addon("sale", "version=1.5\n", "1.0.sql", script);
        assertThat(broken()).hasMessageContaining("sale");
    }

    @Test
    void refusesScriptsThatAreNotText() throws IOException {
        addon("sale", "version=1.0\n");
        Files.write(folder.resolve("sale/1.0.sql"), new byte[] {(byte) 0xff, (byte) 0xfe, 0});
        assertThat(broken()).hasMessageContainingAll("sale", "UTF-8");
    }

    @Test
    void refusesAFolderThatDoesNotExist() {
        SaasException refusal = refusal(() ->
                Saas.builder().backend(storage).addons(folder.resolve("none")).open());
        assertThat(refusal.code()).isEqualTo(ErrorCodes.ADDON_INVALID);
        assertThat(refusal).hasMessageContaining("none").hasMessageNotContaining(folder.toString());
    }

    @Test
    void ignoresUnrelatedFiles() throws IOException {
        addon("sale", "version=1.0\n");
        Files.createDirectories(folder.resolve(".git/objects"));
        Files.writeString(folder.resolve("README"), "Add-ons");
        try (Saas saas = open()) {
            assertThat(install(saas, "sale")).containsExactly("sale");
        }
    }
}
