// SPDX-License-Identifier: Apache-2.0
package dev.allotment.server;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import dev.allotment.Customer;
import dev.allotment.UserId;
import dev.allotment.access.ApiKeyScope;
import dev.allotment.access.NewApiKey;
import dev.allotment.server.remote.RemoteProgram;
import dev.allotment.server.setting.ExitCode;
import java.io.BufferedReader;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.PipedInputStream;
import java.io.PipedOutputStream;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The commands on a running server, as an operator gives them, over real HTTP. */
class RemoteCommandTest {
    @TempDir
    private static Path folder;

    private static RunningServer server;
    private static Path keyFile;

    private final Map<String, String> environment = new HashMap<>();
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream err = new ByteArrayOutputStream();

    @BeforeAll
    static void start() throws Exception {
        Path backups = Files.createDirectory(folder.resolve("backups"));
        server = ServerContract.start(List.of(
                "--data", "memory", "--backup-folder", backups.toString(), "--secret-key", "a secret key of the test"));
        keyFile = secret("key", key(ApiKeyScope.EVERYTHING));
    }

    @AfterAll
    static void stop() {
        server.close();
    }

    @BeforeEach
    void setUp() {
        environment.put("XDG_CONFIG_HOME", folder.resolve("config").toString());
        environment.put("ALLOTMENT_URL", url());
        environment.put("ALLOTMENT_KEY_FILE", keyFile.toString());
    }

    private static String url() {
        return "http://127.0.0.1:" + server.port();
    }

    private static String key(ApiKeyScope scope) {
        return server.saas()
                .actingAs(new UserId(2))
                .apiKeys()
                .create(new NewApiKey("test", scope, null))
                .secret();
    }

    private static Path secret(String name, String content) throws IOException {
        Path file = Files.writeString(folder.resolve(name), content + "\n");
        return Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-------"));
    }

    private int run(String... line) {
        out.reset();
        err.reset();
        return SaasServer.run(environment, new PrintStream(out, true), new PrintStream(err, true), line);
    }

    private String out() {
        return out.toString(StandardCharsets.UTF_8);
    }

    private String err() {
        return err.toString(StandardCharsets.UTF_8);
    }

    private void succeeds(String... line) {
        assertThat(run(line)).as(out() + err()).isEqualTo(ExitCode.OK);
    }

    private void fails(int code, String text, String... line) {
        assertThat(run(line)).as(out() + err()).isEqualTo(code);
        assertThat(err()).contains(text).doesNotContain("Exception", "\tat ");
    }

    /** Runs a command with {@code --output json}, and returns its document. */
    @SuppressWarnings("unchecked")
    private Map<String, Object> json(String... line) {
        List<String> all = new ArrayList<>(List.of(line));
        all.addAll(List.of("--output", "json"));
        succeeds(all.toArray(new String[0]));
        return (Map<String, Object>) Objects.requireNonNull(GoldenJson.read(out()));
    }

    private void createPlan(String name) {
        succeeds("plan", "create", "--name", name, "--db-name-template", name + "-%i.localhost", "--max-users", "5");
    }

    @Test
    void aPlanGetsAPriceAndEntitlements() {
        createPlan("sold");
        succeeds(
                "plan",
                "update",
                "sold",
                "--price",
                "12.50 EUR/month",
                "--entitlements",
                "api=true",
                "--entitlements",
                "projects=10");
        assertThat(json("plan", "show", "sold"))
                .containsEntry("price", "12.50 EUR/month")
                .containsEntry("entitlements", Map.of("api", true, "projects", 10L));
        fails(ExitCode.WRONG_SETTINGS, "JSON", "plan", "update", "sold", "--entitlements", "api=yes");
        fails(ExitCode.WRONG_SETTINGS, "true, false", "plan", "update", "sold", "--entitlements", "api=\"true\"");
        succeeds("plan", "update", "sold", "--clear", "price");
        assertThat(json("plan", "show", "sold")).containsEntry("price", null);
    }

