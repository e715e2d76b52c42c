// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import dev.allotment.Role;
import dev.allotment.SignUp;
import dev.allotment.Tenant;
import dev.allotment.User;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.server.command.CommandLineArguments;
import dev.allotment.spi.backend.Backend;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** JSON-2 and the end of the older protocols, over real HTTP. */
class Json2ServerTest {
    private static final HttpClient HTTP =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final Pattern EXAMPLE = Pattern.compile("```sh\n(curl [^`]*)```");
    private static final String ADDRESS = "http://127.0.0.1:8069";
    private static final int MEGABYTE = 1024 * 1024;

    @TempDir
    private static Path folder;

    private static RunningServer server;
    private static Backend backend;
    private static String key;

    @BeforeAll
    static void start() throws Exception {
        List<String> line = List.of(
                "demo",
                "--demo-customers",
                "false",
                "--port",
                "0",
                "--password-rounds",
                "1000",
                "--node",
                "test",
                "--data",
                "memory",
                "--old-protocols-deprecated",
                "2027-01-01",
                "--old-protocols-sunset",
                "2028-02-03");
        AtomicReference<Backend> opened = new AtomicReference<>();
        server = SaasServer.start(
                Map.of(),
                CommandLineArguments.parse("test", line.toArray(new String[0])),
                each -> {
                    opened.set(each);
                    return each;
                },
                Clock.systemUTC());
        backend = opened.get();
        key = key(server);
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    private static String key(RunningServer server) {
        return key(server, new UserId(2));
    }

    private static String key(RunningServer server, UserId user) {
        return server.saas()
                .actingAs(user)
                .apiKeys()
                .create(new NewApiKey("test", ApiKeyScope.EVERYTHING, null))
                .secret();
    }

    static Stream<String> examples() throws IOException {
        return Stream.of("README.md", "docs/wire.md", "docs/rest.md").flatMap(Json2ServerTest::examples);
    }

    private static Stream<String> examples(String page) {
        try {
            return EXAMPLE.matcher(Files.readString(Path.of("..", page)))
                    .results()
                    .map((MatchResult result) -> result.group(1))
                    .filter(example -> example.contains(ADDRESS));
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }

    @ParameterizedTest
    @MethodSource("examples")
    void everyExampleWithCurlInTheDocumentationWorks(String example) throws Exception {
        Path output = folder.resolve("output");
        ProcessBuilder shell = new ProcessBuilder(
                        "bash", "-ec", example.replace(ADDRESS, "http://127.0.0.1:" + server.port()))
                .directory(folder.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        shell.environment().put("KEY", key);
        Process process = shell.start();

        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        String answer = Files.readString(output);
        assertThat(process.exitValue()).as(answer).isZero();
        assertThat(answer).isNotEmpty().doesNotContain("\"error\"", "<fault>", "\"debug\"", "There is nothing");
    }

    @Test
    void theDocumentationHasExamplesOfEveryProtocol() throws IOException {
        assertThat(examples())
                .anyMatch(example -> example.contains("/xmlrpc/2/common"))
                .anyMatch(example -> example.contains("/jsonrpc"))
                .anyMatch(example -> example.contains("/web/dataset/call_kw"))
                .anyMatch(example -> example.contains("/json/2/"))
                .anyMatch(example -> example.contains("/doc-bearer/"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"/xmlrpc/2/common", "/xmlrpc/common", "/jsonrpc", "/web/session/authenticate"})
    void theOlderProtocolsAnnounceTheirEnd(String path) throws Exception {
        HttpResponse<String> answer = send(request(server, path).POST(BodyPublishers.ofString("{}")));

        assertThat(answer.headers().firstValue("deprecation")).hasValue("@1798761600");
        assertThat(answer.headers().firstValue("sunset")).hasValue("Thu, 3 Feb 2028 00:00:00 GMT");
    }

    @Test
    void json2DoesNot() throws Exception {
        HttpResponse<String> answer = send(call("/json/2/res.users/context_get").POST(BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(200);
        assertThat(answer.headers().map()).doesNotContainKeys("deprecation", "sunset", "set-cookie");
    }

    @Test
    void theOlderProtocolsCanBeSwitchedOff() throws Exception {
        try (RunningServer without = ServerContract.start(List.of("--data", "memory", "--old-protocols", "false"))) {
            for (String path : List.of(
                    "/xmlrpc/2/common",
                    "/xmlrpc/object",
                    "/jsonrpc",
                    "/web/session/authenticate",
                    "/web/dataset/call_kw")) {
                assertThat(send(request(without, path).POST(BodyPublishers.ofString("{}")))
                                .statusCode())
                        .as(path)
                        .isEqualTo(404);
            }
            assertThat(send(request(without, "/json/2/res.users/context_get")
                                    .header("Authorization", "bearer " + key(without))
                                    .POST(BodyPublishers.noBody()))
                            .statusCode())
                    .isEqualTo(200);
            assertThat(send(request(without, "/web/login").GET()).statusCode()).isNotEqualTo(404);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"GET", "PUT", "PATCH", "DELETE", "OPTIONS"})
    void anotherVerbIsNotFound(String method) throws Exception {
        HttpResponse<String> answer = send(call("/json/2/res.users/read").method(method, BodyPublishers.noBody()));

        assertThat(answer.statusCode()).isEqualTo(404);
        assertThat(answer.body()).contains("Did you mean POST /json/2/<model>/<method>?");
    }

    @Test
    void tenMegabytesAreTooLargeCompressedOrNot() throws Exception {
        byte[] large = ("{\"domain\": \"" + "x".repeat(10 * MEGABYTE) + "\"}").getBytes(StandardCharsets.UTF_8);

        assertThat(send(call("/json/2/res.users/search").POST(BodyPublishers.ofByteArray(large)))
                        .statusCode())
                .isEqualTo(413);
        assertThat(send(call("/json/2/res.users/search")
                                .header("Content-Encoding", "gzip")
                                .POST(BodyPublishers.ofByteArray(gzip(large))))
                        .statusCode())
                .isEqualTo(413);
    }

    @Test
    void aCompressedBodyWorksAndABrokenOneIsABadRequest() throws Exception {
        byte[] body = gzip("{\"domain\": [[\"id\", \"=\", 2]]}".getBytes(StandardCharsets.UTF_8));
        HttpRequest.Builder search = call("/json/2/res.users/search").header("Content-Encoding", "gzip");

        assertThat(send(search.copy().POST(BodyPublishers.ofByteArray(body))).body())
                .isEqualTo("[2]");
        HttpResponse<String> broken = send(search.copy().POST(BodyPublishers.ofString("not gzip")));
        assertThat(broken.statusCode()).isEqualTo(400);
        assertThat(broken.body()).contains("\"name\":\"werkzeug.exceptions.BadRequest\"");
    }

    @Test
    void aRefusedBodyLeavesNothingBehind() throws Exception {
        String create = "{\"vals_list\": [{\"name\": \"Left behind\"}], \"vals_list\": []}";
        assertThat(send(call("/json/2/res.partner/create").POST(BodyPublishers.ofString(create)))
                        .statusCode())
                .isEqualTo(400);
        assertThat(send(call("/json/2/res.partner/create")
                                .POST(BodyPublishers.ofString("{\"vals_list\": [{\"name\": \"Left behind\"}]} x")))
                        .statusCode())
                .isEqualTo(400);

        assertThat(send(call("/json/2/res.partner/search_count")
                                .POST(BodyPublishers.ofString("{\"domain\": [[\"name\", \"=\", \"Left behind\"]]}")))
                        .body())
                .isEqualTo("0");
    }

    @Test
    void tooManyWrongPasswordsAre429() throws Exception {
        User user = server.saas()
                .accounts()
                .create(
                        SignUp.builder("forgetful", "Forgetful", "a long password")
                                .build(),
                        Role.ADMINISTRATOR);
        String theirs = key(server, user.id());
        HttpRequest.Builder generate = request(server, "/json/2/res.users.apikeys/generate")
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + theirs)
                .POST(BodyPublishers.ofString(
                        "{\"key\": \"wrong\", \"scope\": null, \"name\": \"x\", \"expiration_date\": null}"));
        for (int i = 0; i < 10; i++) {
            assertThat(send(generate).statusCode()).isEqualTo(403);
        }

        HttpResponse<String> refused = send(generate);

        assertThat(refused.statusCode()).isEqualTo(429);
        assertThat(refused.headers().firstValue("retry-after")).hasValue("10");
        assertThat(refused.body()).contains("\"name\":\"werkzeug.exceptions.TooManyRequests\"");
    }

    /** Another node works on the same catalog, and does not get on. */
    @Test
    void aBusyTenantIs409AndAnUnknownOutcomeIs503() throws Exception {
        StuckNode other = new StuckNode(backend, 2);
        Tenant source = other.tenant("source");
        Tenant busy = other.tenant("busy");
        other.duplicate(source, "order-18");
        other.configure(busy);
        try {
            other.awaitStuck();

            HttpResponse<String> unknown = send(call("/json/2/saas_portal.client/duplicate_database")
                    .header("Idempotency-Key", "order-18")
                    .POST(BodyPublishers.ofString("{\"ids\": [" + source.id() + "], \"dbname\": \"copy\"}")));
            assertThat(unknown.statusCode()).as(unknown.body()).isEqualTo(503);
            assertThat(unknown.headers().firstValue("retry-after")).hasValue("1");
            assertThat(unknown.body()).contains("\"name\":\"werkzeug.exceptions.ServiceUnavailable\"", "repeat it");
            HttpResponse<String> locked = send(call("/json/2/saas_portal.client/rename_database")
                    .POST(BodyPublishers.ofString("{\"ids\": [" + busy.id() + "], \"new_dbname\": \"renamed\"}")));
            assertThat(locked.statusCode()).as(locked.body()).isEqualTo(409);
            assertThat(locked.body()).contains("\"name\":\"odoo.exceptions.LockError\"");
        } finally {
            other.finish();
        }
    }

    private static byte[] gzip(byte[] plain) throws IOException {
        ByteArrayOutputStream compressed = new ByteArrayOutputStream();
        try (GZIPOutputStream out = new GZIPOutputStream(compressed)) {
            out.write(plain);
        }
        return compressed.toByteArray();
    }

    private static HttpRequest.Builder call(String path) {
        return request(server, path)
                .header("Content-Type", "application/json")
                .header("Authorization", "Bearer " + key);
    }

    private static HttpRequest.Builder request(RunningServer at, String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + at.port() + path));
    }

    private static HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
        return HTTP.send(request.build(), BodyHandlers.ofString());
    }
}
