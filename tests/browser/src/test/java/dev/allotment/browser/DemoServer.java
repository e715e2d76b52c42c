// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** A process that runs {@code ./saas demo} on a free port. */
final class DemoServer implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("listens on http://[^ :]+:([0-9]+) ");
    private static final Pattern URL = Pattern.compile("\"url\": *\"([^\"]+)\"");

    private final Process process;
    private final BufferedReader output;
    private final BufferedWriter input;
    private final int port;

    private DemoServer(Process process, BufferedReader output, int port) {
        this.process = process;
        this.output = output;
        this.port = port;
        input = process.outputWriter(StandardCharsets.UTF_8);
    }

    /**
     * Starts it, with add-ons and plans of the demo.
     *
     * @param arguments the arguments after {@code demo}
     */
    static DemoServer start(Path folder, String... arguments) throws IOException {
        return start(folder, lib(), List.of("dev.allotment.server.SaasServer"), arguments);
    }

    /** Starts a server whose clock and database creation a test controls: see {@link #tell}. */
    static DemoServer staged(Path folder, String... arguments) throws IOException {
        return start(folder, stage(), List.of("dev.allotment.server.StagedServer"), arguments);
    }

    /** As {@link #staged}, with 30 days behind it. */
    static DemoServer withPast(Path folder, String... arguments) throws IOException {
        DemoServer server = start(folder, stage(), List.of("dev.allotment.server.StagedServer", "past"), arguments);
        server.tell("past");
        return server;
    }

    private static String lib() {
        return Path.of(System.getProperty("allotment.lib")) + "/*";
    }

    private static String stage() {
        return System.getProperty("allotment.stage") + File.pathSeparator + lib();
    }

    private static DemoServer start(Path folder, String classPath, List<String> program, String... arguments)
            throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(), "-Xmx256m", "-cp", classPath));
        command.addAll(program);
        command.addAll(List.of(
                "demo",
                "--demo-customers",
                "false",
                "--data",
                folder.resolve("data").toString(),
                "--port",
                "0",
                "--node",
                "portal-1"));
        command.addAll(List.of(arguments));
        Process process = new ProcessBuilder(command)
                .redirectError(folder.resolve("server.log").toFile())
                .start();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        StringBuilder said = new StringBuilder();
        String line = output.readLine();
        while (line != null) {
            said.append(line).append('\n');
            Matcher matcher = LISTENS.matcher(line);
            if (matcher.find()) {
                return new DemoServer(process, output, Integer.parseInt(matcher.group(1)));
            }
            line = output.readLine();
        }
        throw new IOException("The server did not start: " + said);
    }

    /** Sends a command to a staged server: {@code advance PT61M}, {@code hold}, {@code release}, {@code fail}. */
    void tell(String line) throws IOException {
        input.write(line + "\n");
        input.flush();
        assertThat(output.readLine()).isEqualTo("ok");
    }

    /** Creates a database for an account, as an operator's program does. Returns the owner's sign-in link. */
    String createDatabase(String name, String login, String password) throws IOException, InterruptedException {
        String owner = call(
                        "common", "\"portal.localhost\", \"" + login + "\", \"" + password + "\", {}", "authenticate")
                .replaceAll(".*\"result\": *([0-9]+).*", "$1");
        String made = call(
                "object",
                "\"portal.localhost\", 2, \"admin\", \"saas_portal.plan\", \"create_new_database\", [1], {\"user_id\": "
                        + owner + ", \"dbname\": \"" + name + "\"}",
                "execute_kw");
        Matcher url = URL.matcher(made);
        assertThat(url.find()).as(made).isTrue();
        return url.group(1);
    }

    private String call(String service, String arguments, String method) throws IOException, InterruptedException {
        String body = "{\"jsonrpc\": \"2.0\", \"method\": \"call\", \"id\": 1, \"params\": {\"service\": \"" + service
                + "\", \"method\": \"" + method + "\", \"args\": [" + arguments + "]}}";
        HttpRequest request = HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + "/jsonrpc"))
                .header("Content-Type", "application/json")
                .POST(BodyPublishers.ofString(body))
                .build();
        return HttpClient.newHttpClient().send(request, BodyHandlers.ofString()).body();
    }

    /** An address of the portal. */
    String at(String path) {
        return "http://portal.localhost:" + port + path;
    }

    /** Returns a URL of a tenant database. */
    String client(String name, String path) {
        return "http://" + name + ".localhost:" + port + path;
    }

    @Override
    public void close() {
        process.destroy();
        try {
            if (!process.waitFor(20, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                throw new UncheckedIOException(new IOException("The server did not stop within 20 seconds"));
            }
        } catch (InterruptedException e) {
            process.destroyForcibly();
            Thread.currentThread().interrupt();
        }
    }
}
