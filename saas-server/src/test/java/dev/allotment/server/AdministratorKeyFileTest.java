// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Filter;
import dev.allotment.Query;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.server.setting.StartFailure;
import java.io.OutputStream;
import java.io.PrintStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The first start writes an API key of the administrator into a file. */
class AdministratorKeyFileTest {
    @TempDir
    private Path folder;

    @Test
    void writesAKeyOnceThatOnlyItsOwnerCanRead() throws Exception {
        Path file = folder.resolve("key");
        String key;
        try (RunningServer server = serve(file)) {
            key = Files.readString(file).strip();
            assertThat(key).matches("[0-9a-f]{40}");
            assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
                    .isEqualTo("rw-------");
            assertThat(server.saas().apiKeys().authenticate(key, null)).isPresent();
        }
        try (Stream<Path> files = Files.list(folder)) {
            assertThat(files.map(each -> each.getFileName().toString())).doesNotContain("key.tmp");
        }
        Files.delete(file);
        try (RunningServer server = serve(file)) {
            assertThat(file).doesNotExist();
            assertThat(server.saas().apiKeys().authenticate(key, null)).isPresent();
            server.saas()
                    .apiKeys()
                    .list(Query.all())
                    .forEach(each -> server.saas().apiKeys().revoke(each.id()));
        }
        try (RunningServer server = serve(file)) {
            assertThat(file).doesNotExist();
            assertThat(server.saas().apiKeys().count(Filter.all())).isZero();
        }
    }

    @Test
    void finishesADraftThatAKilledProcessLeft() throws Exception {
        Path file = folder.resolve("key");
        serve(file).close();
        Files.move(file, folder.resolve("key.tmp"));

        serve(file).close();

        assertThat(Files.readString(file)).matches("[0-9a-f]{40}\n");
        assertThat(folder.resolve("key.tmp")).doesNotExist();
    }

    @Test
    void makesTheKeyAgainIfAProcessWasKilledBeforeItHadWrittenIt() throws Exception {
        Path file = folder.resolve("key");
        serve(file).close();
        String lost = Files.readString(file).strip();
        Files.delete(file);
        Files.createFile(folder.resolve("key.tmp"));

        try (RunningServer server = serve(file)) {
            String key = Files.readString(file).strip();
            assertThat(server.saas().apiKeys().authenticate(key, null)).isPresent();
            assertThat(server.saas().apiKeys().authenticate(lost, null)).isEmpty();
        }
        assertThat(folder.resolve("key.tmp")).doesNotExist();
    }

    @Test
    void aCatalogThatIsConfirmedAsMovedHasNoKeys() throws Exception {
        Path file = folder.resolve("key");
        serve(file).close();
        String key = Files.readString(file).strip();
        PrintStream ignored = new PrintStream(OutputStream.nullOutputStream());
        String[] command = {
            "catalog", "--moved", "--data", folder.resolve("data").toString()
        };

        assertThat(SaasServer.run(Map.of(), ignored, ignored, command)).isZero();

        try (RunningServer server = serve(file)) {
            assertThat(server.saas().apiKeys().authenticate(key, null)).isEmpty();
            assertThat(server.saas().apiKeys().count(Filter.all())).isZero();
        }
    }

    @Test
    void keepsAFileThatExists() throws Exception {
        Path file = Files.writeString(folder.resolve("key"), "mine");
        try (RunningServer server = serve(file)) {
            assertThat(file).hasContent("mine");
            assertThat(server.saas().apiKeys().count(Filter.all())).isZero();
        }
    }

    private RunningServer serve(Path file) throws StartFailure {
        String[] line = {
            "serve",
            "--data",
            folder.resolve("data").toString(),
            "--port",
            "0",
            "--admin-password",
            "admin",
            "--password-rounds",
            "1",
            "--admin-key-file",
            file.toString()
        };
        return SaasServer.start(Map.of(), CommandLineArguments.parse("test", line));
    }
}
