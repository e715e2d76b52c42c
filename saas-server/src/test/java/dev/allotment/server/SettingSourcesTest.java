// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.server.setting.SettingSources;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingSourcesTest {
    @TempDir
    private Path folder;

    private final List<String> problems = new ArrayList<>();

    @Test
    void theCommandLineOverridesVariablesAndTheyOverrideTheFile() throws IOException {
        Path file = file("port = 1\nlisten = 1\nmain-db = 1\nbackend.pool = 4\n");

        SettingSources sources = new SettingSources(
                Map.of("config", file.toString(), "port", "3"),
                Map.of("SAAS_PORT", "2", "SAAS_LISTEN", "2", "SAAS_LOG_LEVEL", "debug", "PORT", "2"),
                problems);

        assertThat(sources.values())
                .containsOnly(
                        Map.entry("config", file.toString()),
                        Map.entry("port", "3"),
                        Map.entry("listen", "2"),
                        Map.entry("main-db", "1"));
        assertThat(sources.backend()).containsOnly(Map.entry("pool", "4"));
        assertThat(problems).isEmpty();
    }

    @Test
    void theFileMayBeNamedByAVariable() throws IOException {
        Path file = file("port = 1\n");

        SettingSources sources = new SettingSources(Map.of(), Map.of("SAAS_CONFIG", file.toString()), problems);

        assertThat(sources.values()).containsEntry("port", "1");
    }

    @Test
    void aMisspeltVariableIsReported() {
        assertThat(new SettingSources(Map.of(), Map.of("SAAS_ADMIN_PASWORD", "x"), problems).values())
                .containsOnly(Map.entry("admin-pasword", "x"));
    }

    @Test
    void aVariableWithoutAValueSetsNothing() {
        assertThat(new SettingSources(Map.of(), Map.of("SAAS_PORT", ""), problems).values())
                .isEmpty();
    }

    @Test
    void aSecretIsTheWholeFileWithoutTheLastLineEnd() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), " grüße \n\n");

        SettingSources sources =
                new SettingSources(Map.of("admin-password-file", secret.toString()), Map.of(), problems);

        assertThat(sources.values()).containsOnly(Map.entry("admin-password", " grüße \n"));
    }

    @Test
    void theBackendReadsTheFileWithItsPasswordItself() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "s3cret");

        SettingSources sources = new SettingSources(
                Map.of("password-file", secret.toString()), Map.of("SAAS_PASSWORD", "weak"), problems);

        assertThat(sources.values()).isEmpty();
        assertThat(sources.backend()).containsOnly(Map.entry("password.file", secret.toString()));
    }

    @Test
    void aSecretReplacesBothNamesFromAWeakerSource() throws IOException {
        Path secret = Files.writeString(folder.resolve("secret"), "from its file");

        assertThat(new SettingSources(
                                Map.of("smtp-password-file", secret.toString()),
                                Map.of("SAAS_SMTP_PASSWORD", "weak"),
                                problems)
                        .values())
                .containsOnly(Map.entry("smtp-password", "from its file"));
        assertThat(new SettingSources(
                                Map.of("smtp-password", "strong"),
                                Map.of("SAAS_SMTP_PASSWORD_FILE", secret.toString()),
                                problems)
                        .values())
                .containsOnly(Map.entry("smtp-password", "strong"));
        assertThat(problems).isEmpty();
    }

    @Test
    void aFileThatCannotBeReadIsAProblem() {
        new SettingSources(Map.of("config", folder.resolve("none").toString()), Map.of(), problems);

        assertThat(problems).singleElement().asString().contains("config", "none");
    }

    @Test
    void aFileCannotNameAnotherOne() throws IOException {
        new SettingSources(Map.of("config", file("config = other.properties\n").toString()), Map.of(), problems);

        assertThat(problems).containsExactly("config: cannot be set in the file itself");
    }

    private Path file(String content) throws IOException {
        return Files.writeString(folder.resolve("saas.properties"), content);
    }
}
