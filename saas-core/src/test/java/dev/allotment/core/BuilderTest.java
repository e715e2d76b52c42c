// SPDX-License-Identifier: Apache-2.0
package dev.allotment.core;

import static dev.allotment.core.Refusals.assertRefusal;
import static dev.allotment.core.Refusals.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatNullPointerException;

import dev.allotment.CreateTenant;
import dev.allotment.CreateTenant.Administrator;
import dev.allotment.ErrorCodes;
import dev.allotment.Event;
import dev.allotment.Filter;
import dev.allotment.Parameter;
import dev.allotment.Query;
import dev.allotment.Saas;
import dev.allotment.SaasBuilder;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.fleet.Server;
import dev.allotment.hook.AddonSource;
import dev.allotment.hook.SaasListener;
import dev.allotment.spi.Settings;
import dev.allotment.spi.backend.Backend;
import dev.allotment.spi.backend.BackendProvider;
import dev.allotment.testing.MemoryBackend;
import java.io.IOException;
import java.net.URL;
import java.net.URLClassLoader;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

final class BuilderTest {
    private final MemoryBackend storage = MemoryBackend.create();

    private SaasBuilder builder() {
        return Saas.builder().backend(storage).passwordIterations(1);
    }

    @Test
    void needsOnlyABackendAndCreatesAnAdministratorWithoutPassword() {
        try (Saas saas = builder().open()) {
            assertThat(saas.mainDatabase()).isEqualTo("portal.localhost");
            assertThat(saas.parameters().value(Parameter.BASE_URL)).contains("http://portal.localhost:8069");
            assertThat(saas.parameters().value(Parameter.BASE_DOMAIN)).contains("portal.localhost");
            assertThat(saas.accounts().list(Query.all()))
                    .extracting(User::login)
                    .containsExactly("__system__", "admin");
            for (String password : List.of("", "admin")) {
                assertThat(saas.accounts().authenticate("admin", password, null))
                        .isEmpty();
            }
            assertThat(saas.withMasterPassword("")).isEmpty();
            assertThat(saas.withMasterPassword("admin")).isEmpty();
            assertThat(saas.health().up()).isTrue();
        }
    }

    @Test
    void reportsAllWrongSettingsAtOnceWithoutSecrets() {
        SaasException refusal = refusal(() -> Saas.builder()
                .mainDatabase("Main Database")
                .baseUrl("portal.example.com")
                .baseDomain("no domain")
                .administrator("", "se\ud800cret")
                .masterPassword("")
                .node(" ")
                .passwordIterations(1_000_001)
                .failedSignIns(-1, 5)
                .signUps(-1)
                .nameRetention(Duration.ofDays(-1))
                .open());

        assertThat(refusal.code()).isEqualTo(ErrorCodes.SETTING_INVALID);
        assertThat(refusal)
                .hasMessageContainingAll(
                        "backend:",
                        "mainDatabase:",
                        "baseUrl:",
                        "baseDomain:",
                        "administrator:",
                        "masterPassword:",
                        "node:",
                        "passwordIterations:",
                        "failedSignIns:",
                        "signUps:",
                        "nameRetention:")
                .hasMessageNotContaining("cret");
    }

    @Test
    void reportsTheMistakesOfTheBackendWithTheOthers() {
        BackendProvider strict = new BackendProvider() {
            @Override
            public int spiVersion() {
                return SPI_VERSION;
            }

            @Override
            public String name() {
                return "strict";
            }

            @Override
            public Backend open(Settings settings) {
                settings.optional("path");
                settings.check("the strict backend");
                return MemoryBackend.create();
            }
        };
        assertThat(refusal(() -> Saas.builder()
                        .provider(strict)
                        .backend("strict", Map.of("pth", "x"))
                        .baseUrl("nope")
                        .open()))
                .hasMessageContainingAll("baseUrl:", "pth: is not a setting of the strict backend; did you mean path?");
        assertThat(refusal(() ->
                        Saas.builder().backend("h3", Map.of()).baseUrl("nope").open()))
                .hasMessageContainingAll("baseUrl:", "There is no backend \"h3\"");
        assertThat(refusal(() -> Saas.builder()
                        .provider(strict)
                        .backend("strict", Map.of("path", "x"))
                        .baseUrl("nope")
                        .open()))
                .hasMessageNotContaining("backend");
    }

    @Test
    void printsNoSecrets() {
        List<String> printed = new ArrayList<>();
        SaasBuilder.of((settings, attached) -> {
                    printed.add(new CoreSettings(settings, 1).toString());
                    return null;
                })
                .backend("postgres", Map.of("password", "secret of the server"))
                .administrator("admin", "secret of the administrator")
                .masterPassword("secret of the master")
                .secretKey("secret of the passwords")
                .open();

        assertThat(printed)
                .singleElement()
                .asString()
                .contains("portal.localhost")
                .doesNotContain("secret of");
    }

