// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.type.TypeReference;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import dev.allotment.server.setting.ExitCode;
import dev.allotment.server.setting.Mode;
import dev.allotment.spi.Settings;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The log of a real server, as a program reads it. */
class JsonLogTest {
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private static final List<String> SECRETS = List.of("a secret password", "a master password", "the mail password");

    @TempDir
    private Path folder;

    @Test
    void eachLineIsAnObjectThatSaysForWhatItWasWritten() throws Exception {
        Path log = folder.resolve("log");
        Path addon = Files.createDirectories(folder.resolve("addons").resolve("broken"));
        Files.writeString(addon.resolve("addon.properties"), "title = Broken\nversion = 1.0\n");
        Files.writeString(addon.resolve("1.0.sql"), "SELECT no_such_column FROM no_such_table");
        try (RunningProcess server = start(log)) {
            int port = server.port();
            call(port, "create", "\"saas_portal.plan\", \"create_new_database\", [1], {}");
            call(port, "refused \u00e4 \" {", "\"no.model\", \"read\", [[1]]");
            callOfATenant(port);
            call(port, "fails", "\"saas.config\", \"do_upgrade_database\", [{\"install_addons\": [\"broken\"]}, 1]");
            callsOverRest(port, Files.readString(log.resolveSibling("key")).strip());
            server.terminate();
            assertThat(server.exitCode()).isEqualTo(ExitCode.OK);
        }
        List<Map<String, String>> lines = new ArrayList<>();
        for (String line : Files.readAllLines(log)) {
            lines.add(JSON.readValue(line, new TypeReference<Map<String, String>>() {}));
        }

        assertThat(lines).allSatisfy(line -> {
            assertThat(line).containsKeys("time", "level", "logger", "message", "thread");
            assertThat(Instant.parse(line.get("time"))).isAfter("2026-01-01T00:00:00Z");
            assertThat(line.get("level")).isIn("DEBUG", "INFO", "WARN", "ERROR");
        });
        assertThat(lines)
                .filteredOn(line -> line.get("message").startsWith("Started: "))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsEntry("node", "node-1")
                        .containsEntry("logger", RunningServer.class.getName())
                        .containsEntry("thread", "main")
                        .doesNotContainKeys("request", "operation", "tenant", "exception"));
        assertThat(lines)
                .filteredOn(line -> line.get("message").matches("Operation .* starts: kind=CREATE_TENANT.*"))
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsEntry("request", "create")
                        .containsEntry("tenant", "client-001.localhost")
                        .containsEntry("operation", line.get("message").split(" ")[1]));
        assertThat(lines)
                .filteredOn(line -> "of-a-tenant".equals(line.get("request")))
                .filteredOn(line -> line.get("logger").equals(AccessLog.class.getName()))
                .singleElement()
                .satisfies(line -> assertThat(line).containsEntry("tenant", "client-001.localhost"));
        assertThat(lines)
                .filteredOn(line -> line.get("logger").equals(AccessLog.class.getName()))
                .filteredOn(line -> line.getOrDefault("request", "").startsWith("rest-"))
                .extracting(line -> line.get("request") + " " + line.get("tenant"))
                .containsExactlyInAnyOrder(
                        "rest-list null",
                        "rest-read client-001.localhost",
                        "rest-suspend client-001.localhost",
                        "rest-missing null");
        assertThat(lines)
                .filteredOn(line -> line.containsKey("exception"))
                .as("the failure of the script, in one field")
                .singleElement()
                .satisfies(line -> assertThat(line)
                        .containsEntry("request", "fails")
                        .containsEntry("tenant", "client-001.localhost")
                        .containsKey("operation"))
                .satisfies(line -> assertThat(line.get("exception").lines().filter(each -> each.startsWith("\tat ")))
                        .isNotEmpty());
        assertThat(Files.readString(log)).doesNotContain(SECRETS);
    }

    /** Its log goes to another file than its output, since only the log is JSON. */
    private static RunningProcess start(Path log) throws Exception {
        List<String> command = List.of(
                "/bin/sh",
                "-c",
                "export SAAS_LOG_LEVEL=DEBUG; log=$1; shift; exec \"$@\" 2>\"$log\"",
                "sh",
                log.toString(),
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                SaasServer.class.getName(),
                "demo",
                "--demo-customers",
                "false",
                "--port=0",
                "--data=memory",
                "--addons=" + log.resolveSibling("addons"),
                "--node=node-1",
                "--log-format=json",
                "--access-log=true",
                "--admin-key-file=" + log.resolveSibling("key"),
                "--admin-password=" + SECRETS.get(0),
                "--master-password=" + SECRETS.get(1),
                "--smtp-url=smtp://127.0.0.1:1",
                "--smtp-from=a@example.com",
                "--smtp-user=mailer",
                "--smtp-password=" + SECRETS.get(2),
                "--password-rounds=1000");
        return RunningProcess.start(new ProcessBuilder(command));
    }

    private static void call(int port, String id, String call) throws Exception {
        send(
                port,
                id,
                "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"service\": \"object\","
                        + " \"method\": \"execute_kw\", \"args\": [\"portal.localhost\", 2, \"" + SECRETS.get(0)
                        + "\", "
                        + call + "]}}");
    }

    private static void callOfATenant(int port) throws Exception {
        send(
                port,
                "of-a-tenant",
                "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"params\": {\"service\": \"common\","
                        + " \"method\": \"login\", \"args\": [\"client-001.localhost\", \"admin\", \"" + SECRETS.get(0)
                        + "\"]}}");
    }

    private static void callsOverRest(int port, String key) throws Exception {
        String list = rest(port, "rest-list", "GET", "?name=client-001.localhost", key);
        String tenant = list.replaceFirst("(?s).*?\"id\":(\\d+).*", "/$1");
        rest(port, "rest-read", "GET", tenant, key);
        rest(port, "rest-suspend", "POST", tenant + "/suspend", key);
        rest(port, "rest-missing", "GET", tenant + "00/usage", key);
    }

    private static String rest(int port, String id, String method, String path, String key) throws Exception {
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/api/v1/tenants" + path))
                .method(method, BodyPublishers.noBody())
                .header("Authorization", "Bearer " + key)
                .header("X-Request-Id", id)
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    private static void send(int port, String id, String body) throws Exception {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/jsonrpc"))
                .POST(BodyPublishers.ofString(body));
        if (id.matches("[a-z-]+")) {
            request.header("X-Request-Id", id);
        }
        assertThat(HttpClient.newHttpClient()
                        .send(request.build(), BodyHandlers.ofString())
                        .statusCode())
                .isEqualTo(200);
    }

    @Test
    void anotherFormatIsRefused() {
        Settings settings = Settings.of(Map.of("log-format", "xml"));
        LogSetup.use(settings, Mode.SERVE);

        assertThatThrownBy(() -> settings.check("saas"))
                .hasMessageContaining("log-format")
                .hasMessageContaining("text or json");
    }
}
