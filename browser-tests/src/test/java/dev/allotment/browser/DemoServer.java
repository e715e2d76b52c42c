// SPDX-License-Identifier: Apache-2.0
package dev.allotment.browser;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** {@code ./saas demo} on a free port, as a process of its own. */
final class DemoServer implements AutoCloseable {
    private static final Pattern LISTENS = Pattern.compile("listens on http://[^ :]+:([0-9]+) ");

    private final Process process;
    private final int port;

    private DemoServer(Process process, int port) {
        this.process = process;
        this.port = port;
    }

    /**
     * Starts it, with add-ons and a plan of the demo.
     *
     * @param arguments what is said besides {@code demo}
     */
    static DemoServer start(Path folder, String... arguments) throws IOException {
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx256m",
                "-cp",
                Path.of(System.getProperty("allotment.lib")) + "/*",
                "dev.allotment.server.SaasServer",
                "demo",
                "--data",
                folder.resolve("data").toString(),
                "--port",
                "0"));
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
                return new DemoServer(process, Integer.parseInt(matcher.group(1)));
            }
            line = output.readLine();
        }
        throw new IOException("The server did not start: " + said);
    }

    /** An address of the portal. */
    String at(String path) {
        return "http://portal.localhost:" + port + path;
    }

    int port() {
        return port;
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