    @Test
    void refusesPasswordsItCannotHashAndAnEndlessCoolDown() {
        for (SaasBuilder builder : List.of(
                builder().administrator("admin", ""),
                builder().administrator("admin", "p".repeat(4097)),
                builder().administrator("__system__", "secret"),
                builder().masterPassword("p".repeat(4097)),
                builder().nameRetention(Duration.ofSeconds(Long.MAX_VALUE)),
                builder().baseUrl("http://[::1]:8069"))) {
            assertRefusal(builder::open).isEqualTo(ErrorCodes.SETTING_INVALID);
        }
        builder().open().close();
    }

    @Test
    void namesTheClassOfADriverThatIsMissing() {
        BackendProvider withoutDriver = new BackendProvider() {
            @Override
            public int spiVersion() {
                return SPI_VERSION;
            }

            @Override
            public String name() {
                return "acme";
            }

            @Override
            public Backend open(Settings settings) {
                throw new NoClassDefFoundError("com/acme/Driver");
            }
        };

        SaasException refusal = refusal(() ->
                Saas.builder().provider(withoutDriver).backend("acme", Map.of()).open());

        assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKEND_UNKNOWN);
        assertThat(refusal).hasMessageContainingAll("acme", "com.acme.Driver", "class path");
    }

    @Test
    void findsABackendByNameAndListsTheAvailableOnes() {
        SaasException refusal =
                refusal(() -> Saas.builder().backend("oracle", Map.of()).open());
        assertThat(refusal.code()).isEqualTo(ErrorCodes.BACKEND_UNKNOWN);
        assertThat(refusal).hasMessageContainingAll("oracle", "memory");
        assertRefusal(() -> Saas.builder()
                        .backend("memory", Map.of("colour", "red"))
                        .open())
                .isEqualTo(ErrorCodes.SETTING_INVALID);
        Saas saas =
                Saas.builder().backend("memory", Map.of()).passwordIterations(1).open();
        assertThat(saas.health().up()).isTrue();
        saas.close();
        saas.close();
        assertThat(saas.health().up())
                .as("it closes the backend that it opened")
                .isFalse();
    }

    @Test
    void findsABackendDespiteABrokenJarAndNamesTheJarOtherwise(@TempDir Path jar) throws IOException {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = brokenService(jar, BackendProvider.class, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            Saas.builder()
                    .backend("memory", Map.of())
                    .passwordIterations(1)
                    .open()
                    .close();
            assertThat(refusal(() -> Saas.builder().backend("oracle", Map.of()).open()))
                    .hasMessageContainingAll("oracle", "memory", "broken", "no.such.Service");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    @ParameterizedTest
    @ValueSource(classes = {AddonSource.class, SaasListener.class})
    void doesNotStartIfAPartOnTheClassPathIsBroken(Class<?> service, @TempDir Path jar) throws IOException {
        ClassLoader before = Thread.currentThread().getContextClassLoader();
        try (URLClassLoader loader = brokenService(jar, service, before)) {
            Thread.currentThread().setContextClassLoader(loader);
            assertThat(refusal(() -> builder().open())).hasMessageContaining("no.such.Service");
        } finally {
            Thread.currentThread().setContextClassLoader(before);
        }
    }

    private static URLClassLoader brokenService(Path jar, Class<?> service, ClassLoader parent) throws IOException {
        Path services = Files.createDirectories(jar.resolve("META-INF/services"));
        Files.writeString(services.resolve(service.getName()), "no.such.Service\n");
        return new URLClassLoader(new URL[] {jar.toUri().toURL()}, parent);
    }

    @Test
    void requiresUniqueListenerNames() {
        assertRefusal(() -> builder().listener(listener("")).open()).isEqualTo(ErrorCodes.SETTING_INVALID);
        assertRefusal(() -> builder()
                        .listener(listener("mail"))
                        .listener(listener("mail"))
                        .open())
                .isEqualTo(ErrorCodes.SETTING_INVALID);
        builder().listener(listener("mail")).listener(listener("crm")).open().close();
    }

    private static SaasListener listener(String name) {
        return new SaasListener() {
            @Override
            public String name() {
                return name;
            }

            @Override
            public void on(Event event) {}
        };
    }

    @Test
    void doesNotCloseABackendThatItWasGiven() {
        Saas saas = builder().open();
        saas.actingAs(Fixture.ADMINISTRATOR).close();
        saas.close();
        saas.close();
        assertThat(storage.health().up()).isTrue();
        assertThat(builder().open().accounts().count(Filter.all())).isEqualTo(2);
    }

    @Test
    void maintenanceOfAClosedControlPlaneSaysSo() {
        Saas saas = builder().open();
        saas.close();
        storage.close();
        assertRefusal(() -> saas.maintenance().run()).isEqualTo(ErrorCodes.BACKEND_CLOSED);
    }

    @Test
    void refusesNullsAtOnce() {
        assertThatNullPointerException()
                .isThrownBy(() -> Saas.builder().backend("memory", null))
                .withMessage("settings");
        assertThatNullPointerException()
                .isThrownBy(() -> Saas.builder().listener(null))
                .withMessage("listener");
        assertThatNullPointerException()
                .isThrownBy(() -> Saas.builder().clock(null))
                .withMessage("clock");
    }

    @Test
    void doesNotStartOnAClosedBackend() {
        storage.close();
        assertRefusal(() -> builder().open()).isEqualTo(ErrorCodes.BACKEND_CLOSED);
    }

    @Test
    void keepsStoredValuesOverFirstStartSettings() {
        try (Saas saas = builder().administrator("Boss", "first").open()) {
            saas.accounts().setPassword(Fixture.ADMINISTRATOR, "second");
            assertThat(saas.parameters().value(Parameter.RETENTION_DAYS))
                    .as("a deletion by mistake can be taken back")
                    .contains("7");
            saas.parameters().set(Parameter.RETENTION_DAYS, "0");
            saas.parameters().set(Parameter.ALLOW_UNINVITED, "False");
            saas.parameters().set(Parameter.BASE_DOMAIN, "example.org");
            saas.tenants()
                    .create(CreateTenant.outsidePlans("shop", new Administrator("boss", "secret"))
                            .build());
        }
        try (Saas again = builder()
                .administrator("other", "third")
                .baseUrl("https://portal.example.com")
                .baseDomain("example.com")
                .open()) {
            assertThat(again.accounts().list(Query.all()))
                    .extracting(User::login)
                    .containsExactly("__system__", "boss");
            assertThat(again.accounts().authenticate("boss", "second", null)).isPresent();
            assertThat(again.parameters().value(Parameter.ALLOW_UNINVITED)).contains("False");
            assertThat(again.parameters().value(Parameter.RETENTION_DAYS)).contains("0");
            assertThat(again.parameters().value(Parameter.BASE_DOMAIN)).contains("example.org");
            assertThat(again.parameters().value(Parameter.BASE_URL)).contains("http://portal.localhost:8069");
            assertThat(again.tenants().databaseNames()).containsExactly("portal.localhost", "shop");
            assertThat(again.database("shop").members().authenticate("boss", "secret", null))
                    .isPresent();
        }
    }

    @Test
    void refusesToOpenUnderAnotherMainDatabaseName() {
        builder().mainDatabase("portal.example.com").open().close();
        SaasException refusal =
                refusal(() -> builder().mainDatabase("portal.example.org").open());
        assertThat(refusal.code()).isEqualTo(ErrorCodes.SETTING_INVALID);
        assertThat(refusal).hasMessageContainingAll("mainDatabase", "portal.example.com", "portal.example.org");
    }

    @Test
    void startsOnceIfEightNodesStartAtOnce() {
        List<Result<Saas>> nodes = Concurrently.run(
                8, number -> builder().administrator("admin", "secret").open());
        assertThat(nodes).allMatch(Result::succeeded);
        Saas saas = nodes.get(0).value();
        assertThat(saas.accounts().count(Filter.all())).isEqualTo(2);
        assertThat(saas.servers().list(Query.all())).extracting(Server::name).containsExactly(Server.DEFAULT_NAME);
    }

    @ParameterizedTest
    @CsvSource({
        "http://portal.example.com, portal.example.com",
        "https://Portal.Example.COM:443/, portal.example.com",
        "http://localhost:8069, localhost",
        "http://127.0.0.1:8069, 127.0.0.1"
    })
    void derivesTheBaseDomainFromTheBaseUrl(String url, String domain) {
        try (Saas saas = builder().baseUrl(url).open()) {
            assertThat(saas.parameters().value(Parameter.BASE_DOMAIN)).contains(domain);
        }
    }

    @Test
    void acceptsTheMasterPasswordAndChangesItOnAllNodes() {
        Saas saas = builder().masterPassword("master").open();
        Saas node = builder().masterPassword("master").open();
        assertThat(saas.withMasterPassword("wrong")).isEmpty();
        assertThat(saas.withMasterPassword("")).isEmpty();
        assertThat(saas.withMasterPassword("master"))
                .hasValueSatisfying(
                        all -> assertThat(all.operations().count(Filter.all())).isZero());
        assertThat(node.withMasterPassword("master")).isPresent();

        saas.changeMasterPassword("changed");

        assertThat(saas.withMasterPassword("master")).isEmpty();
        assertThat(saas.withMasterPassword("changed")).isPresent();
        assertRefusal(() -> saas.changeMasterPassword("")).isEqualTo(ErrorCodes.ACCOUNT_INVALID);
        Saas restarted = builder().masterPassword("master").open();
        assertThat(restarted.withMasterPassword("changed")).isPresent();
        assertThat(restarted.withMasterPassword("master")).isEmpty();
    }

    @Test
    void acceptsAMasterPasswordLaterIfThereWasNone() {
        Saas saas = builder().open();
        assertThat(saas.withMasterPassword("secret")).isEmpty();
        saas.changeMasterPassword("secret");
        assertThat(saas.withMasterPassword("secret")).isPresent();
        assertThat(saas.forgetMasterPassword()).isTrue();
        assertThat(saas.withMasterPassword("secret")).isEmpty();
        assertThat(saas.forgetMasterPassword()).isFalse();
    }
}