    @Test
    void aTenantLives() {
        createPlan("life");
        succeeds("tenant", "create", "--plan", "life", "--name", "shop.localhost", "--wait");
        assertThat(out()).contains("Operation ", " is done.");

        succeeds("tenant", "list", "--plan", "life", "--state", "open");
        assertThat(out()).containsPattern("(?m)^id +name +state").contains("shop.localhost");
        assertThat(json("tenant", "show", "shop.localhost")).containsEntry("maxUsers", 5L);
        succeeds("tenant", "activity", "shop.localhost");
        assertThat(out())
                .containsPattern("(?m)^connections +0$")
                .containsPattern("(?m)^largest\\Rname +bytes +rows +deadRows$");
        succeeds("tenant", "suspend", "shop.localhost", "--reason", "unpaid", "--no-notify-owner");
        assertThat(out()).containsPattern("state +suspended");
        succeeds("tenant", "resume", "shop.localhost");
        succeeds("tenants", "update", "shop.localhost", "--expires-at", "2030-01-01T00:00:00Z", "--tags", "a,b");
        assertThat(json("tenant", "update", "shop.localhost", "--clear", "expiresAt"))
                .containsEntry("expiresAt", null)
                .containsEntry("tags", List.of("a", "b"));
        succeeds("tenant", "rename", "shop.localhost", "--name", "renamed.localhost");
        succeeds("tenant", "duplicate", "renamed.localhost", "--name", "copy.localhost", "--wait");
        succeeds("backup", "create", "renamed.localhost", "--wait");
        succeeds("backup", "list", "renamed.localhost");
        String backup = out().replaceAll("(?s).*?([0-9a-f-]{36}).*", "$1");
        succeeds("backup", "restore", "renamed.localhost", backup, "--name", "old.localhost", "--wait");
        succeeds("tenant", "swap", "renamed.localhost", "--with", "old.localhost", "--neutralised", "--wait");

        fails(ExitCode.WRONG_SETTINGS, "--yes", "tenant", "delete", "copy.localhost");
        assertThat(json("tenant", "show", "copy.localhost")).containsEntry("state", "open");
        succeeds("tenant", "purge", "copy.localhost", "--yes", "--wait");
        succeeds("tenant", "list", "--name", "copy.localhost", "--state", "open");
        assertThat(out()).startsWith("None.");
    }

    @Test
    void membersAreNamedByTheirLogin() throws IOException {
        createPlan("members");
        for (String name : List.of("first.localhost", "second.localhost")) {
            succeeds("tenant", "create", "--plan", "members", "--name", name, "--wait");
        }
        String password = secret("member", "an unusual password").toString();
        String[] anna = {"member", "create", "first.localhost", "--login", "anna", "--name", "Anna", "--password-file"};
        succeeds(with(anna, password));

        succeeds("member", "list", "first.localhost", "--login", "anna");
        assertThat(out()).startsWith("id ").contains("anna");
        assertThat(json("member", "show", "first.localhost", "anna")).containsEntry("name", "Anna");
        succeeds("member", "update", "first.localhost", "anna", "--name", "Anna A.", "--no-active");
        assertThat(json("member", "show", "first.localhost", "anna"))
                .containsEntry("name", "Anna A.")
                .containsEntry("active", false);
        succeeds("member", "set-password", "first.localhost", "anna", "--password-file", password);
        succeeds("tenant", "groups", "first.localhost", "--xml-id", "base.group_user");
        String user = out().lines().skip(1).findFirst().orElseThrow().split(" ")[0];
        succeeds("member", "set-groups", "first.localhost", "anna", "--group-ids", user);
        succeeds("member", "list-groups", "first.localhost", "anna");
        assertThat(out()).hasLineCount(2).contains("base.group_user");

        assertThat(completions("member", "show", "first.localhost", "an")).containsExactly("anna");
        assertThat(completions("member", "show", "second.localhost", "an")).isEmpty();
        fails(ExitCode.NOT_FOUND, "There is no member \"anna\"", "member", "show", "second.localhost", "anna");
        fails(ExitCode.NOT_FOUND, "There is no tenant \"absent\"", "member", "show", "absent", "anna");
        fails(ExitCode.WRONG_SETTINGS, "--yes", "member", "delete", "first.localhost", "anna");
        succeeds("member", "delete", "first.localhost", "anna", "--yes");
        fails(ExitCode.NOT_FOUND, "There is no member", "member", "show", "first.localhost", "anna");
    }

