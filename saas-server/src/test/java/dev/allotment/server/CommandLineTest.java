// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.Mode;
import dev.allotment.server.setting.ServerConfiguration;
import dev.allotment.server.setting.SettingOption;
import dev.allotment.spi.Settings;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CommandLineTest {
    @TempDir
    private Path folder;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @Test
    void helpListsTheCommands() {
        assertThat(run("--help")).isEqualTo(ExitCode.OK);

        assertThat(out())
                .contains("demo", "serve", "check", "repair", "tenant psql")
                .contains("operation  ", "suspend");
        assertThat(err()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "demo",
                "serve",
                "check",
                "repair",
                "catalog",
                "backup",
                "export",
                "campaign",
                "erase",
                "admin-password",
                "master-password",
                "rekey",
                "pgbouncer"
            })
    void theHelpOfACommandListsAllOptions(String command) {
        assertThat(run(command, "--help")).isEqualTo(ExitCode.OK);

        assertThat(SettingOption.keys()).allSatisfy(key -> assertThat(out()).contains("--" + key + "="));
        assertThat(out()).contains("SAAS_MAIN_DB", "Exit codes");
    }

    @Test
    void checksSettingsAndStartsNothing() throws IOException {
        assertThat(run("config", "check", "--data", folder.resolve("data").toString(), "--port", "x"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("port: found \"x\"");

        assertThat(run("config", "check", "--data", folder.resolve("data").toString()))
                .as(err())
                .isEqualTo(ExitCode.OK);
        assertThat(out()).startsWith("The settings are right: backend h2");
        assertThat(folder.resolve("data")).doesNotExist();
    }

    @Test
    void helpNamesTheBackendsOnTheClassPath() {
        assertThat(run("serve", "--help")).isEqualTo(ExitCode.OK);

        assertThat(out().replaceAll("\\s+", " ")).contains("one of h2, postgres, the backends on the class path");
    }

    @Test
    void anotherBackendGetsTheFolderAsItsPath() {
        Settings settings = Settings.of(Map.of("backend", "sqlite", "data", "shops"));

        assertThat(ServerConfiguration.read(Mode.SERVE, settings, Map.of("sync", "true"))
                        .backendSettings())
                .containsOnly(Map.entry("path", "shops"), Map.entry("sync", "true"));
    }

    @Test
    void printsTheVersion() {
        assertThat(run("--version")).isEqualTo(ExitCode.OK);

        assertThat(out()).startsWith("saas ");
    }

    @Test
    void printsAConfigurationOfPgBouncerForTheSettings() {
        String[] settings = {
            "pgbouncer", "--backend", "postgres", "--url", "jdbc:postgresql://db.example.com/portal", "--user", "keeper"
        };
        assertThat(run(settings)).as(err()).isEqualTo(ExitCode.OK);
        assertThat(out())
                .contains(
                        "* = host=db.example.com port=5432\n", "pool_mode = transaction\n", "default_pool_size = 20\n")
                .contains("WHERE usename = name AND (starts_with(usename, 'allotment_'))");

        List<String> more = new ArrayList<>(List.of(settings));
        more.add("--nodes");
        out.reset();
        assertThat(run(more.toArray(new String[0]))).as(err()).isEqualTo(ExitCode.OK);
        assertThat(out())
                .contains("pool_mode = session\n", "default_pool_size = 49\n")
                .contains("AND (usename = 'keeper' OR starts_with(usename, 'allotment_'))");
    }

    @Test
    void theConfigurationOfPgBouncerHasTheAddressAndTheEncryptionOfTheUrl() {
        assertThat(pooler("jdbc:postgresql://db_1.internal/portal?sslmode=verify-full&sslrootcert=%2Fetc%2Fca.pem"))
                .contains("* = host=db_1.internal port=5432\n")
                .contains("server_tls_sslmode = verify-full\nserver_tls_ca_file = /etc/ca.pem\n");
        assertThat(pooler("jdbc:postgresql://[2001:db8::1]:5433/portal?sslmode=require"))
                .contains("* = host=2001:db8::1 port=5433\n", "server_tls_sslmode = require\n")
                .doesNotContain("server_tls_ca_file");
        assertThat(pooler("jdbc:postgresql://[::1]/portal?ssl=true"))
                .contains("* = host=::1 port=5432\n", "server_tls_sslmode = verify-full\n")
                .contains("server_tls_ca_file = /etc/pgbouncer/root.crt\n");
        assertThat(pooler("jdbc:postgresql://db/portal")).doesNotContain("server_tls");
    }

    private String pooler(String url) {
        out.reset();
        assertThat(run("pgbouncer", "--backend", "postgres", "--user", "keeper", "--url", url))
                .as(err())
                .isEqualTo(ExitCode.OK);
        return out();
    }

    @Test
    void noConfigurationOfPgBouncerFitsH2OrSeveralHosts() {
        assertThat(run("pgbouncer", "--data", "memory")).isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("set --backend postgres");
        err.reset();
        assertThat(run("pgbouncer", "--backend", "postgres", "--user", "x", "--url", "jdbc:postgresql://a,b/portal"))
                .isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("several hosts");
    }

    @Test
    void aMissingCommandIsReported() {
        assertThat(run()).isEqualTo(ExitCode.WRONG_SETTINGS);

        assertThat(err()).contains("No command. \"saas --help\" lists the commands.");
    }

    @Test
    void anUnknownCommandIsReported() {
        assertThat(run("sevre", "--port", "1")).isEqualTo(ExitCode.WRONG_SETTINGS);

        assertThat(err()).contains("Command sevre does not exist. \"saas --help\" lists the commands.");
    }

    @Test
    void allProblemsAreReportedAtOnce() throws IOException {
        environment.put("SAAS_PASSWORD_ROUNDS", "many");
        environment.put("SAAS_ADMIN_PASWORD", "a secret");
        environment.put("SAAS_MASTER_PASSWORD_FILE", folder.resolve("missing").toString());
        Path file = file("saas.properties", "base-domian = example.com\nserver-version = seventeen\n");

        int code = run(
                "serve",
                "--config",
                file.toString(),
                "--port",
                "99999",
                "--listen=not an address",
                "--main-db",
                "Portal DB",
                "--base-url",
                "ftp://example.com/x",
                "--clients-path",
                "db/",
                "--proxy-trusted",
                "10.0.0.0/8, proxy.example.com",
                "--identity-networks",
                "10.20.0.0/16, 10.30.0.0/99",
                "--max-body",
                "8M",
                "--addons",
                folder.resolve("none").toString(),
                "--list-databases",
                "perhaps",
                "--lissten",
                "0.0.0.0",
                "--backend",
                "oracle",
                "stray",
                "--stop-timeout");

        assertThat(code).isEqualTo(2);
        assertThat(err().lines())
                .anySatisfy(line -> assertThat(line).contains("password-rounds", "\"many\"", "a whole number from 1"))
                .anySatisfy(line -> assertThat(line).contains("master-password-file", "missing"))
                .anySatisfy(line -> assertThat(line).contains("admin-pasword", "did you mean admin-password?"))
                .noneSatisfy(line -> assertThat(line).contains("a secret"))
                .anySatisfy(line -> assertThat(line).contains("base-domian", "did you mean base-domain?"))
                .anySatisfy(line -> assertThat(line).contains("server-version", "\"seventeen\"", "default 17.0"))
                .anySatisfy(line -> assertThat(line).contains("port", "\"99999\"", "from 0 to 65535", "default 8069"))
                .anySatisfy(line -> assertThat(line).contains("listen", "\"not an address\""))
                .anySatisfy(line -> assertThat(line).contains("main-db", "\"Portal DB\"", "lower case"))
                .anySatisfy(line -> assertThat(line).contains("base-url", "ftp://example.com/x"))
                .anySatisfy(line -> assertThat(line).contains("clients-path", "\"db/\"", "a path such as /db"))
                .anySatisfy(line -> assertThat(line).contains("proxy-trusted", "proxy.example.com"))
                .anySatisfy(
                        line -> assertThat(line).contains("identity-networks", "10.30.0.0/99", "such as 10.20.0.0/16"))
                .anySatisfy(line -> assertThat(line).contains("max-body", "\"8M\""))
                .anySatisfy(line -> assertThat(line).contains("addons", "an existing folder"))
                .anySatisfy(line -> assertThat(line).contains("list-databases", "true or false"))
                .anySatisfy(line -> assertThat(line).contains("lissten", "did you mean listen?"))
                .anySatisfy(line -> assertThat(line).contains("backend", "\"oracle\"", "expected one of h2, postgres"))
                .anySatisfy(line -> assertThat(line).contains("\"stray\" does not belong to an option"))
                .anySatisfy(line -> assertThat(line).contains("--stop-timeout"));
        assertThat(out()).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "ftp://example.com",
                "example.com:8069",
                "localhost:8069",
                "mailto:somebody@example.com",
                "http:example.com",
                "https://",
                "https://user@example.com",
                "https://example.com/path",
                "https://example.com?query",
                "//example.com"
            })
    void aBaseUrlHasASchemeAndAHostAndNothingElseButAPort(String url) {
        assertThat(run("serve", "--backend", "h2", "--base-url", url)).isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("base-url", url, "http:// or https://");
    }

    @Test
    void settingsOfTheBackendAreCheckedWithTheOthers() throws IOException {
        Path file = file("saas.properties", "backend.tpyo = 1\n");

        assertThat(run("serve", "--data", "memory", "--port", "x", "--config", file.toString()))
                .isEqualTo(ExitCode.WRONG_SETTINGS);

        assertThat(err()).contains("port: found \"x\"").contains("tpyo: is not a setting");
    }

    @Test
    void aWrongSecretIsNotShown() throws IOException {
        Path secret = file("secret", "from the file\n");
        environment.put("SAAS_PASSWORD", "from a variable");

        run("serve", "--port", "x", "--admin-password", "from the line", "--master-password-file", secret.toString());

        assertThat(err()).contains("port").doesNotContain("from the file", "from a variable", "from the line");
    }

    @Test
    void aSecretGivenTwiceInOneSourceIsReported() throws IOException {
        Path secret = file("secret", "one");

        assertThat(run("serve", "--admin-password", "two", "--admin-password-file", secret.toString()))
                .isEqualTo(ExitCode.WRONG_SETTINGS);

        assertThat(err()).contains("admin-password: is set twice").doesNotContain("two");
    }

    @Test
    void aTakenPortIsReportedWithItsNumber() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            int code = run(
                    "demo",
                    "--demo-customers",
                    "false",
                    "--data",
                    "memory",
                    "--port",
                    Integer.toString(taken.getLocalPort()));

            assertThat(code).isEqualTo(3);
            assertThat(err())
                    .contains("Cannot listen on 127.0.0.1 port " + taken.getLocalPort() + ": Address already in use")
                    .doesNotContain("Exception");
        }
    }

    private int run(String... args) {
        return SaasServer.run(
                environment,
                new PrintStream(out, true, StandardCharsets.UTF_8),
                new PrintStream(err, true, StandardCharsets.UTF_8),
                args);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private Path file(String name, String content) throws IOException {
        return Files.writeString(folder.resolve(name), content);
    }
}
