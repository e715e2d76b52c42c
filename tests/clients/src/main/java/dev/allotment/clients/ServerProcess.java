// SPDX-License-Identifier: Apache-2.0
package dev.allotment.clients;

import java.io.BufferedReader;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The server program in another process, with a database in memory. */
final class ServerProcess implements AutoCloseable {
    private static final Pattern ADDRESS = Pattern.compile("listens on (http://\\S+) ");

    private final Process process;
    private final String url;
    private final String key;

    private ServerProcess(Process process, String url, String key) {
        this.process = process;
        this.url = url;
        this.key = key;
    }

    /** Writes the OpenAPI document of the server into a file. */
    public static void main(String[] args) throws Exception {
        Path file = Path.of(args[0]);
        Path folder = Files.createTempDirectory(file.getParent(), "server");
        try (ServerProcess server = start(folder)) {
            HttpRequest request = HttpRequest.newBuilder(URI.create(server.url + "/openapi.json"))
                    .build();
            HttpResponse<Path> answer = HttpClient.newHttpClient().send(request, BodyHandlers.ofFile(file));
            if (answer.statusCode() != 200) {
                throw new IllegalStateException("The document is not there: " + Files.readString(file));
            }
        }
    }

    /**
     * Starts a server, and waits until it answers.
     *
     * @param folder gets the key of the administrator, and backups
     */
    static ServerProcess start(Path folder) throws IOException {
        Path key = folder.resolve("key");
        Path backups = Files.createDirectory(folder.resolve("backups"));
        ProcessBuilder builder = new ProcessBuilder(
                System.getProperty("java.home") + "/bin/java",
                "-Xmx256m",
                "-cp",
                System.getProperty("allotment.lib") + "/*",
                "dev.allotment.server.SaasServer",
                "demo",
                "--demo-customers",
                "false",
                "--port=0",
                "--data=memory",
                "--password-rounds=1000",
                "--backup-folder=" + backups,
                "--secret-key=a secret key of the test",
                "--admin-key-file=" + key);
        builder.redirectErrorStream(true).environment().keySet().removeIf(name -> name.startsWith("SAAS_"));
        Process process = builder.start();
        List<String> printed = new ArrayList<>();
        BufferedReader output = process.inputReader(StandardCharsets.UTF_8);
        for (String line = output.readLine(); line != null; line = output.readLine()) {
            printed.add(line);
            Matcher address = ADDRESS.matcher(line);
            if (address.find()) {
                Thread rest = new Thread(() -> output.lines().forEach(each -> {}), "output of the server");
                rest.setDaemon(true);
                rest.start();
                String url = address.group(1) + "/api/v1";
                return new ServerProcess(process, url, Files.readString(key).strip());
            }
        }
        throw new IllegalStateException("The server did not start: " + String.join("\n", printed));
    }

    /** Returns the address of the API. */
    String url() {
        return url;
    }

    /** Returns the API key of the administrator. */
    String key() {
        return key;
    }

    /** Ends it by its handle: the process itself would also close the output, which a thread reads. */
    @Override
    public void close() {
        process.toHandle().destroy();
    }
}
