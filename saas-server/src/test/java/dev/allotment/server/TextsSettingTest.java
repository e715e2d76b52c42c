// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.StartFailure;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The setting for texts of pages. */
final class TextsSettingTest {
    @TempDir
    private Path folder;

    private RunningServer start() throws StartFailure {
        return SaasServer.start(
                Map.of(),
                CommandLineArguments.parse(
                        "test",
                        "serve",
                        "--data=memory",
                        "--port=0",
                        "--admin-password=admin",
                        "--password-rounds=1",
                        "--texts=" + folder.resolve("texts")));
    }

    @Test
    void textsOfTheFolderReplaceOurs() throws Exception {
        Files.createDirectory(folder.resolve("texts"));
        Files.writeString(
                folder.resolve("texts").resolve("portal.de.properties"), "login.forgot-password = Kennwort weg?\n");
        try (RunningServer server = start()) {
            HttpRequest request = HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + "/web/login"))
                    .header("Accept-Language", "de")
                    .build();
            assertThat(HttpClient.newHttpClient()
                            .send(request, BodyHandlers.ofString())
                            .body())
                    .contains("Kennwort weg?", "Anmelden");
        }
    }

    @Test
    void aFolderThatThereIsNotIsRefused() {
        assertThat(catchThrowableOfType(StartFailure.class, this::start).text()).contains("texts: found");
    }

    @Test
    void textsThatAreWrongAreRefused() throws Exception {
        Files.createDirectory(folder.resolve("texts"));
        Files.writeString(folder.resolve("texts").resolve("portal.de.properties"), "login.forgotten = Weg?\n");
        assertThat(catchThrowableOfType(StartFailure.class, this::start).text())
                .contains("portal.de.properties: there is no text with the key login.forgotten");
    }
}