    @Test
    void aTeamIsManagedByNames() throws IOException {
        createPlan("teams");
        succeeds("customer", "create", "--name", "Joint");
        String[] account = {"account", "create", "--customer", "Joint", "--name", "Someone", "--login"};
        succeeds(with(account, "olga@example.com"));
        succeeds(
                "account",
                "create",
                "--customer",
                "Joint",
                "--name",
                "Mia",
                "--login",
                "mia@example.com",
                "--team-role",
                "member");
        succeeds(
                "tenant",
                "create",
                "--plan",
                "teams",
                "--name",
                "joint.localhost",
                "--owner",
                "olga@example.com",
                "--wait");
        Object tenant = json("tenant", "show", "joint.localhost").get("id");

        succeeds("team", "list", "Joint");
        assertThat(out())
                .startsWith("id ")
                .containsPattern("olga@example.com +Someone +owner +true")
                .containsPattern("mia@example.com +Mia +member +true");
        assertThat(json(
                        "team",
                        "update",
                        "Joint",
                        "mia@example.com",
                        "--role",
                        "reader",
                        "--tenants",
                        "joint.localhost"))
                .containsEntry("role", "reader")
                .containsEntry("allTenants", false)
                .containsEntry("tenantIds", List.of(tenant));
        assertThat(completions("team", "show", "Joint", "mi")).containsExactly("mia@example.com");
        fails(ExitCode.NOT_FOUND, "There is no account \"absent\"", "team", "show", "Joint", "absent");
        fails(ExitCode.NOT_FOUND, "There is no tenant", "team", "update", "Joint", "mia@example.com", "--tenants", "x");
        fails(ExitCode.REFUSED, "team.last-owner", "team", "remove", "Joint", "olga@example.com", "--yes");
        succeeds("team", "hand-over", "Joint", "mia@example.com");
        succeeds("team", "update", "Joint", "olga@example.com", "--role", "administrator", "--all-tenants");
        fails(ExitCode.WRONG_SETTINGS, "--yes", "team", "remove", "Joint", "olga@example.com");
        succeeds("team", "remove", "Joint", "olga@example.com", "--yes");
        fails(ExitCode.NOT_FOUND, "There is no account", "team", "show", "Joint", "olga@example.com");
    }

    @Test
    void anOperatorGetsARole() {
        assertThat(json("account", "create", "--name", "Sue", "--login", "sue@provider.example", "--role", "support"))
                .containsEntry("role", "support");
        assertThat(json("account", "update", "sue@provider.example", "--role", "billing"))
                .containsEntry("role", "billing");
        fails(ExitCode.WRONG_SETTINGS, "role", "account", "update", "sue@provider.example", "--role", "king");
    }

    @Test
    void anInvitationIsAcceptedWithAFile() throws IOException {
        succeeds("customer", "create", "--name", "Inviting");
        succeeds("account", "create", "--customer", "Inviting", "--name", "Owner", "--login", "owner@inviting.example");
        String[] invite = {
            "invitation", "create", "Inviting", "--email", "bob@example.com", "--role", "billing", "--days", "3"
        };
        Map<String, Object> sent = json(invite);
        Object invitation = ((Map<?, ?>) Objects.requireNonNull(sent.get("invitation"))).get("id");
        String file = secret("invitation", (String) Objects.requireNonNull(sent.get("secret")))
                .toString();

        succeeds("invitation", "list", "Inviting", "--state", "pending");
        assertThat(out()).contains("bob@example.com").doesNotContain((String) sent.get("secret"));
        assertThat(json("invitation", "inspect", "--secret-file", file)).containsEntry("customer", "Inviting");
        fails(ExitCode.WRONG_SETTINGS, "'--secret-file=FILE'", "invitation", "accept", "--secret", "x");
        fails(ExitCode.REFUSED, "team.other-address", "invitation", "accept", "--secret-file", file);
        assertThat(json("invitation", "accept", "--secret-file", file, "--other-address"))
                .containsEntry("customer", "Inviting")
                .containsEntry("role", "billing");
        assertThat(json("me", "teams").toString()).contains("Inviting");
        fails(ExitCode.REFUSED, "team.invitation-ended", "invitation", "accept", "--secret-file", file);
        succeeds("invitation", "revoke", "Inviting", String.valueOf(invitation));
        assertThat(out()).containsPattern("state +accepted");
        fails(ExitCode.WRONG_SETTINGS, "--yes", "team", "leave", "Inviting");
        succeeds("team", "leave", "Inviting", "--yes");
        fails(ExitCode.NOT_FOUND, "record.missing", "team", "leave", "Inviting", "--yes");
    }

