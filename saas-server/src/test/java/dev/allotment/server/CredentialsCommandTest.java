// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.allotment.ErrorCodes;
import dev.allotment.Role;
import dev.allotment.SaasException;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.SecondFactors;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.StartFailure;
import dev.allotment.test.AuthenticatorApp;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CredentialsCommandTest {
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @TempDir
    private Path folder;

    @Test
    void setsThePasswordOfAnAdministratorWhoLostIt() throws Exception {
        String session;
        try (RunningServer server = serve()) {
            User admin = server.saas()
                    .accounts()
                    .authenticate("admin", "admin", null)
                    .orElseThrow();
            session = server.saas()
                    .access()
                    .openSession(server.saas().mainDatabase(), admin.id().value());
            assertThat(run("admin-password")).as("H2 is in use").isEqualTo(ExitCode.UNAVAILABLE);
        }

        assertThat(run("admin-password", "--admin-password", "new secret"))
                .as(err())
                .isZero();
        assertThat(out()).contains("Set the password of admin").doesNotContain("new secret");
        assertThat(run("admin-password", "--admin-login", "Second")).as(err()).isZero();
        Matcher generated = Pattern.compile("password  (\\S+)").matcher(out());
        assertThat(generated.find()).isTrue();

        try (RunningServer server = serve()) {
            assertThat(server.saas().accounts().authenticate("admin", "admin", null))
                    .isEmpty();
            assertThat(server.saas().accounts().authenticate("admin", "new secret", null))
                    .isPresent();
            assertThat(server.saas().access().findSession(session)).isEmpty();
            assertThat(server.saas().accounts().authenticate("second", generated.group(1), null))
                    .hasValueSatisfying(user -> assertThat(user.role()).isEqualTo(Role.ADMINISTRATOR));
        }
    }

    @Test
    void removesTheSecondFactorOfAnAdministratorWhoLostIt() throws Exception {
        try (RunningServer server = serve("--secret-key", "a secret key for tests")) {
            SecondFactors factors = server.saas().secondFactors();
            UserId admin =
                    server.saas().accounts().findByLogin("admin").orElseThrow().id();
            AuthenticatorApp app =
                    new AuthenticatorApp(factors.start(admin).uri().toString(), Instant::now);
            factors.confirm(admin, app.code());
            assertThatThrownBy(() -> server.saas().accounts().authenticate("admin", "admin", null))
                    .isInstanceOfSatisfying(
                            SaasException.class, e -> assertThat(e.code()).isEqualTo(ErrorCodes.ACCESS_FACTOR_NEEDED));
        }

        assertThat(run("admin-password", "--admin-password", "new secret"))
                .as(err())
                .isZero();
        assertThat(out()).contains("Removed the second factor of admin.");

        try (RunningServer server = serve()) {
            assertThat(server.saas().accounts().authenticate("admin", "new secret", null))
                    .isPresent();
        }
    }

    @Test
    void makesAKeyForAnAdministratorWhoHasNone() throws Exception {
        serve().close();

        assertThat(run("api-key", "--admin-login", "absent")).isEqualTo(ExitCode.NOT_FOUND);
        assertThat(err()).contains("no active administrator \"absent\"").hasLineCount(1);
        assertThat(run("api-key")).as(err()).isZero();
        Matcher key = Pattern.compile("key  (\\S+)").matcher(out());
        assertThat(key.find()).isTrue();

        try (RunningServer server = serve()) {
            assertThat(server.saas().apiKeys().authenticate(key.group(1), null))
                    .hasValueSatisfying(holder -> assertThat(server.saas()
                                    .accounts()
                                    .findByLogin("admin")
                                    .orElseThrow()
                                    .id()
                                    .value())
                            .isEqualTo(holder.userId()));
        }
    }

    @Test
    void makesTheSettingOfTheMasterPasswordCountAgain() throws Exception {
        try (RunningServer server = serve("--master-password", "first")) {
            server.saas().changeMasterPassword("changed");
        }
        assertThat(run("master-password")).isEqualTo(ExitCode.WRONG_SETTINGS);
        assertThat(err()).contains("--master-password-file");

        assertThat(run("master-password", "--master-password", "second"))
                .as(err())
                .isZero();

        try (RunningServer server = serve("--master-password", "second")) {
            assertThat(server.saas().withMasterPassword("second")).isPresent();
            assertThat(server.saas().withMasterPassword("changed")).isEmpty();
        }
    }

    @Test
    void aStartWithoutTheSettingForgetsAChangedMasterPassword() throws Exception {
        try (RunningServer server = serve("--master-password", "first")) {
            server.saas().changeMasterPassword("changed");
        }
        try (RunningServer server = serve()) {
            assertThat(server.saas().withMasterPassword("changed")).isEmpty();
            assertThat(server.saas().withMasterPassword("first")).isEmpty();
        }
        try (RunningServer server = serve("--master-password", "second")) {
            assertThat(server.saas().withMasterPassword("second")).isPresent();
        }
    }

    @Test
    void aStartNamesNoAdministratorThatDoesNotExist() throws Exception {
        try (RunningServer server = serve()) {
            StartupBanner.print(new PrintStream(out, true), "1", server, Duration.ZERO);
            assertThat(out()).contains("administrator  admin\n");
        }
        out.reset();
        try (RunningServer server = serve("--admin-login", "admin9")) {
            StartupBanner.print(new PrintStream(out, true), "1", server, Duration.ZERO);
            assertThat(out()).contains("administrator  none").doesNotContain("admin9");
        }
    }

    private RunningServer serve(String... more) throws StartFailure {
        List<String> line = new ArrayList<>(List.of(
                "serve",
                "--port",
                "0",
                "--password-rounds",
                "1000",
                "--admin-password",
                "admin",
                "--data",
                folder.toString()));
        line.addAll(List.of(more));
        return SaasServer.start(Map.of(), CommandLineArguments.parse("test", line.toArray(new String[0])));
    }

    private int run(String command, String... more) {
        out.reset();
        err.reset();
        List<String> line = new ArrayList<>(List.of(command, "--data", folder.toString(), "--password-rounds", "1000"));
        line.addAll(List.of(more));
        return SaasServer.run(
                Map.of(), new PrintStream(out, true), new PrintStream(err, true), line.toArray(new String[0]));
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }
}