    @Test
    void theExitCodeSaysWhyACommandFailed() throws IOException {
        createPlan("codes");
        succeeds("tenant", "create", "--plan", "codes", "--name", "codes.localhost", "--wait");
        fails(ExitCode.NOT_FOUND, "There is no tenant \"absent\"", "tenant", "show", "absent");
        fails(ExitCode.NOT_FOUND, "record.missing", "tenant", "show", "999999");
        fails(
                ExitCode.REFUSED,
                "tenant.name-taken",
                "tenant",
                "create",
                "--plan",
                "codes",
                "--name",
                "codes.localhost");
        fails(ExitCode.WRONG_SETTINGS, "tenant create --help", "tenant", "create");
        fails(ExitCode.WRONG_SETTINGS, "A tenant has list, create", "tenant", "fly");
        fails(ExitCode.WRONG_SETTINGS, "whole number", "plan", "create", "--name", "x", "--max-users", "many");
        fails(ExitCode.WRONG_SETTINGS, "request.invalid", "tenant", "list", "--sort", "nothing");
        assertThat(run("tenant")).isEqualTo(ExitCode.WRONG_SETTINGS);

        environment.put("ALLOTMENT_KEY_FILE", secret("wrong", "0".repeat(40)).toString());
        fails(ExitCode.REFUSED, "Check the key for " + url(), "tenant", "list");
        environment.put(
                "ALLOTMENT_KEY_FILE",
                secret("reader", key(ApiKeyScope.READ_ONLY)).toString());
        succeeds("tenant", "list");
        fails(ExitCode.REFUSED, "access.not-allowed", "tenant", "suspend", "codes.localhost");
        try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            environment.put("ALLOTMENT_URL", "http://127.0.0.1:" + free.getLocalPort());
        }
        fails(ExitCode.UNAVAILABLE, "No connection to http://127.0.0.1:", "tenant", "list");
    }

    @Test
    void anOperationThatFailsHasACodeOfItsOwn() throws IOException {
        createPlan("failing");
        succeeds("tenant", "create", "--plan", "failing", "--name", "failing.localhost", "--wait");
        String backup =
                (String) json("backup", "create", "failing.localhost", "--wait").get("uuid");
        damage((String) json("tenant", "show", "failing.localhost").get("uuid"));

        fails(ExitCode.OPERATION_FAILED, "backup.damaged", "backup", "drill", "failing.localhost", backup, "--wait");
        long id = (Long) ((Map<?, ?>) ((List<?>) json("operation", "list", "--state", "failed", "--sort", "-id")
                                .get("items"))
                        .get(0))
                .get("id");
        fails(ExitCode.OPERATION_FAILED, "is failed", "operation", "watch", Long.toString(id));
    }

    private static void damage(String tenant) throws IOException {
        try (Stream<Path> files = Files.walk(folder.resolve("backups"))) {
            for (Path each : files.filter(Files::isRegularFile)
                    .filter(file -> file.toString().contains(tenant))
                    .toList()) {
                byte[] bytes = Files.readAllBytes(each);
                bytes[bytes.length - 1] ^= 1;
                Files.write(each, bytes);
            }
        }
    }

    @Test
    void aRepetitionAfterALostAnswerDoesNothingTwice() throws Exception {
        createPlan("repeated");
        try (ServerSocket deaf = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            CompletableFuture<Void> hangsUp = CompletableFuture.runAsync(() -> {
                try (Socket socket = deaf.accept()) {
                    assertThat(socket.getInputStream().read()).isPositive();
                } catch (IOException e) {
                    throw new AssertionError(e);
                }
            });
            environment.put("ALLOTMENT_URL", "http://127.0.0.1:" + deaf.getLocalPort());
            fails(ExitCode.UNAVAILABLE, "The answer was lost", "customer", "create", "--name", "Twice");
            hangsUp.join();
        }
        String key = err().replaceAll("(?s).*--idempotency-key ([0-9a-f-]{36}).*", "$1");
        environment.put("ALLOTMENT_URL", url());
        String[] repeated = {"customer", "create", "--name", "Twice", "--idempotency-key", key};
        Object first = json(repeated).get("id");

        assertThat(json(repeated)).containsEntry("id", first);
        succeeds("customer", "list", "--name", "Twice");
        assertThat(out()).hasLineCount(2);
    }

    /** A server that is no Allotment, such as a proxy with its own pages. */
    private static HttpServer answering(int status, String body, List<String> keys) throws IOException {
        HttpServer other = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        other.createContext("/", exchange -> {
            keys.add(String.valueOf(exchange.getRequestHeaders().getFirst("Authorization")));
            exchange.sendResponseHeaders(status, 0);
            try (OutputStream answer = exchange.getResponseBody()) {
                answer.write(body.getBytes(StandardCharsets.UTF_8));
            }
        });
        other.start();
        return other;
    }

    @Test
    void whatIsNoDocumentOfTheApiIsNoSuccess() throws IOException {
        HttpServer proxy = answering(200, "<html>Sign in</html>", new CopyOnWriteArrayList<>());
        try {
            environment.put(
                    "ALLOTMENT_URL", "http://127.0.0.1:" + proxy.getAddress().getPort());
            fails(ExitCode.FAILED, "no document of the REST API", "tenant", "delete", "1", "--yes");
            assertThat(out()).isEmpty();
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void aFailureBeforeTheServerSaysHowToRepeatTheCommand() throws IOException {
        HttpServer proxy = answering(503, "No server is available", new CopyOnWriteArrayList<>());
        try {
            environment.put(
                    "ALLOTMENT_URL", "http://127.0.0.1:" + proxy.getAddress().getPort());
            fails(ExitCode.UNAVAILABLE, "--idempotency-key ", "customer", "create", "--name", "Twice");
            fails(ExitCode.UNAVAILABLE, "Status 503", "customer", "list");
            assertThat(err()).doesNotContain("not known whether");
        } finally {
            proxy.stop(0);
        }
    }

    @Test
    void anOperationIsWatchedWhileTheServerIsAwayForAWhile() throws IOException {
        List<String> answers = new CopyOnWriteArrayList<>(List.of("running", "", "", "done"));
        HttpServer upgraded = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        upgraded.createContext("/api/v1/operations/7", exchange -> {
            String state = answers.remove(0);
            exchange.sendResponseHeaders(state.isEmpty() ? 503 : 200, 0);
            try (OutputStream answer = exchange.getResponseBody()) {
                answer.write(("{\"id\": 7, \"state\": \"" + state + "\"}").getBytes(StandardCharsets.UTF_8));
            }
        });
        upgraded.start();
        try {
            environment.put(
                    "ALLOTMENT_URL", "http://127.0.0.1:" + upgraded.getAddress().getPort());
            succeeds("operation", "watch", "7");
            assertThat(out()).contains("Operation 7 is done.");
            assertThat(err()).containsOnlyOnce("Status 503").contains("Trying again.");
        } finally {
            upgraded.stop(0);
        }
        assertThat(answers).isEmpty();
    }

    @Test
    void theKeyOfAVariableIsNotSentToAnAddressOfTheLine() throws IOException {
        List<String> keys = new CopyOnWriteArrayList<>();
        HttpServer stranger = answering(200, "{}", keys);
        String address = "http://127.0.0.1:" + stranger.getAddress().getPort();
        try {
            fails(ExitCode.WRONG_SETTINGS, "no API key for " + address, "tenant", "list", "--url", address);
            environment.put("ALLOTMENT_KEY", "secret");
            environment.remove("ALLOTMENT_KEY_FILE");
            fails(ExitCode.WRONG_SETTINGS, "no API key for " + address, "tenant", "list", "--url", address);
        } finally {
            stranger.stop(0);
        }
        assertThat(keys).isEmpty();
    }

    @Test
    void aWrongIdempotencyKeyIsRefusedBeforeAnythingIsSent() {
        fails(
                ExitCode.WRONG_SETTINGS,
                "visible characters",
                "customer",
                "create",
                "--name",
                "Twice",
                "--idempotency-key",
                "a\nb");
    }

    @Test
    void aProfileNamesAServerIfOnlyItsOwnerCanReadIt() throws IOException {
        environment.remove("ALLOTMENT_URL");
        environment.remove("ALLOTMENT_KEY_FILE");
        Path profiles = Files.createDirectories(folder.resolve("config/allotment"));
        fails(ExitCode.WRONG_SETTINGS, "No server is named", "tenant", "list");

        Files.copy(
                secret("profile", "url = " + url() + "\nkey-file = " + keyFile), profiles.resolve("test.properties"));
        Path profile = profiles.resolve("test.properties");
        Files.setPosixFilePermissions(profile, PosixFilePermissions.fromString("rw-r-----"));
        fails(ExitCode.WRONG_SETTINGS, "chmod 600 " + profile, "tenant", "list", "--profile", "test");
        Files.setPosixFilePermissions(profile, PosixFilePermissions.fromString("rw-------"));
        succeeds("tenant", "list", "--profile", "test");
        environment.put("ALLOTMENT_PROFILE", "test");
        succeeds("tenant", "list");

        fails(ExitCode.WRONG_SETTINGS, "no API key for " + url(), "tenant", "list", "--url", url());
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw----r--"));
        fails(ExitCode.WRONG_SETTINGS, "chmod 600 " + keyFile, "tenant", "list");
        Files.setPosixFilePermissions(keyFile, PosixFilePermissions.fromString("rw-------"));
        Files.writeString(profile, "url = " + url() + "\npassword = x\n");
        fails(ExitCode.WRONG_SETTINGS, "has password", "tenant", "list");
    }

    @Test
    void aSecretIsReadFromAFile() throws IOException {
        fails(
                ExitCode.WRONG_SETTINGS,
                "Unknown option",
                "account",
                "create",
                "--login",
                "clara@example.com",
                "--name",
                "Clara",
                "--password",
                "x");
        succeeds(
                "account",
                "create",
                "--login",
                "clara@example.com",
                "--name",
                "Clara",
                "--password-file",
                secret("password", "an unusual password").toString());
        assertThat(server.saas().accounts().authenticate("clara@example.com", "an unusual password", "127.0.0.1"))
                .isPresent();
    }

    @Test
    void theTokenOfAFeedIsReadFromAFile() throws IOException {
        String[] feed = {
            "webhook",
            "create",
            "--webhook-url",
            "https://receiver.example/usage",
            "--usage-format",
            "lago",
            "--usage-metric",
            "seats",
            "--usage-subject",
            "lago",
            "--token-file"
        };
        fails(
                ExitCode.REFUSED,
                "webhook.invalid",
                with(feed, secret("two-words", "two words").toString()));
        succeeds(with(feed, secret("token", "key-of-lago").toString()));
        assertThat(out() + err()).contains("https://receiver.example/usage").doesNotContain("key-of-lago");
    }

    private static String[] with(String[] line, String last) {
        return Stream.concat(Stream.of(line), Stream.of(last)).toArray(String[]::new);
    }

    @Test
    void aListHasAsManyRecordsAsTheLimitSays() {
        IntStream.range(0, 230)
                .forEach(i -> server.saas()
                        .customers()
                        .create(
                                Customer.builder("Many " + i)
                                        .email("many@example.com")
                                        .build(),
                                null));

        String[] many = {"customer", "list", "--email", "many@example.com"};
        succeeds(many);
        assertThat(out()).hasLineCount(51);
        assertThat(err()).contains("There are more. --limit 100");
        succeeds("customer", "list", "--email", "many@example.com", "--limit", "203");
        assertThat(out()).hasLineCount(204);
        Map<String, Object> all = json("customer", "list", "--email", "many@example.com", "--limit", "0");
        assertThat((List<?>) all.get("items")).hasSize(230);
        assertThat(all).containsEntry("next", null);
    }

    @Test
    void eventsAreListedAsATable() {
        succeeds("event", "list", "--type", "api_key_created", "--limit", "1");

        assertThat(out()).hasLineCount(2).startsWith("id ").contains("api_key_created");
    }

    @Test
    void namesAreCompletedFromTheServer() {
        createPlan("completed");
        succeeds("tenant", "create", "--plan", "completed", "--name", "complete-me.localhost", "--wait");

        assertThat(completions("tena")).containsExactly("tenant");
        assertThat(completions("tenant", "sus")).containsExactly("suspend");
        assertThat(completions("operation", "w")).containsExactly("watch");
        assertThat(completions("tenant", "suspend", "comp")).containsExactly("complete-me.localhost");
        assertThat(completions("tenant", "suspend", "--reason", "x", "comp")).containsExactly("complete-me.localhost");
        assertThat(completions("tenant", "create", "--plan", "compl")).containsExactly("completed");
        assertThat(completions("tenant", "list", "--state", "su")).containsExactly("suspended");
        assertThat(completions("tenant", "create", "--own")).containsExactly("--owner");
        assertThat(completions("backup", "--mak")).containsExactly("--make");
        assertThat(completions("tenant", "psql", "--read")).containsExactly("--read-only");
        environment.remove("ALLOTMENT_URL");
        assertThat(completions("tenant", "suspend", "--url", url(), "--key-file", keyFile.toString(), "comp"))
                .containsExactly("complete-me.localhost");
    }

    private List<String> completions(String... words) {
        List<String> line = new ArrayList<>(List.of("complete", "--"));
        line.addAll(List.of(words));
        succeeds(line.toArray(new String[0]));
        return out().lines().toList();
    }

    /** The script asks the program that it completes, which is another one here. */
    @Test
    void theScriptOfTheShellAsksTheProgram() throws Exception {
        succeeds("completion", "bash");
        Path script = Files.writeString(folder.resolve("completion"), out());
        Path program = Files.writeString(folder.resolve("saas"), "#!/bin/sh\nprintf '%s\\n' \"$*\" 'two words' >&1\n");
        assertThat(program.toFile().setExecutable(true)).isTrue();
        Process bash = new ProcessBuilder(
                        "bash",
                        "-c",
                        "source " + script + "; COMP_WORDS=(" + program + " tenant show ''); COMP_CWORD=3; _saas;"
                                + " printf '%s\\n' \"${COMPREPLY[@]}\"")
                .redirectErrorStream(true)
                .start();

        assertThat(new String(bash.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                .isEqualTo("complete\\ --\\ tenant\\ show\\ \ntwo\\ words\n");
        fails(ExitCode.WRONG_SETTINGS, "bash and for zsh", "completion", "fish");
    }

    @Test
    void eventsArePrintedAsTheyCome() throws Exception {
        PipedInputStream printed = new PipedInputStream();
        PrintStream to = new PrintStream(new PipedOutputStream(printed), true);
        Thread tail = new Thread(() -> RemoteProgram.run(
                environment, to, to, false, "events", "tail", "--type", "api_key_created", "--after", "0"));
        tail.start();
        try (BufferedReader lines = new BufferedReader(new InputStreamReader(printed, StandardCharsets.UTF_8))) {
            succeeds("key", "create", "--name", "Tailed");
            String line = lines.readLine();
            while (!line.contains("Tailed")) {
                assertThat(line).contains("api_key_created");
                line = lines.readLine();
            }
        } finally {
            tail.interrupt();
            tail.join();
        }
    }

    @Test
    void theDoctorFindsWhatIsWrong() throws IOException {
        run("doctor");
        assertThat(out())
                .contains("ok    " + url() + " answers", "ok    the clocks agree", "who is administrator")
                .contains("ok    database server default is up", "in the last day");
        environment.put("ALLOTMENT_KEY_FILE", secret("wrong", "0".repeat(40)).toString());
        fails(ExitCode.REFUSED, "Check the key", "doctor");
    }

    @Test
    void aBarShowsTheProgressOnATerminal() {
        createPlan("bar");
        int code = RemoteProgram.run(
                environment,
                new PrintStream(out, true),
                new PrintStream(err, true),
                true,
                "tenant",
                "create",
                "--plan",
                "bar",
                "--name",
                "bar.localhost",
                "--wait");

        assertThat(code).isZero();
        assertThat(err()).contains("\r[##############################] 100 %");
    }
}
